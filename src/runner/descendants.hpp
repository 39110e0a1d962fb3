// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_DESCENDANTS_HPP
#define TESTMON_SRC_RUNNER_DESCENDANTS_HPP

#include "left_process.hpp"

#include <chrono>
#include <vector>

namespace testmon::runner
{

// The children of this process, and theirs, as the kernel lists them (CONFIG_PROC_CHILDREN, which every
// distribution has). This process must be a subreaper (PR_SET_CHILD_SUBREAPER) for the lists to be complete.

/// Returns: the descendants of this process that run now, parents before their children; of very many,
/// the first hundred.
std::vector<left_process> running_descendants();

/// Kills and reaps all descendants, also those that are started meanwhile. SIGCHLD must be blocked.
/// Returns: those that are still there when none has ended for `patience`, because they may not be killed or
/// are stuck in the kernel.
std::vector<left_process> kill_descendants(std::chrono::milliseconds patience);

} // namespace testmon::runner

#endif
