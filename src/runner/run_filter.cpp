// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "run_filter.hpp"

#include "test_command.hpp"

#include "../xdist_coordination/run_errors.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <unordered_map>

namespace testmon::runner
{

namespace
{

using xdist_coordination::printable;

// The parts between separators, without the empty ones.
std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        auto const end = std::min(text.find(separator), text.size());
        if (end != 0) {
            parts.push_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

// ---- The tree of suites and cases ----

using unit_index = std::size_t;

struct unit {
    std::string_view name{};
    unit_index parent = 0;
    std::vector<unit_index> children{};
    database::test_record const* test = nullptr; // none: a suite
    std::vector<std::string_view> labels{};
    std::vector<std::string_view> depends_on{}; // without those of the suites around it
    std::size_t tests = 0;                      // in it
    bool is_enabled = false;
};

class test_tree
{
  public:
    static constexpr unit_index master = 0;

    explicit test_tree(std::vector<test_item> const& tests)
    {
        units_.emplace_back();
        for (auto const& item : tests) {
            add(item.test);
        }
        find_labels(master);
        for (auto const child : units_[master].children) {
            find_dependencies(child);
        }
        for (auto& one : units_) {
            if (one.test == nullptr && one.tests == 1) {
                // They may be the test's own as well, which Boost.Test visits after the suite.
                std::reverse(one.depends_on.begin(), one.depends_on.end());
            }
        }
    }

    unit& at(unit_index index) { return units_[index]; }

    // Calls `visit` for a unit and, while that returns true, for what is in it.
    template <class Visit>
    void traverse(unit_index from, Visit const& visit)
    {
        if (visit(from)) {
            for (auto const child : units_[from].children) {
                traverse(child, visit);
            }
        }
    }

    std::optional<unit_index> find(std::string_view path) const
    {
        auto const found = by_path_.find(path);
        return found == by_path_.end() ? std::nullopt : std::optional(found->second);
    }

    // A suite runs by default if something in it does.
    bool enable_by_default(unit_index index)
    {
        auto& one = units_[index];
        one.is_enabled = one.test != nullptr && one.test->enabled;
        for (auto const child : one.children) {
            one.is_enabled |= enable_by_default(child);
        }
        return one.is_enabled;
    }

    // Of the cases, in the order of the tests.
    std::vector<bool> enabled_tests() const
    {
        std::vector<bool> result;
        for (auto const index : cases_) {
            result.push_back(units_[index].is_enabled);
        }
        return result;
    }

  private:
    unit_index add(std::string_view path, std::string_view name, unit_index parent)
    {
        auto const index = units_.size();
        units_.emplace_back();
        units_[index].name = name;
        units_[index].parent = parent;
        units_[parent].children.push_back(index);
        by_path_.emplace(path, index);
        return index;
    }

    void add(database::test_record const& test)
    {
        std::string_view const path = test.path;
        auto parent = master;
        // A name of a case may hold a slash, if it was not Boost.Test's macros that made it.
        std::size_t begin = 0;
        while (begin < test.suite.size()) {
            auto const end = std::min(path.find('/', begin), test.suite.size());
            auto const known = find(path.substr(0, end));
            parent = known ? *known : add(path.substr(0, end), path.substr(begin, end - begin), parent);
            begin = end + 1;
        }
        auto const own = add(path, path.substr(std::min(begin, path.size())), parent);
        units_[own].test = &test;
        cases_.push_back(own);
    }

    // A suite has those that all tests in it have.
    void find_labels(unit_index index)
    {
        auto& one = units_[index];
        if (one.test != nullptr) {
            one.labels.assign(one.test->labels.begin(), one.test->labels.end());
            std::sort(one.labels.begin(), one.labels.end());
            return;
        }
        bool first = true;
        for (auto const child : one.children) {
            find_labels(child);
            auto const& labels = units_[child].labels;
            if (first) {
                one.labels = labels;
            } else {
                std::vector<std::string_view> common;
                std::set_intersection(one.labels.begin(), one.labels.end(), labels.begin(), labels.end(),
                                      std::back_inserter(common));
                one.labels = std::move(common);
            }
            first = false;
        }
    }

    // A case has, behind its own, those of the suites around it: the outermost's are the last.
    void find_dependencies(unit_index index)
    {
        auto& one = units_[index];
        if (one.test != nullptr) {
            one.tests = 1;
            one.depends_on.assign(one.test->depends_on.begin(), one.test->depends_on.end());
            return;
        }
        bool first = true;
        for (auto const child : one.children) {
            find_dependencies(child);
            one.tests += units_[child].tests;
            auto const& others = units_[child].depends_on;
            if (first) {
                one.depends_on = others;
            } else {
                auto const differ = std::mismatch(one.depends_on.rbegin(), one.depends_on.rend(),
                                                  others.rbegin(), others.rend());
                one.depends_on.erase(one.depends_on.begin(), differ.first.base());
            }
            first = false;
        }
        for (auto const child : one.children) {
            auto& others = units_[child].depends_on;
            others.resize(others.size() - one.depends_on.size());
        }
    }

    std::vector<unit> units_{};
    std::vector<unit_index> cases_{};
    std::unordered_map<std::string_view, unit_index> by_path_{};
};

// ---- What one filter names ----

bool begins_with(std::string_view text, std::string_view beginning)
{
    return text.substr(0, beginning.size()) == beginning;
}

bool ends_with(std::string_view text, std::string_view end)
{
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// An asterisk counts at the beginning and the end of a pattern only.
bool matches(std::string_view name, std::string_view pattern)
{
    if (pattern == "*") {
        return true;
    }
    bool const any_before = pattern.front() == '*';
    bool const any_behind = pattern.back() == '*';
    if (any_before && any_behind) {
        auto const part = pattern.substr(1, pattern.size() - 2);
        return !part.empty() && name.find(part) != std::string_view::npos; // "**" is nothing's name
    }
    if (any_before) {
        return ends_with(name, pattern.substr(1));
    }
    if (any_behind) {
        return begins_with(name, pattern.substr(0, pattern.size() - 1));
    }
    return name == pattern;
}

void find_by_name(test_tree& tree, unit_index suite, std::vector<std::vector<std::string_view>> const& levels,
                  std::size_t depth, std::vector<unit_index>& found)
{
    for (auto const child : tree.at(suite).children) {
        auto const& one = tree.at(child);
        bool const is_named = std::any_of(levels[depth].begin(), levels[depth].end(),
                                          [&](auto pattern) { return matches(one.name, pattern); });
        if (!is_named) {
            continue;
        }
        if (depth + 1 == levels.size()) {
            found.push_back(child);
        } else if (one.test == nullptr) {
            find_by_name(tree, child, levels, depth + 1, found);
        }
    }
}

void find_by_label(test_tree& tree, std::string_view label, std::vector<unit_index>& found)
{
    tree.traverse(test_tree::master, [&](unit_index index) {
        auto const& labels = tree.at(index).labels;
        // The master suite can have no label: one that all tests have is that of each of them.
        bool const has_it =
            index != test_tree::master && std::find(labels.begin(), labels.end(), label) != labels.end();
        if (has_it) {
            found.push_back(index);
        }
        return !has_it;
    });
}

void find_named(test_tree& tree, std::string_view filter, std::vector<unit_index>& found)
{
    if (filter.front() == '@') {
        find_by_label(tree, filter.substr(1), found);
        return;
    }
    std::vector<std::vector<std::string_view>> levels;
    for (auto const level : split(filter, '/')) {
        levels.push_back(split(level, ','));
    }
    if (levels.empty()) {
        found.push_back(test_tree::master); // "/"
    } else {
        find_by_name(tree, test_tree::master, levels, 0, found);
    }
}

struct named_units {
    bool is_selection = false; // else what is named adds to what runs by default, or is left out of it
    std::vector<unit_index> enabled{};
    std::vector<unit_index> disabled{};
};

named_units find_named(test_tree& tree, std::vector<std::string> const& filters)
{
    named_units result;
    for (auto const& filter : filters) {
        auto const refuse = [&](std::string const& why) {
            throw std::invalid_argument("--run_test is \"" + printable(filter) + "\"; " + why);
        };
        if (filter.empty()) {
            refuse("allowed are names of tests and suites, and labels as \"@label\"");
        }
        for (auto part : split(filter, ':')) {
            char const kind = part.front();
            bool const is_relative = kind == '!' || kind == '+';
            if (is_relative) {
                part.remove_prefix(1);
            }
            if (part.empty()) {
                refuse(std::string("behind \"") + kind +
                       "\" a name of a test or a suite, or a label, is missing");
            }
            result.is_selection |= !is_relative;
            find_named(tree, part, kind == '!' ? result.disabled : result.enabled);
        }
    }
    return result;
}

// ---- What runs ----

// In Boost.Test's order, from the last one to the first: what counts as enabled already depends on it.
void enable(test_tree& tree, std::vector<unit_index> pending)
{
    auto const enable_one = [&](unit_index index) {
        auto& one = tree.at(index);
        one.is_enabled = true;
        for (auto const path : one.depends_on) {
            if (auto const dependency = tree.find(path); dependency && !tree.at(*dependency).is_enabled) {
                pending.push_back(*dependency);
            }
        }
    };
    while (!pending.empty()) {
        auto const index = pending.back();
        pending.pop_back();
        if (tree.at(index).is_enabled) {
            continue;
        }
        tree.traverse(index, [&](unit_index inner) {
            enable_one(inner);
            return true;
        });
        if (index != test_tree::master) {
            for (auto parent = tree.at(index).parent; parent != test_tree::master;
                 parent = tree.at(parent).parent) {
                enable_one(parent);
            }
        }
    }
}

void disable(test_tree& tree, std::vector<unit_index> const& named)
{
    for (auto const index : named) {
        if (tree.at(index).is_enabled) {
            tree.traverse(index, [&](unit_index inner) {
                tree.at(inner).is_enabled = false;
                return true;
            });
        }
    }
}

// ---- The command line ----

bool is_prefix(char c)
{
    return c == '-' || c == '/';
}

bool is_of_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '_' || c == '?';
}

bool is_separator(char c)
{
    return c == '=' || c == ':' || c == ' ' || c == '\0';
}

// An argument as Boost.Test takes it apart.
struct argument {
    std::string_view prefix{};
    std::string_view name{};
    std::string_view separator{};
    std::string_view value{};
};

argument take_apart(std::string_view text)
{
    auto const take = [&](bool (*is_part)(char)) {
        auto const end = std::find_if_not(text.begin(), text.end(), is_part);
        auto const part = text.substr(0, static_cast<std::size_t>(end - text.begin()));
        text.remove_prefix(part.size());
        return part;
    };
    argument result;
    result.prefix = take(is_prefix);
    result.name = take(is_of_name);
    result.separator = take(is_separator);
    result.value = text;
    return result;
}

} // namespace

std::vector<bool> apply_run_filters(std::vector<test_item> const& tests,
                                    std::vector<std::string> const& filters)
{
    if (filters.empty()) { // the tree would say the same
        std::vector<bool> by_default;
        std::transform(tests.begin(), tests.end(), std::back_inserter(by_default),
                       [](test_item const& item) { return item.test.enabled; });
        return by_default;
    }
    test_tree tree(tests);
    auto named = find_named(tree, filters);
    if (!named.is_selection) {
        tree.enable_by_default(test_tree::master);
    }
    enable(tree, std::move(named.enabled));
    disable(tree, named.disabled);
    return tree.enabled_tests();
}

std::vector<std::string> take_run_filters(std::vector<std::string>& command)
{
    constexpr std::string_view name = "run_test";
    constexpr std::size_t shortest_name = 2; // others begin with "r", too
    std::vector<std::string> filters;
    std::size_t i = executable_of(command) + 1;
    while (i < command.size() && command[i] != "--") {
        auto const found = take_apart(command[i]);
        bool const is_short = found.prefix == "-" && found.name == "t";
        bool const is_long =
            found.prefix == "--" && found.name.size() >= shortest_name && begins_with(name, found.name);
        if (!is_short && !is_long) {
            ++i;
            continue;
        }
        auto const refuse = [&](std::string const& why) {
            throw std::invalid_argument("the argument \"" + printable(command[i]) +
                                        "\" of the test executable " + why);
        };
        if (found.separator != (is_long ? "=" : "")) {
            refuse("is not as Boost.Test wants it: --run_test=FILTER, or -t FILTER");
        }
        std::string value(found.value);
        std::size_t taken = 1;
        if (value.empty() && i + 1 < command.size()) {
            value = command[i + 1];
            ++taken;
        }
        if (value.empty()) {
            refuse("lacks a filter");
        }
        filters.push_back(std::move(value));
        auto const at = command.begin() + static_cast<std::ptrdiff_t>(i);
        command.erase(at, at + static_cast<std::ptrdiff_t>(taken));
    }
    return filters;
}

} // namespace testmon::runner
