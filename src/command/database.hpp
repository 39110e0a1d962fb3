// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_DATABASE_HPP
#define TESTMON_SRC_COMMAND_DATABASE_HPP

#include "exit_code.hpp"

#include <string>
#include <vector>

namespace testmon::command
{

/// `testmon database WORDS...`: shows and looks after the database of a project. doc/database_command.md
/// describes it. Errors: `usage_error`, `database_error`, and other exceptions for files that cannot be
/// written.
exit_code database(std::vector<std::string> const& words);

} // namespace testmon::command

#endif
