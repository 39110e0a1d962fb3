// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "readable_log.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

namespace testmon::runner
{

namespace
{

// More than anybody reads of a failed test.
constexpr std::size_t most_output = std::size_t{64} * 1024;
constexpr std::size_t most_messages = 1000;
// A longer line is no line of Boost.Test's. Names may be long.
constexpr std::size_t most_line = std::size_t{1} << 20U;

bool starts_with(std::string_view text, std::string_view beginning)
{
    return text.substr(0, beginning.size()) == beginning;
}

bool ends_with(std::string_view text, std::string_view end)
{
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

void append_output(std::string& to, std::string_view text)
{
    to += text;
    if (to.size() > 2 * most_output) {
        to.erase(0, to.size() - most_output);
    }
}

// Where Boost.Test's own words stand in a line: at its beginning, or behind a place as "file.cpp(3): ".
std::optional<std::size_t> find_words(std::string_view line, std::string_view words)
{
    for (auto at = line.find(words); at != std::string_view::npos; at = line.find(words, at + 1)) {
        if (at == 0 || ends_with(line.substr(0, at), "): ")) {
            return at;
        }
    }
    return std::nullopt;
}

// Of "file.cpp(3): ".
source_place parse_place(std::string_view text)
{
    source_place place;
    auto const open = text.rfind('(');
    if (open != std::string_view::npos) {
        std::from_chars(text.data() + open + 1, text.data() + text.size(), place.line);
        place.file = text.substr(0, open);
    }
    return place;
}

// Of "89us" and "12ms".
std::chrono::nanoseconds parse_duration(std::string_view text)
{
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return ends_with(text, "ms") ? std::chrono::milliseconds(number) : std::chrono::microseconds(number);
}

struct unit_line {
    bool is_entering = false;
    std::string_view place{};
    std::string_view kind{}; // "case", "suite", "module"
    std::string_view name{};
    std::chrono::nanoseconds duration{};
    bool is_whole = false; // else its name goes on in the next line
};

std::optional<unit_line> parse_unit(std::string_view line)
{
    for (std::string_view const words : {"Entering test ", "Leaving test "}) {
        auto const at = find_words(line, words);
        if (!at) {
            continue;
        }
        unit_line result;
        result.is_entering = words[0] == 'E';
        result.place = line.substr(0, *at);
        auto rest = line.substr(*at + words.size());
        auto const quote = rest.find(" \"");
        result.kind = rest.substr(0, quote);
        if (result.kind != "case" && result.kind != "suite" && result.kind != "module") {
            return std::nullopt;
        }
        rest.remove_prefix(quote + 2);
        constexpr std::string_view time = "\"; testing time: ";
        auto const end = result.is_entering ? std::string_view::npos : rest.rfind(time);
        if (end != std::string_view::npos && ends_with(rest, "s")) {
            result.duration = parse_duration(rest.substr(end + time.size()));
            rest = rest.substr(0, end + 1);
        }
        result.is_whole = ends_with(rest, "\"");
        result.name = result.is_whole ? rest.substr(0, rest.size() - 1) : rest;
        return result;
    }
    return std::nullopt;
}

} // namespace

void readable_log::feed(std::string_view text)
{
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        line_ += text.substr(0, end);
        take_line(line_);
        line_.clear();
        text.remove_prefix(end + 1);
    }
    line_ += text;
    if (line_.size() > most_line) {
        take_output(line_);
        line_.clear();
    }
}

void readable_log::end()
{
    give_up_name();
    take_output(line_);
    line_.clear();
}

std::string readable_log::open_suite() const
{
    std::string path;
    for (auto const& name : suites_) {
        path += (path.empty() ? "" : "/") + name;
    }
    return path;
}

readable_case* readable_log::running()
{
    return cases_.empty() || cases_.back().has_ended ? nullptr : &cases_.back();
}

void readable_log::take_line(std::string_view line)
{
    if (take_unit(line)) {
        is_in_context_ = false;
        return;
    }
    if (take_more_of_message(line) || take_skip(line) || take_message(line)) {
        return;
    }
    take_output(std::string(line) + '\n');
}

// Names may hold line breaks.
bool readable_log::take_unit(std::string_view line)
{
    auto unit = parse_unit(line);
    if (unit && !unit->is_whole) {
        give_up_name();
        name_ = line;
        return true;
    }
    if (unit) {
        give_up_name();
    } else if (!name_.empty()) {
        name_ += '\n';
        name_ += line;
        unit = parse_unit(name_);
        if (!unit || !unit->is_whole) {
            if (name_.size() > most_output) {
                give_up_name();
            }
            return true;
        }
    } else {
        return false;
    }
    has_begun_ = true;
    if (unit->is_entering) {
        enter(unit->kind, unit->name, unit->place);
    } else {
        leave(unit->kind, unit->place, unit->duration);
    }
    name_.clear();
    return true;
}

// What looked like the first line of a name was the program's.
void readable_log::give_up_name()
{
    if (!name_.empty()) {
        take_output(std::exchange(name_, {}) + '\n');
    }
}

void readable_log::enter(std::string_view kind, std::string_view name, std::string_view place)
{
    if (kind == "suite") {
        suites_.emplace_back(name);
    } else if (kind == "case") {
        readable_case entered;
        entered.path = open_suite();
        entered.path += entered.path.empty() ? "" : "/";
        entered.path += name;
        entered.place = place;
        cases_.push_back(std::move(entered));
        output_after_.clear();
    }
}

void readable_log::leave(std::string_view kind, std::string_view place, std::chrono::nanoseconds duration)
{
    if (kind == "suite" && !suites_.empty()) {
        suites_.pop_back();
    }
    if (auto* const ended = running(); kind == "case" && ended != nullptr) {
        // The program need not have ended its last line.
        if (ends_with(place, ended->place)) {
            take_output(place.substr(0, place.size() - ended->place.size()));
        }
        ended->duration = duration;
        ended->has_ended = true;
    }
}

bool readable_log::take_skip(std::string_view line)
{
    for (std::string_view const words : {"Test case \"", "Test suite \""}) {
        constexpr std::string_view because = "\" is skipped because ";
        auto const at = find_words(line, words);
        auto const end = line.rfind(because);
        if (!at || end == std::string_view::npos) {
            continue;
        }
        auto const begin = *at + words.size();
        auto const reason = line.substr(end + because.size());
        if (reason != "disabled") {
            skipped_.emplace(line.substr(begin, end - begin), reason);
        }
        return true;
    }
    return false;
}

bool readable_log::take_message(std::string_view line)
{
    using level = log_message::level;
    constexpr std::array<std::pair<std::string_view, level>, 3> kinds{
        {{"fatal error: in \"", level::fatal_error},
         {"error: in \"", level::error},
         {"warning: in \"", level::warning}}};
    for (auto const& [words, severity] : kinds) {
        auto const at = find_words(line, words);
        if (!at) {
            continue;
        }
        log_message message;
        message.severity = severity;
        message.place = parse_place(line.substr(0, *at));
        auto text = line.substr(*at + words.size());
        // It names the test, whose name may hold anything, or the function that has thrown.
        auto* const test = running();
        auto const named = test != nullptr && starts_with(text, test->path) ? test->path.size() : 0;
        auto const end = text.find("\": ", named);
        if (end == std::string_view::npos) {
            return false;
        }
        message.text = text.substr(end + 3);
        auto& messages = test != nullptr ? test->messages : outside_;
        if (messages.size() < most_messages) {
            messages.push_back(std::move(message));
        }
        return true;
    }
    return false;
}

bool readable_log::take_more_of_message(std::string_view line)
{
    auto* const test = running();
    auto& messages = test != nullptr ? test->messages : outside_;
    if (messages.empty()) {
        return false;
    }
    auto& message = messages.back();
    if (line == "Failure occurred in a following context:") {
        is_in_context_ = true;
        return true;
    }
    constexpr std::string_view indentation = "    ";
    if (is_in_context_ && starts_with(line, indentation)) {
        message.context.emplace_back(line.substr(indentation.size()));
        return true;
    }
    is_in_context_ = false;
    constexpr std::string_view words = "last checkpoint";
    if (auto const at = find_words(line, words);
        at && *at != 0 && message.severity == log_message::level::fatal_error) {
        if (test != nullptr) {
            test->last_checkpoint = parse_place(line.substr(0, *at));
        }
        message.context.push_back("last checkpoint: " + std::string(line.substr(0, *at - 2)) +
                                  std::string(line.substr(*at + words.size())));
        return true;
    }
    return false;
}

void readable_log::take_output(std::string_view text)
{
    if (auto* const test = running()) {
        test->output_size += text.size();
        append_output(test->output, text);
    } else {
        append_output(output_after_, text);
    }
}

} // namespace testmon::runner
