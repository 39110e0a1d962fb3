// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_DATABASE_EXIT_CODE_HPP
#define TESTMON_SRC_COMMAND_DATABASE_EXIT_CODE_HPP

#include "exit_code.hpp"

#include <testmon/database/error.hpp>

namespace testmon::command
{

/// The exit code for an error of the database.
exit_code exit_code_of(database::database_error const& error) noexcept;

} // namespace testmon::command

#endif
