// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_DATABASE_MAINTENANCE_HPP
#define TESTMON_DATABASE_MAINTENANCE_HPP

#include <boost/filesystem/path.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace testmon::database
{

/// A process that has a database open.
struct database_holder {
    std::int64_t pid = 0; ///< process id
    bool writes = false;  ///< whether it is in the middle of a write
};

/// What `check` found.
struct check_result {
    std::int64_t schema_version = 0;
    std::vector<std::string> problems{};    ///< one line each; empty: the database is sound
    std::vector<database_holder> holders{}; ///< who has it open
};

/// Reads all of a database and checks it: SQLite's own integrity check, foreign keys, and that the tables are
/// those of the schema. Changes nothing.
///
/// Errors: as `read_only_database`, except that a damaged file is a problem in the result.
check_result check(boost::filesystem::path const& path,
                   std::chrono::milliseconds patience = std::chrono::seconds(30));

/// Returns: the processes that have the database open, as far as /proc/locks tells: those of other pid
/// namespaces do not show. It is a snapshot.
std::vector<database_holder> holders(boost::filesystem::path const& path);

/// Sets a damaged database aside, under a name that tells when, and makes a new one in its place.
///
/// Returns: the new name of the damaged file; its log, if there is one, has the same name and "-wal".
/// Errors: `database_error`: `errc::missing`; `errc::invalid_argument` if the database is sound: nothing is
/// done then; `errc::foreign` if it is a sound database of another program; `errc::newer`; `errc::busy` if a
/// process has it open.
boost::filesystem::path rebuild(boost::filesystem::path const& path);

} // namespace testmon::database

#endif
