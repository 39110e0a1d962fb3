// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_SUPERVISION_REPORT_HPP
#define TESTMON_SRC_RUNNER_SUPERVISION_REPORT_HPP

#include "supervised_process.hpp"

#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace testmon::runner
{

// What a supervisor writes to its channel: the pid of the process when it is forked, the rest when it has
// ended; then it closes the channel. All as texts that end with a NUL, which is in no name and no message.

std::string pid_report(::pid_t pid);
std::string end_report(process_end const& end);

/// Returns: what `pid_report` was made from; none: not all of it is here yet.
std::optional<::pid_t> parse_pid(std::string_view received);
/// Returns: what `end_report` was made from, after a `pid_report`; none: it is not complete.
std::optional<process_end> parse_end(std::string_view received);

} // namespace testmon::runner

#endif
