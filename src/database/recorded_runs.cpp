// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "recorded_runs.hpp"

#include "rows.hpp"

#include <SQLiteCpp/Statement.h>

namespace testmon::database
{

std::vector<recorded_run> recorded_runs(SQLite::Database& database, std::int64_t environment_id,
                                        std::size_t limit)
{
    SQLite::Statement statement(database,
                                "SELECT id, passed + failed + crashed + timed_out + skipped AS executions "
                                "FROM run WHERE environment_id = ? AND executions > 0 "
                                "ORDER BY started_ns DESC, id DESC LIMIT ?");
    statement.bind(1, environment_id);
    statement.bind(2, row_limit(limit));
    std::vector<recorded_run> result;
    while (statement.executeStep()) {
        result.push_back({statement.getColumn(0).getInt64(), statement.getColumn(1).getInt64()});
    }
    return result;
}

} // namespace testmon::database
