// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_GROUPING_HPP
#define TESTMON_SRC_RUNNER_GROUPING_HPP

#include "claim.hpp"
#include "distribution.hpp"
#include "test_item.hpp"

#include <vector>

namespace testmon::runner
{

/// Tests that one worker runs, one after the other.
struct test_group {
    std::vector<test_index> tests{}; ///< each after those that it depends on
    claim needs{};
};

/// Returns: the tests of `order`, those that belong together in one group, the most urgent group first.
/// Throws: std::invalid_argument, as `claim_of`.
std::vector<test_group> group_tests(std::vector<test_item> const& tests, std::vector<test_index> const& order,
                                    schedule_settings const& settings);

} // namespace testmon::runner

#endif
