// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_ROWS_HPP
#define TESTMON_SRC_DATABASE_ROWS_HPP

#include <testmon/database/environment.hpp>
#include <testmon/database/execution.hpp>
#include <testmon/database/run.hpp>
#include <testmon/database/test_record.hpp>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::database
{

/// The columns of a table in the order in which `read_...` wants them.
constexpr char environment_columns[] = "id, name, executable, compiler, standard_library, build_type, flags";
constexpr char run_columns[] =
    "id, uuid, environment_id, machine, workers, started_ns, ended_ns, collected, passed, "
    "failed, crashed, timed_out, skipped";
constexpr char test_columns[] = "id, path, suite, file, line, labels, depends_on, time_limit_ns, "
                                "expected_failures, enabled";
constexpr char execution_columns[] = "test_id, attempt, outcome, duration_ns, assertions, worker, started_ns";

/// The text of a column, until the next step of the statement.
std::string_view text_of(SQLite::Statement& row, int column);
/// A list of texts as it is stored: a JSON array.
std::string list_text(std::vector<std::string> const& list);

environment read_environment(SQLite::Statement& row);
run read_run(SQLite::Statement& row);
/// All but the id, which is column 0.
test_record read_test(SQLite::Statement& row);
/// Wants "vanished" after `test_columns`.
stored_test read_stored_test(SQLite::Statement& row);
execution read_execution(SQLite::Statement& row);

/// Binds the six fields of a description from parameter 1 on, without copies: the description must outlive
/// the statement's next step.
void bind(SQLite::Statement& statement, environment_description const& description);
/// Binds the nine fields of a test from `first` on, in the same way.
void bind(SQLite::Statement& statement, int first, test_record const& test);

/// Inserts an execution unless there is one of the same run, test and attempt; `bind` binds its parameters.
constexpr char insert_execution[] = "INSERT INTO test_execution (run_id, test_id, attempt, outcome, "
                                    "duration_ns, assertions, worker, started_ns) "
                                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
void bind(SQLite::Statement& statement, std::int64_t run_id, execution const& result);

/// A number of rows as SQLite wants it.
std::int64_t row_limit(std::size_t limit);

std::int64_t nanoseconds_since_epoch(timestamp when);

} // namespace testmon::database

#endif
