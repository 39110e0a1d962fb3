// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "run_test_argument.hpp"

#include <cstddef>
#include <string_view>

namespace testmon::runner
{

namespace
{

// Linux grants 128 KiB to an argument, and to all of them together where the stack is limited to the least.
constexpr std::size_t most_length = 96'000;

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

std::vector<std::vector<test_index>> parts_for_run_test(std::vector<test_item> const& tests,
                                                        std::vector<test_index> const& batch)
{
    std::vector<std::vector<test_index>> result;
    std::size_t left = 0;
    for (auto const test : batch) {
        auto const length = tests[test].test.path.size() + 1;
        if (result.empty() || length > left) {
            result.emplace_back();
            left = most_length + 1;
        }
        result.back().push_back(test);
        left -= length;
    }
    return result;
}

std::string run_test_argument(std::vector<test_item> const& tests, std::vector<test_index> const& part)
{
    std::string result;
    for (auto const test : part) {
        result += (result.empty() ? "" : ":") + tests[test].test.path;
    }
    return result;
}

} // namespace testmon::runner
