// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "run_test_argument.hpp"

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

run_test_names::run_test_names(std::vector<test_item> const& tests) : tests_(tests), suites_{{"", master, 0}}
{
    suite_of_.reserve(tests.size());
    for (auto const& item : tests) {
        suite_of_.push_back(find_or_add(item.test.suite));
        for (auto at = suite_of_.back(); at != master; at = suites_[at].outer) {
            ++suites_[at].tests;
        }
    }
    for (auto const& item : tests) {
        for (std::string_view path : item.test.depends_on) {
            for (auto slash = path.rfind('/'); slash != std::string_view::npos; slash = path.rfind('/')) {
                path = path.substr(0, slash);
                suites_[find_or_add(path)].is_nameable = false;
            }
        }
    }
}

run_test_names::suite_index run_test_names::find_or_add(std::string_view path)
{
    if (path.empty()) {
        return master;
    }
    if (auto const found = by_path_.find(path); found != by_path_.end()) {
        return found->second;
    }
    auto const slash = path.rfind('/');
    auto const outer = find_or_add(path.substr(0, slash == std::string_view::npos ? 0 : slash));
    auto const own = static_cast<suite_index>(suites_.size());
    suites_.push_back({path, outer, 0});
    by_path_.emplace(path, own);
    return own;
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
    auto const inside = dependency + '/';
    for (std::size_t i = 0; i < tests_.size(); ++i) {
        auto const& test = tests_[i].test;
        if (test.path != dependency && test.path.compare(0, inside.size(), inside) != 0) {
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
    std::vector<std::size_t> in_batch(suites_.size());
    for (auto const test : batch) {
        for (auto at = suite_of_[test]; at != master; at = suites_[at].outer) {
            ++in_batch[at];
        }
    }
    // The outermost suite around a test that is in the batch with all of its tests.
    auto const whole_suite_of = [&](test_index test) {
        auto result = master;
        for (auto at = suite_of_[test];
             at != master && suites_[at].is_nameable && in_batch[at] == suites_[at].tests;
             at = suites_[at].outer) {
            result = at;
        }
        return result;
    };
    std::vector<part> result;
    constexpr auto nowhere = static_cast<std::size_t>(-1);
    std::vector<std::size_t> part_of_suite(suites_.size(), nowhere);
    for (auto const test : batch) {
        auto const whole = whole_suite_of(test);
        if (whole != master && part_of_suite[whole] != nowhere) {
            result[part_of_suite[whole]].tests.push_back(test);
            continue;
        }
        auto const name = whole == master ? std::string_view(tests_[test].test.path) : suites_[whole].path;
        if (result.empty() || result.back().argument.size() + 1 + name.size() > most_length) {
            result.emplace_back();
        }
        auto& last = result.back();
        last.argument += last.argument.empty() ? "" : ":";
        last.argument += name;
        last.tests.push_back(test);
        if (whole != master) {
            part_of_suite[whole] = result.size() - 1;
        }
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
