// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_STATE_ARGUMENT_HPP
#define TESTMON_SRC_COMMAND_STATE_ARGUMENT_HPP

#include <testmon/xdist_coordination/coordination_state.hpp>

#include <string>

namespace testmon::command
{

/// Reads what a controller publishes: a JSON object, given itself, as "@FILE", or as "-" for standard input.
/// Errors: `usage_error` for what is no such object, `coordination_file_error` for a file that cannot be
/// read.
xdist_coordination::state_data read_state_argument(std::string const& argument);

} // namespace testmon::command

#endif
