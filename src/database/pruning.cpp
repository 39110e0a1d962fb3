// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/database/read_write_database.hpp>

#include "connection.hpp"
#include "rows.hpp"

#include <testmon/database/error.hpp>

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <limits>

namespace testmon::database
{

namespace
{

constexpr char pruning[] = "prune the history";

} // namespace

prune_result read_write_database::prune(std::size_t keep_runs)
{
    if (keep_runs == 0) {
        throw database_error(errc::invalid_argument, path(), pruning,
                             "0 runs are to be kept; allowed is 1 or more");
    }
    auto& database = opened().sqlite();
    auto const result = opened().attempt(pruning, [&] {
        SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
        database.exec("CREATE TEMP TABLE IF NOT EXISTS doomed (id INTEGER PRIMARY KEY)");
        database.exec("DELETE FROM doomed");
        // A run that goes on is not taken away from under its controller.
        SQLite::Statement doom(
            database, "INSERT INTO doomed SELECT id FROM (SELECT id, ended_ns, started_ns, row_number() "
                      "OVER (PARTITION BY environment_id ORDER BY started_ns DESC, id DESC) AS age "
                      "FROM run) WHERE age > ? AND (ended_ns IS NOT NULL OR started_ns < ?)");
        doom.bind(1, static_cast<std::int64_t>(std::min(
                         keep_runs, static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max()))));
        doom.bind(2, nanoseconds_since_epoch(std::chrono::system_clock::now() - std::chrono::hours(24)));
        doom.exec();
        // The rows go in an order that leaves no reference dangling.
        prune_result removed;
        removed.executions =
            database.exec("DELETE FROM test_execution WHERE run_id IN (SELECT id FROM doomed)");
        removed.runs = database.exec("DELETE FROM run WHERE id IN (SELECT id FROM doomed)");
        removed.tests =
            database.exec("DELETE FROM test WHERE environment_id NOT IN (SELECT environment_id FROM run) OR "
                          "(vanished = 1 AND id NOT IN (SELECT test_id FROM test_execution))");
        removed.environments =
            database.exec("DELETE FROM environment WHERE id NOT IN (SELECT environment_id FROM run)");
        transaction.commit();
        return removed;
    });
    // The pages are free. To give them back to the file system takes room itself, and nobody else at work: a
    // reader would make SQLite wait for it with the writers' lock in hand. Where that is not to be had,
    // SQLite uses them again later.
    ::sqlite3_busy_timeout(database.getHandle(), 0);
    database.tryExec("VACUUM");
    database.tryExec("PRAGMA wal_checkpoint(TRUNCATE)");
    ::sqlite3_busy_timeout(database.getHandle(), busy_milliseconds(patience_));
    return result;
}

} // namespace testmon::database
