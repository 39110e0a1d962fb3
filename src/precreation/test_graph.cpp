// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Boost.Test escapes nothing in the graph that it prints, and names and labels hold what they like:
//
//   digraph G {rankdir=LR;
//   tu1[shape=ellipse,peripheries=2,fontname=Helvetica,color=green,label="MODULE"];
//   {
//   tu2[shape=Mrecord,fontname=Helvetica,color=green,label="SUITE|FILE(LINE)"];
//   tu1 -> tu2;
//   {
//   tu65536[shape=Mrecord,fontname=Helvetica,color=yellow,label="CASE|FILE(LINE)|timeout=SECONDS|expected
//   failures=N|labels: @ONE @TWO"];                                     (one line; what is unset is left out)
//   tu2 -> tu65536;
//   tu65536 -> tu65537[color=red,style=dotted,constraint=false];        (each dependency)
//   }
//   }
//   }
//
// A label of the graph ends where the edge from the parent to this very unit follows. A name can hold even
// that; so wherever the text does not go on as a graph does, the reader goes back to the last unit that can
// end elsewhere. (Two things are beyond it: a name that holds all the rest of a graph, and a label with " @"
// in it.) The colour is the default status after inheritance: Boost.Test has handed down "disabled", and
// "enabled" inside of it is kept, so that a case's own colour says all.
#include <testmon/precreation/collect_tests.hpp>

#include "one_line.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace testmon::precreation
{

namespace
{

constexpr std::size_t nowhere = std::string_view::npos;
constexpr std::string_view graph_begin = "digraph G {rankdir=LR;\n";
constexpr std::string_view module_begin = "[shape=ellipse,peripheries=2,fontname=Helvetica,color=";
constexpr std::string_view unit_begin = "[shape=Mrecord,fontname=Helvetica,color=";
constexpr std::string_view label_begin = ",label=\"";
constexpr std::string_view label_end = "\"];\n";
constexpr std::string_view children_begin = "{\n";
constexpr std::string_view children_end = "}\n";
constexpr std::string_view graph_end = "}\n}"; // of the module's children and of the graph
constexpr std::string_view dependency_end = "[color=red,style=dotted,constraint=false];\n";
constexpr std::string_view labels_begin = "labels: @";
constexpr std::string_view next_label = " @";

using unit_id = std::int64_t;
constexpr unit_id module_id = -1; // in place of the module's own, which nothing but its children name

// ---- What stands at a place ----

bool skip(std::string_view text, std::size_t& at, std::string_view expected)
{
    if (text.compare(at, expected.size(), expected) != 0) {
        return false;
    }
    at += expected.size();
    return true;
}

// A whole number; one that is too large is the largest there is: a count of "all" is written like that.
std::optional<std::int64_t> skip_number(std::string_view text, std::size_t& at)
{
    constexpr auto largest = std::numeric_limits<std::int64_t>::max();
    constexpr int base = 10;
    auto const begin = at;
    std::int64_t value = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
        int const digit = text[at] - '0';
        value = value > (largest - digit) / base ? largest : value * base + digit;
    }
    return at == begin ? std::nullopt : std::optional<std::int64_t>(value);
}

std::optional<unit_id> skip_unit(std::string_view text, std::size_t& at)
{
    return skip(text, at, "tu") ? skip_number(text, at) : std::nullopt;
}

// ---- The label of a unit ----

struct label_parts {
    std::string_view name{};
    std::string_view file{};
    std::int64_t line = 0;
    std::int64_t time_limit = 0; // seconds
    std::int64_t expected_failures = 0;
    std::vector<std::string_view> labels{};
};

// Takes "|KEY=NUMBER" off the end, if it is there.
std::int64_t take_count(std::string_view& text, std::string_view key)
{
    auto const bar = text.rfind('|');
    if (bar == nowhere) {
        return 0;
    }
    auto at = bar + 1;
    if (!skip(text, at, key)) {
        return 0;
    }
    auto const value = skip_number(text, at);
    if (!value || at != text.size()) {
        return 0;
    }
    text = text.substr(0, bar);
    return *value;
}

// From the right, since a name can hold all that may follow it.
std::optional<label_parts> parse_without_labels(std::string_view text)
{
    label_parts parts;
    parts.expected_failures = take_count(text, "expected failures=");
    parts.time_limit = take_count(text, "timeout=");
    auto const bar = text.rfind('|');
    auto const open = text.rfind('(');
    if (bar == nowhere || open == nowhere || open < bar) {
        return std::nullopt;
    }
    auto at = open + 1;
    auto const line = skip_number(text, at);
    if (!line || text.substr(at) != ")") {
        return std::nullopt;
    }
    parts.name = text.substr(0, bar);
    parts.file = text.substr(bar + 1, open - bar - 1);
    parts.line = *line;
    return parts;
}

std::optional<label_parts> parse_with_labels(std::string_view text, std::size_t bar)
{
    auto parts = parse_without_labels(text.substr(0, bar));
    if (parts) {
        auto rest = text.substr(bar + 1 + labels_begin.size());
        for (std::size_t end = 0; (end = rest.find(next_label)) != nowhere;) {
            parts->labels.push_back(rest.substr(0, end));
            rest.remove_prefix(end + next_label.size());
        }
        parts->labels.push_back(rest);
    }
    return parts;
}

// What is last decides whether there are labels. Only if that makes no sense may a label hold a bar.
std::optional<label_parts> parse_label(std::string_view text)
{
    auto const last = text.rfind('|');
    if (last == nowhere) {
        return std::nullopt;
    }
    auto const begins_labels = [&](std::size_t bar) {
        return text.compare(bar + 1, labels_begin.size(), labels_begin) == 0;
    };
    if (begins_labels(last)) {
        if (auto parts = parse_with_labels(text, last)) {
            return parts;
        }
    }
    if (auto parts = parse_without_labels(text)) {
        return parts;
    }
    for (auto bar = last; bar != nowhere && bar != 0; bar = text.rfind('|', bar - 1)) {
        if (begins_labels(bar)) {
            if (auto parts = parse_with_labels(text, bar)) {
                return parts;
            }
        }
    }
    return std::nullopt;
}

// ---- Where labels can end ----

struct possible_end {
    unit_id unit = module_id;
    std::size_t at = 0; // of the label
    unit_id parent = module_id;
    std::size_t after = 0; // behind the edge

    friend bool operator<(possible_end const& a, possible_end const& b)
    {
        return std::tie(a.unit, a.at) < std::tie(b.unit, b.at);
    }
};

// All of them, found in one pass: going back must not mean to search again.
std::vector<possible_end> find_ends(std::string_view text)
{
    std::vector<possible_end> ends;
    for (std::size_t begin = 0; (begin = text.find(label_end, begin)) != nowhere; ++begin) {
        possible_end end;
        end.at = begin;
        auto at = begin + label_end.size();
        if (skip(text, at, children_begin)) {
            end.after = at - children_begin.size();
            ends.push_back(end);
        } else if (auto const parent = skip_unit(text, at); parent && skip(text, at, " -> ")) {
            auto const unit = skip_unit(text, at);
            if (unit && skip(text, at, ";\n")) {
                end.unit = *unit;
                end.parent = *parent;
                end.after = at;
                ends.push_back(end);
            }
        }
    }
    std::sort(ends.begin(), ends.end());
    return ends;
}

// ---- The graph ----

struct test_unit {
    unit_id id = 0;
    std::size_t parent = nowhere; // its place among the units; nowhere: this is the module
    bool is_suite = false;
    bool is_enabled = false;
    std::size_t begin = 0;
    std::size_t label = 0;    // where it begins
    std::size_t next_end = 0; // the next of the possible ends to try
    label_parts parts{};
    std::vector<unit_id> depends_on{};
};

class graph_reader
{
  public:
    graph_reader(std::string_view text, std::vector<possible_end> const& ends, std::size_t begin)
        : text_(text), ends_(ends), at_(begin + graph_begin.size()), furthest_(at_)
    {
    }

    // In the order of the text, the module first; none if this is no graph of tests, or not all of one.
    std::optional<std::vector<test_unit>> read()
    {
        while (!is_done_) {
            if (!go_on() && !go_back()) {
                return std::nullopt;
            }
        }
        return std::move(units_);
    }

    // Why `read` returned none, and where.
    std::string failure() const
    {
        constexpr std::size_t excerpt_length = 60;
        auto const rest = text_.substr(furthest_);
        auto const line =
            std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(furthest_), '\n') + 1;
        auto const where = " at byte " + std::to_string(furthest_) + ", line " + std::to_string(line);
        if (rest.find('\n') == nowhere || rest == children_end) {
            return "the graph of tests is cut short" + where;
        }
        return "the graph of tests cannot be read" + where + ": " + failure_ + ": \"" +
               beginning_on_one_line(rest, excerpt_length) + '"';
    }

  private:
    // Reads the unit, or the end of the suite, that stands at `at_`.
    bool go_on()
    {
        if (!units_.empty()) {
            auto const& suite = units_[suite_];
            if (suite.parent == nowhere && skip(text_, at_, graph_end)) {
                is_done_ = true;
                return true;
            }
            if (suite.parent != nowhere && skip(text_, at_, children_end)) {
                suite_ = suite.parent;
                return true;
            }
        }
        return begin_unit() && end_unit();
    }

    bool begin_unit()
    {
        bool const is_module = units_.empty();
        auto at = at_;
        test_unit unit;
        unit.begin = at_;
        unit.parent = is_module ? nowhere : suite_;
        auto const id = skip_unit(text_, at);
        if (!id || !skip(text_, at, is_module ? module_begin : unit_begin)) {
            return fail(at_, "neither a test unit nor the end of a suite");
        }
        unit.is_enabled = skip(text_, at, "green");
        if ((!unit.is_enabled && !skip(text_, at, "yellow")) || !skip(text_, at, label_begin)) {
            return fail(at_, "a test unit of a colour other than green and yellow");
        }
        if (!ids_.insert(*id).second) {
            return fail(at_, "a second test unit of this number");
        }
        unit.id = *id;
        unit.label = at;
        possible_end first;
        first.unit = is_module ? module_id : *id;
        first.at = at;
        unit.next_end =
            static_cast<std::size_t>(std::lower_bound(ends_.begin(), ends_.end(), first) - ends_.begin());
        units_.push_back(std::move(unit));
        return true;
    }

    // Ends the last unit at the next place where it can.
    bool end_unit()
    {
        auto& unit = units_.back();
        bool const is_module = unit.parent == nowhere;
        auto const parent = is_module ? module_id : units_[unit.parent].id;
        while (unit.next_end < ends_.size() &&
               ends_[unit.next_end].unit == (is_module ? module_id : unit.id)) {
            auto const& end = ends_[unit.next_end++];
            auto const label = text_.substr(unit.label, end.at - unit.label);
            auto parts = is_module ? label_parts{} : parse_label(label);
            if (end.parent != parent || !parts) {
                continue;
            }
            unit.parts = *std::move(parts);
            at_ = end.after;
            skip_dependencies(unit);
            unit.is_suite = skip(text_, at_, children_begin);
            suite_ = unit.is_suite ? units_.size() - 1 : unit.parent;
            return true;
        }
        return fail(
            unit.begin,
            "a test unit without an end; the output is cut short, or something else was printed amid it");
    }

    void skip_dependencies(test_unit& unit)
    {
        unit.depends_on.clear();
        for (;;) {
            auto at = at_;
            if (skip_unit(text_, at) != unit.id || !skip(text_, at, " -> ")) {
                return;
            }
            auto const other = skip_unit(text_, at);
            if (!other || !skip(text_, at, dependency_end)) {
                return;
            }
            unit.depends_on.push_back(*other);
            at_ = at;
        }
    }

    // Ends the last unit that can end elsewhere there, and forgets those after it.
    bool go_back()
    {
        for (; !units_.empty(); units_.pop_back()) {
            if (tries_left_ != 0 && end_unit()) {
                --tries_left_;
                return true;
            }
            ids_.erase(units_.back().id);
        }
        return false;
    }

    // The place that was reached furthest is the one to tell: those before it are consequences.
    bool fail(std::size_t at, char const* why)
    {
        if (!has_failed_ || at > furthest_) {
            has_failed_ = true;
            furthest_ = at;
            failure_ = why;
        }
        return false;
    }

    std::string_view text_;
    std::vector<possible_end> const& ends_;
    std::vector<test_unit> units_{};
    std::unordered_set<unit_id> ids_{};
    std::size_t at_;
    std::size_t suite_ = 0; // the suite that is open, its place among the units
    bool is_done_ = false;
    // Names that were made for it could have it try for ages.
    std::size_t tries_left_ = 10'000;
    std::size_t furthest_;
    char const* failure_ = "";
    bool has_failed_ = false;
};

// ---- What is made of it ----

template <typename T>
void add_those_missing(std::vector<T>& to, std::vector<T> const& from)
{
    for (auto const& value : from) {
        if (std::find(to.begin(), to.end(), value) == to.end()) {
            to.push_back(value);
        }
    }
}

std::vector<database::test_record> tests_of(std::vector<test_unit> units)
{
    constexpr std::int64_t longest_time = std::chrono::nanoseconds::max().count() / 1'000'000'000;
    std::vector<std::string> paths;
    std::unordered_map<unit_id, std::size_t> places;
    paths.reserve(units.size());
    places.reserve(units.size());
    for (auto& unit : units) {
        places.emplace(unit.id, paths.size());
        if (unit.parent == nowhere || unit.parent == 0) {
            paths.emplace_back(unit.parts.name);
            continue;
        }
        paths.push_back(paths[unit.parent] + '/');
        paths.back() += unit.parts.name;
        // --run_test=@label takes what is in a suite along, and nothing in it runs if its dependency failed.
        auto const& suite = units[unit.parent];
        add_those_missing(unit.parts.labels, suite.parts.labels);
        // Whatever it has of its own: where those of a suite begin, tells in which order they count.
        unit.depends_on.insert(unit.depends_on.end(), suite.depends_on.begin(), suite.depends_on.end());
    }

    std::vector<database::test_record> tests;
    std::unordered_set<std::string_view> known;
    for (std::size_t i = 1; i < units.size(); ++i) {
        auto const& unit = units[i];
        if (unit.is_suite) {
            continue;
        }
        if (!known.insert(paths[i]).second) {
            throw collection_error("two tests have the path \"" + paths[i] +
                                   "\", by which they are told apart");
        }
        auto& test = tests.emplace_back();
        test.path = paths[i];
        test.suite = paths[unit.parent];
        test.file = unit.parts.file;
        test.line = unit.parts.line;
        test.labels.assign(unit.parts.labels.begin(), unit.parts.labels.end());
        test.time_limit = std::chrono::seconds(std::min(unit.parts.time_limit, longest_time));
        test.expected_failures = unit.parts.expected_failures;
        test.enabled = unit.is_enabled;
        for (auto const id : unit.depends_on) {
            auto const found = places.find(id);
            if (found == places.end() || found->second == 0) {
                throw collection_error("the test \"" + paths[i] + "\" depends on unit " + std::to_string(id) +
                                       ", which is no test or suite of the graph");
            }
            test.depends_on.push_back(paths[found->second]);
        }
    }
    return tests;
}

} // namespace

std::vector<database::test_record> parse_test_graph(std::string_view text)
{
    auto begin = text.find(graph_begin);
    if (begin == nowhere) {
        throw collection_error("there is no graph of tests, as --list_content=DOT prints it");
    }
    auto const ends = find_ends(text);
    std::optional<graph_reader> first;
    // A program may print a graph of its own before.
    for (; begin != nowhere; begin = text.find(graph_begin, begin + 1)) {
        graph_reader reader(text, ends, begin);
        if (auto units = reader.read()) {
            return tests_of(*std::move(units));
        }
        if (!first) {
            first.emplace(std::move(reader));
        }
    }
    throw collection_error(first->failure());
}

} // namespace testmon::precreation
