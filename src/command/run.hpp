// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_RUN_HPP
#define TESTMON_SRC_COMMAND_RUN_HPP

#include <string>
#include <vector>

namespace testmon::command
{

/// `testmon run`. Returns: the exit code, which is a part of the interface: see `run_help`.
/// Errors: `usage_error`.
int run_tests(std::vector<std::string> const& words);

} // namespace testmon::command

#endif
