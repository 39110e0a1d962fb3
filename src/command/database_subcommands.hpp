// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_DATABASE_SUBCOMMANDS_HPP
#define TESTMON_SRC_COMMAND_DATABASE_SUBCOMMANDS_HPP

#include "subcommand.hpp"

namespace testmon::command::database_subcommands
{

// Each is in database_<name>.cpp. Errors: see `database`.
exit_code show(subcommand_call& call);
exit_code check(subcommand_call& call);
exit_code export_all(subcommand_call& call);
exit_code merge(subcommand_call& call);
exit_code prune(subcommand_call& call);
exit_code rebuild(subcommand_call& call);

} // namespace testmon::command::database_subcommands

#endif
