// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_DESCENDANTS_HPP
#define TESTMON_SRC_RUNNER_DESCENDANTS_HPP

#include "left_process.hpp"

#include <chrono>
#include <functional>
#include <vector>

#include <sys/types.h>

namespace testmon::runner
{

/// Whether a child of this process, and what descends from it, is to be ended.
using child_filter = std::function<bool(::pid_t child)>;

/// Kills and reaps all descendants of this process, or those of the children that the filter chooses, also
/// those that are started meanwhile. This process must be a subreaper (PR_SET_CHILD_SUBREAPER). Where SIGCHLD
/// is blocked, it is faster. Children are taken as the kernel lists them (CONFIG_PROC_CHILDREN, which every
/// distribution has). Returns: those that ran before, of very many the first hundred; and those that are
/// still there when none has ended for `patience`, because they may not be killed or are stuck in the kernel;
/// with a filter, after `patience` in all: whoever has other children, too, has more to do.
std::vector<left_process> end_descendants(std::chrono::milliseconds patience,
                                          child_filter const& are_ours = {});

} // namespace testmon::runner

#endif
