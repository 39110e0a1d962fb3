// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "run_test_argument.hpp"

#include "test_path.hpp"

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
    for (std::size_t i = 0; i < tests_.size(); ++i) {
        for (auto const& dependency : tests_[i].test.depends_on) {
            if (selected[i] && left_out_.count(dependency) == 0) {
                left_out_[dependency] = names_to_leave_out(dependency, selected);
            }
        }
    }
}

// The whole of a suite, if the run has none of it.
std::string run_test_names::names_to_leave_out(std::string const& dependency,
                                               std::vector<bool> const& selected) const
{
    std::string names;
    bool is_whole = true;
    for (std::size_t i = 0; i < tests_.size(); ++i) {
        auto const& test = tests_[i].test;
        if (test.path != dependency && !is_below(test.path, dependency)) {
            continue;
        }
        if (selected[i]) {
            is_whole = false;
        } else if (why_not_selectable(test).empty()) {
            names += ":!" + test.path;
        }
    }
    return is_whole && !names.empty() ? ":!" + dependency : names;
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

// As much as there is room for.
std::string run_test_names::left_out_of(std::vector<test_index> const& tests) const
{
    std::set<std::string_view> dependencies;
    for (auto const test : tests) {
        dependencies.insert(tests_[test].test.depends_on.begin(), tests_[test].test.depends_on.end());
    }
    std::string result;
    for (auto const dependency : dependencies) {
        auto const found = left_out_.find(dependency);
        if (found != left_out_.end() && result.size() + found->second.size() <= most_left_out) {
            result += found->second;
        }
    }
    return result;
}

} // namespace testmon::runner
