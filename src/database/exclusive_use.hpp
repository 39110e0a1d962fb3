// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_EXCLUSIVE_USE_HPP
#define TESTMON_SRC_DATABASE_EXCLUSIVE_USE_HPP

#include <boost/filesystem/path.hpp>

namespace testmon::database
{

/// Holds all locks that SQLite takes on a database, so that nobody else has it open, in whatever pid
/// namespace he is
/// (/proc/locks shows only those of its own). Preconditions: this process does not have it open.
class exclusive_use
{
  public:
    /// Errors: `database_error` with `errc::busy`, naming the operation, if somebody has it open.
    exclusive_use(boost::filesystem::path const& database, char const* operation);
    ~exclusive_use();
    exclusive_use(exclusive_use const&) = delete;
    exclusive_use& operator=(exclusive_use const&) = delete;

    /// Whether the path still names the file that is locked.
    bool is_of(boost::filesystem::path const& database) const;

  private:
    int database_;
    int shared_memory_;
};

} // namespace testmon::database

#endif
