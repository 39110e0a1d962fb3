// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_DATABASE_EXPORT_FORMATS_HPP
#define TESTMON_SRC_COMMAND_DATABASE_EXPORT_FORMATS_HPP

#include "../database/output_file.hpp"
#include "database_records.hpp"

namespace testmon::command
{

/// Writes each record as a line of JSON, with its kind as "type". The output must outlive the visitor.
record_visitor json_lines(database::output_file& output);

/// Writes a line of titles, and lets the visitor write a row for each execution. A field is quoted as RFC
/// 4180 says if it needs to be; lines end with a line feed alone, as Unix programs expect it.
record_visitor csv(database::output_file& output);

} // namespace testmon::command

#endif
