// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "run_test_argument.hpp"

#include "test_path.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>

namespace testmon::runner
{

namespace
{

// Linux grants 128 KiB to an argument, and to all of them together where the stack is limited to the least.
// Of that, this is for what is named, and for what is left out.
constexpr std::size_t most_length = 96'000;
constexpr std::size_t most_left_out = 30'000;

std::string refusal(std::string const& what)
{
    return "its name cannot be given to --run_test (" + what + "): link the worker to run it";
}

// Of a name between two slashes of the path.
std::string why_no_component(std::string_view name)
{
    if (name.empty()) {
        return "it is empty";
    }
    if (name.front() == '*' || name.back() == '*') {
        return "it begins or ends with '*'";
    }
    for (char const operation : {':', ','}) {
        if (name.find(operation) != std::string_view::npos) {
            return std::string("it has a '") + operation + "'";
        }
    }
    return name.find('\0') == std::string_view::npos ? "" : "it has a byte of 0";
}

} // namespace

std::string why_not_selectable(database::test_record const& test)
{
    std::string_view const path = test.path;
    auto const begin = test.suite.empty() ? 0 : test.suite.size() + 1;
    if (path.find('/', begin) != std::string_view::npos) {
        return refusal("it has a '/'");
    }
    for (std::size_t from = 0, slash = 0; slash != std::string_view::npos; from = slash + 1) {
        slash = path.find('/', from);
        auto const why = why_no_component(path.substr(from, slash - from));
        if (!why.empty()) {
            return refusal(why);
        }
    }
    if (path.front() == '!' || path.front() == '+' || path.front() == '@') {
        return refusal(std::string("its path begins with '") + path.front() + "'");
    }
    return path.size() > most_length ? refusal("it is too long") : "";
}

void run_test_names::leave_out_all_but(std::vector<bool> const& selected)
{
    for (auto const& item : tests_) {
        for (auto const& path : item.test.depends_on) {
            dependencies_[path];
        }
    }
    std::set<std::string_view> in_run;
    for (std::size_t i = 0; i < tests_.size() && !dependencies_.empty(); ++i) {
        auto const& test = tests_[i].test;
        for_each_unit_of(test, [&](std::string_view path) {
            auto const found = dependencies_.find(path);
            if (found == dependencies_.end()) {
                return;
            }
            found->second.needed.insert(test.depends_on.begin(), test.depends_on.end());
            if (selected[i]) {
                in_run.insert(found->first);
            } else if (why_not_selectable(test).empty()) {
                found->second.left_out += ":!" + test.path;
            }
        });
    }
    for (auto& [path, one] : dependencies_) {
        if (in_run.count(path) == 0 && !one.left_out.empty()) {
            one.left_out = ":!" + std::string(path); // the whole of it
        }
    }
}

std::vector<run_test_names::part> run_test_names::parts_of(std::vector<test_index> const& batch) const
{
    std::vector<part> result;
    for (auto const test : batch) {
        auto const& path = tests_[test].test.path;
        if (result.empty() || result.back().argument.size() + 1 + path.size() > most_length) {
            result.emplace_back();
        }
        auto& last = result.back();
        last.argument += (last.argument.empty() ? "" : ":") + path;
        last.tests.push_back(test);
    }
    for (auto& one : result) {
        one.argument += left_out_of(one.tests);
    }
    return result;
}

// What the tests depend on, and what that depends on.
std::map<std::string_view, run_test_names::dependency const*>
run_test_names::needed_by(std::vector<test_index> const& tests) const
{
    std::vector<std::string_view> pending;
    for (auto const test : tests) {
        auto const& own = tests_[test].test.depends_on;
        pending.insert(pending.end(), own.begin(), own.end());
    }
    std::map<std::string_view, dependency const*> result;
    while (!pending.empty()) {
        auto const found = dependencies_.find(pending.back());
        pending.pop_back();
        if (found != dependencies_.end() && result.emplace(found->first, &found->second).second) {
            pending.insert(pending.end(), found->second.needed.begin(), found->second.needed.end());
        }
    }
    return result;
}

// As much as there is room for.
std::string run_test_names::left_out_of(std::vector<test_index> const& tests) const
{
    std::string result;
    for (auto const& [path, one] : needed_by(tests)) {
        if (result.size() + one->left_out.size() <= most_left_out) {
            result += one->left_out;
        }
    }
    return result;
}

bool run_test_names::brings_along(test_index test, std::string_view other) const
{
    auto const needed = needed_by({test});
    return std::any_of(needed.begin(), needed.end(),
                       [&](auto const& one) { return other == one.first || is_below(other, one.first); });
}

} // namespace testmon::runner
