// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_TEST_PATH_HPP
#define TESTMON_SRC_RUNNER_TEST_PATH_HPP

#include <string_view>

namespace testmon::runner
{

/// Whether the test of that path is in the suite, or in one in it.
inline bool is_below(std::string_view path, std::string_view suite)
{
    return path.size() > suite.size() && path[suite.size()] == '/' && path.substr(0, suite.size()) == suite;
}

} // namespace testmon::runner

#endif
