// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_SUPERVISOR_HPP
#define TESTMON_SRC_RUNNER_SUPERVISOR_HPP

#include "supervised_process.hpp"

namespace testmon::runner
{

/// The whole life of a supervisor, for a process that was just forked with all signals blocked: starts the
/// process, serves `channel` (supervision_report.hpp; each byte that comes is a signal to pass on) and leaves
/// by _exit, so that nothing of the runner's is flushed or cleaned up twice. An exception ends it by
/// std::terminate rather than unwind into the runner's code.
[[noreturn]] void supervise(process_description const& what, int channel) noexcept;

} // namespace testmon::runner

#endif
