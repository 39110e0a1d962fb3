// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_FAILPOINT_HPP
#define TESTMON_SRC_XDIST_COORDINATION_FAILPOINT_HPP

namespace testmon::xdist_coordination
{

/// A named step at which a test can make this process die or fail, armed from outside by the environment
/// variable
///
///     TESTMON_XDIST_FAILPOINT=STEP[@N]=ACTION[,STEP[@N]=ACTION...]
///
/// STEP is a step's name, or "any" for every step; N says which time it is reached, counted from 1 (default
/// 1), and N "every" means each time. ACTION is "kill" (SIGKILL to itself), "stop" (SIGSTOP to itself) or the
/// number of an errno value, which the step then reports as its own failure. The variable is read once, when
/// the first step is reached. It is part of the library as it is delivered, so that the tests test just that;
/// a step costs one load when it is not armed.
///
/// Returns: the errno value to fail with, 0 to go on.
/// Thread safety: safe.
int failpoint(char const* step) noexcept;

} // namespace testmon::xdist_coordination

#endif
