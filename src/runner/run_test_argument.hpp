// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_RUN_TEST_ARGUMENT_HPP
#define TESTMON_SRC_RUNNER_RUN_TEST_ARGUMENT_HPP

#include "test_item.hpp"

#include <string>
#include <vector>

namespace testmon::runner
{

/// Returns: why Boost.Test's argument --run_test cannot name the test and no other; empty: it can.
std::string why_not_selectable(database::test_record const& test);

/// Shares tests out, in their order, so that each part can be named in one argument. The system limits
/// the length of an argument, and of all arguments and variables together.
std::vector<std::vector<test_index>> parts_for_run_test(std::vector<test_item> const& tests,
                                                        std::vector<test_index> const& batch);

/// The value of --run_test for these tests. It is to be passed as a word of its own, after "--run_test=":
/// Boost.Test takes blanks, "=" and ":" after the "=" for a part of it.
std::string run_test_argument(std::vector<test_item> const& tests, std::vector<test_index> const& part);

} // namespace testmon::runner

#endif
