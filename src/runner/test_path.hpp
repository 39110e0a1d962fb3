// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_TEST_PATH_HPP
#define TESTMON_SRC_RUNNER_TEST_PATH_HPP

#include <testmon/database/test_record.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace testmon::runner
{

/// Whether the test of that path is in the suite, or in one in it.
inline bool is_below(std::string_view path, std::string_view suite)
{
    return path.size() > suite.size() && path[suite.size()] == '/' && path.substr(0, suite.size()) == suite;
}

/// Calls a function with the path of each suite around the test, from the outermost, and with its own.
template <class Visit>
void for_each_unit_of(database::test_record const& test, Visit const& visit)
{
    std::string_view const suite = test.suite; // the name of a case may hold a slash
    for (std::size_t end = 0; !suite.empty() && end != suite.size();) {
        end = std::min(suite.find('/', end + 1), suite.size());
        visit(suite.substr(0, end));
    }
    visit(std::string_view(test.path));
}

} // namespace testmon::runner

#endif
