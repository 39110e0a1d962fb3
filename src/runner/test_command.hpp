// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_TEST_COMMAND_HPP
#define TESTMON_SRC_RUNNER_TEST_COMMAND_HPP

#include <cstddef>
#include <string>
#include <vector>

namespace testmon::runner
{

/// Finds the test executable in the command that starts it, which it may stand at the beginning of, or be
/// started through, as in "env LANG=C ./my_tests": then the command begins with a name that is looked for in
/// PATH, and the executable is the first word behind it that names an executable file with a slash.
///
/// Returns: which word it is. Precondition: there is one.
std::size_t executable_of(std::vector<std::string> const& command);

} // namespace testmon::runner

#endif
