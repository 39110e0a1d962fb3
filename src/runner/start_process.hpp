// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_START_PROCESS_HPP
#define TESTMON_SRC_RUNNER_START_PROCESS_HPP

#include "supervised_process.hpp"

namespace testmon::runner
{

/// Makes this process, which its supervisor has just forked, the one that is described. If that fails, it
/// writes why to `failure` and ends. The supervisor has nothing open that an exec does not close, except 0 to
/// 2, and no signal handlers.
[[noreturn]] void start_process(process_description const& what, int failure) noexcept;

} // namespace testmon::runner

#endif
