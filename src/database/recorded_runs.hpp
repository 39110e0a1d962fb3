// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_RECORDED_RUNS_HPP
#define TESTMON_SRC_DATABASE_RECORDED_RUNS_HPP

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace testmon::database
{

/// A run that says something of the tests.
struct recorded_run {
    std::int64_t id = 0;
    std::int64_t executions = 0;
};

/// Returns: the newest first. Part of a transaction of the caller.
std::vector<recorded_run> recorded_runs(SQLite::Database& database, std::int64_t environment_id,
                                        std::size_t limit);

} // namespace testmon::database

#endif
