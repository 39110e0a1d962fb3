// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_FAILURE_TEXT_HPP
#define TESTMON_SRC_RUNNER_FAILURE_TEXT_HPP

#include "attempt.hpp"
#include "test_item.hpp"

#include <cstddef>
#include <string>

namespace testmon::runner
{

/// All that there is to say of an attempt that failed, as lines for a person: the attempt, each message in
/// the form of Boost.Test's own log so that editors find the place, how it crashed, its output, remarks.
/// `longest_output`: of what it wrote, no more bytes than these are shown.
std::string failure_text(test_item const& item, attempt_result const& attempt, bool colour,
                         std::size_t longest_output);

/// The same of what failed while the worker ran no test.
std::string outside_text(worker_index worker, std::string const& text, bool colour);

} // namespace testmon::runner

#endif
