// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_PROGRESS_STATE_HPP
#define TESTMON_SRC_RUNNER_PROGRESS_STATE_HPP

#include "attempt.hpp"
#include "run_listener.hpp"
#include "test_item.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace testmon::runner
{

/// A test that runs now.
struct running_test {
    worker_index worker = 0;
    std::string path{};
    steady_time since{};
    std::chrono::nanoseconds slow_at{}; ///< its next slow notice comes when it has run so long
};

/// How far a run is. It has no clock.
struct progress_state {
    std::uint64_t total = 0; ///< how many final results are to come
    std::uint64_t done = 0;
    std::uint64_t passed = 0;
    std::uint64_t failed = 0; ///< all that make the run fail
    std::uint64_t flaky = 0;
    std::uint64_t skipped = 0;
    steady_time started{};
    std::optional<std::chrono::nanoseconds> left{}; ///< an estimate of the time until the end
    std::vector<running_test> running{};            ///< at most one for each worker, the longest first

    /// `slow`: when the first notice comes, as in `running_test::slow_at`.
    void begin(worker_index worker, std::string const& path, steady_time now, std::chrono::nanoseconds slow);
    void finish(attempt_result const& attempt);
    /// The worker runs nothing, now.
    void forget(worker_index worker);
};

/// Returns: for each running test whose slow notice is due, the notice, "slow: gw1 has been running
/// suite/test for 60 s". The next one comes when it has run twice as long.
std::vector<std::string> due_slow_notices(progress_state& state, steady_time now);

} // namespace testmon::runner

#endif
