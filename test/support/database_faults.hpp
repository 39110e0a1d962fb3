// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_DATABASE_FAULTS_HPP
#define TESTMON_TEST_SUPPORT_DATABASE_FAULTS_HPP

namespace testmon::test
{

/// Puts a layer between SQLite and the file system, in this process and before SQLite is used.
///
/// SQLite does not wait for the disk then: a killed process loses nothing by that, and the tests are many
/// times faster. And SQLite's N-th step on the file system fails, if the environment variable
///
///     TESTMON_TEST_DATABASE_FAULT=ACTION@N
///
/// is set. ACTION is "kill" (SIGKILL to itself, before the step), "full" or "io" (the step fails with
/// SQLITE_FULL or SQLITE_IOERR). Steps are what changes a file or a lock: opening, writing, cutting, syncing
/// and removing a file, mapping, locking and unlocking the memory of the log.
void install_database_faults();

} // namespace testmon::test

#endif
