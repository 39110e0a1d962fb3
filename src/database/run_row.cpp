// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "run_row.hpp"

#include "rows.hpp"

#include <SQLiteCpp/Statement.h>

namespace testmon::database
{

std::int64_t insert_run(SQLite::Database& database, run const& what)
{
    SQLite::Statement statement(database,
                                "INSERT INTO run (uuid, environment_id, machine, workers, started_ns) "
                                "VALUES (?, ?, ?, ?, ?)");
    int index = 1;
    statement.bindNoCopy(index++, what.uuid);
    statement.bind(index++, what.environment_id);
    statement.bindNoCopy(index++, what.machine);
    statement.bind(index++, what.workers);
    statement.bind(index++, nanoseconds_since_epoch(what.started));
    statement.exec();
    return database.getLastInsertRowid();
}

std::int64_t& count_of(outcome_counts& counts, outcome which)
{
    switch (which) {
    case outcome::passed:
        return counts.passed;
    case outcome::failed:
        return counts.failed;
    case outcome::crashed:
        return counts.crashed;
    case outcome::timed_out:
        return counts.timed_out;
    case outcome::skipped:
        break;
    }
    return counts.skipped;
}

void add_counts(SQLite::Database& database, std::int64_t run_id, outcome_counts const& changes)
{
    SQLite::Statement statement(database,
                                "UPDATE run SET passed = passed + ?, failed = failed + ?, "
                                "crashed = crashed + ?, timed_out = timed_out + ?, skipped = skipped + ? "
                                "WHERE id = ?");
    int index = 1;
    for (auto const change :
         {changes.passed, changes.failed, changes.crashed, changes.timed_out, changes.skipped, run_id}) {
        statement.bind(index++, change);
    }
    statement.exec();
}

} // namespace testmon::database
