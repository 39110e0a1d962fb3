// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_DATABASE_OUTCOME_HPP
#define TESTMON_DATABASE_OUTCOME_HPP

#include <optional>
#include <string_view>

namespace testmon::database
{

/// How an execution of a test ended.
enum class outcome {
    passed,
    failed,    ///< a check failed, or an exception left the test
    crashed,   ///< the process died in the test
    timed_out, ///< the test ran out of time
    skipped    ///< the test did not run: disabled, or a precondition or dependency failed
};

/// Whether the outcome speaks against the test: `failed`, `crashed` or `timed_out`.
bool is_failure(outcome value) noexcept;

/// Returns: "passed", "failed", "crashed", "timed_out" or "skipped", as in the database.
std::string_view to_string(outcome value) noexcept;

/// The reverse of `to_string`; none for any other text.
std::optional<outcome> outcome_from_string(std::string_view text) noexcept;

} // namespace testmon::database

#endif
