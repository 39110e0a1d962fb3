// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_PROGRESS_BAR_HPP
#define TESTMON_SRC_RUNNER_PROGRESS_BAR_HPP

#include "progress_state.hpp"
#include "terminal.hpp"

#include <string>
#include <vector>

namespace testmon::runner
{

/// The lines that show how far a run is: a bar with counts and times, and below it the tests that run. No
/// line is as wide as the terminal, whose cursor would wrap there, and there are fewer lines than it has if
/// it has more than one.
std::vector<std::string> progress_lines(progress_state const& state, terminal_size size, steady_time now,
                                        bool colour);

/// The same without a bar, on one line: "120 of 1234 done, 118 passed, 2 failed, 12 s, about 40 s left".
std::string progress_text(progress_state const& state, steady_time now);

} // namespace testmon::runner

#endif
