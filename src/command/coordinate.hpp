// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_COORDINATE_HPP
#define TESTMON_SRC_COMMAND_COORDINATE_HPP

#include "exit_code.hpp"

#include <string>
#include <vector>

namespace testmon::command
{

/// `testmon coordinate WORDS...`: the operations of the coordination library for a shell, and so for a
/// program in any language. doc/command.md describes it. Errors: `usage_error`, the exceptions of the
/// library.
exit_code coordinate(std::vector<std::string> const& words);

} // namespace testmon::command

#endif
