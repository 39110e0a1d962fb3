// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_RUNNER_SCHEDULE_SIMULATION_HPP
#define TESTMON_TEST_RUNNER_SCHEDULE_SIMULATION_HPP

#include "runner/schedule.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace testmon::test
{

/// What happens in a simulated run, besides tests that take their time.
struct simulated_world {
    std::vector<runner::test_item> tests{};
    std::vector<std::chrono::nanoseconds> durations{}; ///< by test_index
    std::uint32_t workers = 1;
    std::uint32_t total = 0; ///< how many tests are to end

    std::uint32_t seed = 0;
    unsigned percent_retried = 0; ///< of the tests that end
    unsigned percent_lost = 0;    ///< of the tests that end, so many take their worker along
    std::optional<std::chrono::nanoseconds> stop_at{};
};

struct simulated_end {
    runner::test_index test = 0;
    runner::worker_index worker = 0;
    std::size_t batch = 0; ///< each `take` that hands something out is one
    std::chrono::nanoseconds started{};
    std::chrono::nanoseconds ended{};
};

struct simulated_run {
    std::string trouble{};             ///< the first rule that the schedule broke; empty: none
    std::vector<simulated_end> ends{}; ///< without those that were retried
    std::size_t batches = 0;
    std::size_t revocations = 0;
    std::chrono::nanoseconds makespan{};
};

/// Runs the schedule to its end in simulated time.
simulated_run simulate(runner::schedule& schedule, simulated_world const& world);

} // namespace testmon::test

#endif
