// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_DATABASE_READ_ONLY_DATABASE_HPP
#define TESTMON_DATABASE_READ_ONLY_DATABASE_HPP

#include <testmon/database/queries.hpp>

#include <chrono>

namespace testmon::database
{

/// A database that is only asked, as a worker does. It has no member that writes, and SQLite was told that it
/// is read-only. It never blocks a writer, nor is blocked by one.
///
/// Example: \snippet example/06_database_for_workers.cpp worker
class read_only_database : public queries
{
  public:
    /// Opens a file that its controller has made.
    ///
    /// `patience` bounds the wait for the moments in which SQLite recovers the log of a killed writer.
    /// Errors: `database_error`: `errc::missing`, `not_initialized`, `foreign`, `newer`, `older`, `corrupt`,
    /// `read_only` if nobody else has it open, and its directory may not be written to or is on a disk
    /// that is read-only and holds the log of a killed writer.
    explicit read_only_database(boost::filesystem::path const& path,
                                std::chrono::milliseconds patience = std::chrono::seconds(30));
};

} // namespace testmon::database

#endif
