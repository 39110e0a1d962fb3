// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_TEST_ROW_HPP
#define TESTMON_SRC_DATABASE_TEST_ROW_HPP

#include <testmon/database/test_record.hpp>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>

namespace testmon::database
{

/// Writes rows of the table test; part of a transaction of the caller.
class test_writer
{
  public:
    explicit test_writer(SQLite::Database& database);

    /// Returns: the new id.
    std::int64_t insert(std::int64_t environment_id, test_record const& test, bool vanished);
    void update(std::int64_t id, test_record const& test, bool vanished);

  private:
    SQLite::Database& database_;
    SQLite::Statement insert_;
    SQLite::Statement update_;
};

} // namespace testmon::database

#endif
