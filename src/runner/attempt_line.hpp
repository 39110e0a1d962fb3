// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_ATTEMPT_LINE_HPP
#define TESTMON_SRC_RUNNER_ATTEMPT_LINE_HPP

#include "attempt.hpp"
#include "test_item.hpp"

#include <string>
#include <string_view>

namespace testmon::runner
{

/// An attempt on one line, without its end: how it ended, how long it took, who ran it, its path, and what is
/// special about it: "failed     12.3 ms  gw1  suite/test (attempt 1, is retried)".
std::string attempt_line(test_item const& item, attempt_result const& attempt, bool colour);

/// "file.cpp(12)", as compilers and Boost.Test write it and editors find it; "unknown location(0)".
std::string place_text(source_place const& place);

/// Where the test is defined.
source_place definition_of(test_item const& item);

/// The place that tells most about a failure: of the first failed check, the last checkpoint, or the
/// definition of the test.
source_place failure_place(test_item const& item, attempt_result const& attempt);

/// The first failed check, or how it crashed; on one line, cut to what a terminal shows on about two.
std::string failure_reason(attempt_result const& attempt);

} // namespace testmon::runner

#endif
