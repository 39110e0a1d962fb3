// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_RUN_ROW_HPP
#define TESTMON_SRC_DATABASE_RUN_ROW_HPP

#include <testmon/database/outcome.hpp>
#include <testmon/database/run.hpp>

#include <SQLiteCpp/Database.h>

#include <cstdint>

namespace testmon::database
{

/// Inserts a run with what is known of it when it begins. Returns: the new id. Part of a transaction of the
/// caller.
std::int64_t insert_run(SQLite::Database& database, run const& what);

/// The count that belongs to an outcome.
std::int64_t& count_of(outcome_counts& counts, outcome which);

/// Adds to the counts of a run; part of a transaction of the caller.
void add_counts(SQLite::Database& database, std::int64_t run_id, outcome_counts const& changes);

} // namespace testmon::database

#endif
