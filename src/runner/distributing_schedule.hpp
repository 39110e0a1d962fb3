// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_DISTRIBUTING_SCHEDULE_HPP
#define TESTMON_SRC_RUNNER_DISTRIBUTING_SCHEDULE_HPP

#include "distribution.hpp"
#include "schedule.hpp"
#include "test_item.hpp"

#include <memory>
#include <vector>

namespace testmon::runner
{

/// Hands out the tests of `order`, each of them once, whichever worker asks; with `distribution::each`, once
/// to each worker. Tests that belong together, by a dependency, a fixture or the mode, run on one worker one
/// after the other; tests with the same label "lock:NAME" never run at the same time, and one with "slots:N"
/// takes the place of N workers.
///
/// `order`: what to run, each test at most once, in the order of the plan.
/// Throws: std::invalid_argument for a label "lock:" or "slots:" that makes no sense.
std::unique_ptr<schedule> distribute(std::vector<test_item> const& tests,
                                     std::vector<test_index> const& order, schedule_settings const& settings);

} // namespace testmon::runner

#endif
