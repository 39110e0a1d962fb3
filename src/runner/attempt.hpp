// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_ATTEMPT_HPP
#define TESTMON_SRC_RUNNER_ATTEMPT_HPP

#include "test_item.hpp"

#include <testmon/database/outcome.hpp>
#include <testmon/database/run.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::runner
{

/// A place in a source file.
struct source_place {
    std::string file{};    ///< empty: not known
    std::int64_t line = 0; ///< 0: not known
};

/// What a test said through Boost.Test's log.
struct log_message {
    enum class level { message, warning, error, fatal_error };
    level severity = level::error;
    source_place place{};
    std::string text{};                 ///< such as "check a == b has failed [1 != 2]"
    std::vector<std::string> context{}; ///< of BOOST_TEST_CONTEXT, BOOST_TEST_INFO and data-driven cases
};

/// One execution of a test, and all that is known of it.
struct attempt_result {
    test_index test = 0;
    worker_index worker = 0;
    std::int64_t attempt = 1; ///< 1, and one more for each retry
    database::outcome outcome = database::outcome::passed;
    bool is_retried = false; ///< another attempt follows
    std::chrono::nanoseconds duration{};
    database::timestamp started{};
    std::int64_t assertions = 0;
    std::int64_t failed_assertions = 0;
    std::vector<log_message> messages{};
    /// Why it was skipped, or how it crashed or ran out of time, such as "killed by signal 11 (Segmentation
    /// fault)"; empty for one that passed or failed by its checks.
    std::string reason{};
    source_place last_checkpoint{}; ///< of one that crashed or ran out of time
    std::string output{};           ///< what it wrote on standard output and error; long ones: the end of it
    std::uint64_t output_size = 0;  ///< bytes that it wrote
    /// Other misbehaviour that was noticed, such as "left 2 processes behind: 4711 (sleep), 4712 (sleep)".
    std::vector<std::string> remarks{};
};

/// What becomes of a test in a run, all attempts taken together.
enum class verdict {
    passed,
    failed,
    crashed,
    timed_out,
    skipped,
    flaky,  ///< it failed, then passed on a retry
    not_run ///< the run ended before its turn
};

/// Whether the verdict makes the run fail: `failed`, `crashed`, `timed_out`.
bool is_failure(verdict value) noexcept;
/// "passed", ..., "timed out", "flaky", "not run".
std::string_view to_string(verdict value) noexcept;
/// What the attempt makes of its test if it is the last one.
verdict verdict_of(attempt_result const& attempt) noexcept;

} // namespace testmon::runner

#endif
