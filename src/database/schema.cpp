// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "schema.hpp"

namespace testmon::database::schema
{

steps const& all_steps()
{
    // Times are nanoseconds, instants count from 1970-01-01 UTC. Lists are JSON arrays. doc/database.md
    // explains the tables to users.
    static steps const all{R"sql(
CREATE TABLE environment (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    executable TEXT NOT NULL,
    compiler TEXT NOT NULL,
    standard_library TEXT NOT NULL,
    build_type TEXT NOT NULL,
    flags TEXT NOT NULL,
    UNIQUE (name, executable, compiler, standard_library, build_type, flags)
) STRICT;

CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL,
    environment_id INTEGER NOT NULL REFERENCES environment ON DELETE CASCADE,
    machine TEXT NOT NULL,
    workers INTEGER NOT NULL,
    started_ns INTEGER NOT NULL,
    ended_ns INTEGER,
    collected INTEGER NOT NULL DEFAULT 0,
    passed INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    crashed INTEGER NOT NULL DEFAULT 0,
    timed_out INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    UNIQUE (uuid, environment_id)
) STRICT;
CREATE INDEX run_by_time ON run (environment_id, started_ns);

CREATE TABLE test (
    id INTEGER PRIMARY KEY,
    environment_id INTEGER NOT NULL REFERENCES environment ON DELETE CASCADE,
    path TEXT NOT NULL,
    suite TEXT NOT NULL,
    file TEXT NOT NULL,
    line INTEGER NOT NULL,
    labels TEXT NOT NULL,
    depends_on TEXT NOT NULL,
    time_limit_ns INTEGER NOT NULL,
    expected_failures INTEGER NOT NULL,
    enabled INTEGER NOT NULL,
    vanished INTEGER NOT NULL DEFAULT 0,
    UNIQUE (environment_id, path)
) STRICT;

-- Clustered by run: a run appends, and to delete one is to delete a range.
CREATE TABLE test_execution (
    run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    test_id INTEGER NOT NULL REFERENCES test ON DELETE CASCADE,
    attempt INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('passed', 'failed', 'crashed', 'timed_out', 'skipped')),
    duration_ns INTEGER NOT NULL,
    assertions INTEGER NOT NULL,
    worker TEXT NOT NULL,
    started_ns INTEGER NOT NULL,
    PRIMARY KEY (run_id, test_id, attempt)
) STRICT, WITHOUT ROWID;
)sql"};
    return all;
}

std::int64_t newest_version()
{
    return static_cast<std::int64_t>(all_steps().size());
}

} // namespace testmon::database::schema
