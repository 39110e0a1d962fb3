// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_LOCK_HOLDERS_HPP
#define TESTMON_SRC_DATABASE_LOCK_HOLDERS_HPP

#include <testmon/database/maintenance.hpp>

#include <boost/filesystem/path.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace testmon::database
{

/// The two files on which SQLite's locks lie, as /proc/locks names files: "08:01:1234", empty if there is
/// none.
struct locked_files {
    std::string database{};
    std::string shared_memory{};
};
locked_files locked_files_of(boost::filesystem::path const& database);

/// Finds the processes that hold locks on these files in the text of /proc/locks; sorted by pid.
std::vector<database_holder> parse_lock_holders(std::string_view proc_locks, locked_files const& files);

/// The ids of those that write.
std::vector<std::int64_t> writers(std::vector<database_holder> const& all);

} // namespace testmon::database

#endif
