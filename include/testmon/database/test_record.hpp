// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_DATABASE_TEST_RECORD_HPP
#define TESTMON_DATABASE_TEST_RECORD_HPP

#include <testmon/database/outcome.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace testmon::database
{

/// A test as it was collected from a test executable.
struct test_record {
    std::string path{};                    ///< full path, "suite/nested suite/case"; it identifies the test
    std::string suite{};                   ///< the path without the name of the case; empty: in no suite
    std::string file{};                    ///< where it is defined; empty: not known
    std::int64_t line = 0;                 ///< in `file`; 0: not known
    std::vector<std::string> labels{};     ///< without the "@"
    std::vector<std::string> depends_on{}; ///< paths of tests or suites
    std::chrono::nanoseconds time_limit{}; ///< 0: none
    std::int64_t expected_failures = 0;    ///< failed checks that are no failure
    bool enabled = true;                   ///< whether it runs by default
};

/// A test as it is in a database.
struct stored_test {
    std::int64_t id = 0;
    test_record test{};
    bool vanished = false; ///< it was not among the tests of the last complete collection
};

/// A test of a database and what its latest executions say.
struct test_statistics {
    std::int64_t id = 0;
    test_record test{};
    std::int64_t executions = 0;              ///< in the runs looked at, attempts and skips included
    std::int64_t failures = 0;                ///< of these, how many were failures (`is_failure`)
    std::int64_t flips = 0;                   ///< how often a pass followed a failure or a failure a pass
    bool passed_on_retry = false;             ///< it failed and passed in one run
    std::optional<outcome> last_outcome{};    ///< of the last attempt of the last run; none: it never ran
    std::chrono::nanoseconds last_duration{}; ///< of the last execution that was not skipped
    std::chrono::nanoseconds mean_duration{}; ///< of those that were not skipped
    std::int64_t last_run_id = 0;             ///< the run of `last_outcome`

    bool never_ran() const noexcept { return !last_outcome; }
    /// Whether it failed and passed in one run, or went from one to the other and back.
    bool is_flaky() const noexcept { return passed_on_retry || flips >= 2; }
};

} // namespace testmon::database

#endif
