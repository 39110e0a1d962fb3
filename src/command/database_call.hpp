// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_DATABASE_CALL_HPP
#define TESTMON_SRC_COMMAND_DATABASE_CALL_HPP

#include "subcommand.hpp"

#include <boost/filesystem/path.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace testmon::command
{

constexpr char file_name[] = "file";
constexpr char patience_name[] = "timeout";
constexpr char what_name[] = "what";
constexpr char environment_name[] = "environment";
constexpr char limit_name[] = "limit";
constexpr char history_name[] = "history";
constexpr char format_name[] = "format";
constexpr char output_name[] = "output";
constexpr char keep_runs_name[] = "keep-runs";

/// The database that the options name. Errors: `usage_error` for an empty name.
boost::filesystem::path database_file(subcommand_call const& call);

/// How long to wait for a lock.
std::chrono::milliseconds patience(subcommand_call const& call);

} // namespace testmon::command

#endif
