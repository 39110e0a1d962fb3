// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_CONNECTION_HPP
#define TESTMON_SRC_DATABASE_CONNECTION_HPP

#include "schema.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <boost/filesystem/path.hpp>
#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

namespace testmon::database
{

/// Throws what SQLite complains of as `database_error`. `system_error` is that of `sqlite3_system_errno`.
[[noreturn]] void fail(boost::filesystem::path const& path, char const* operation, SQLite::Exception const& e,
                       int system_error);

/// An open database, and its errors as `database_error`.
class connection
{
  public:
    connection(boost::filesystem::path path, SQLite::Database opened);

    boost::filesystem::path const& path() const noexcept { return path_; }
    SQLite::Database& sqlite() noexcept { return sqlite_; }

    /// Calls a function that uses `sqlite()`. Errors: what SQLite complains of, as `database_error`.
    template <class Function>
    auto attempt(char const* operation, Function&& function)
    {
        try {
            return std::forward<Function>(function)();
        } catch (SQLite::Exception const& e) {
            fail(path_, operation, e, ::sqlite3_system_errno(sqlite_.getHandle()));
        }
    }

  private:
    boost::filesystem::path path_;
    SQLite::Database sqlite_;
};

/// Opens a file, or makes it, with all rules of doc/design.md. Errors: see `read_only_database` and
/// `read_write_database`. `steps` make the schema.
std::unique_ptr<connection> open_read_only(boost::filesystem::path const& path,
                                           std::chrono::milliseconds patience);
std::unique_ptr<connection> open_read_write(boost::filesystem::path const& path,
                                            std::chrono::milliseconds patience,
                                            schema::steps const& steps = schema::all_steps());

/// Patience as SQLite wants it.
int busy_milliseconds(std::chrono::milliseconds patience);

/// The one number that a statement such as a pragma answers with.
std::int64_t number(SQLite::Database& database, char const* statement);

} // namespace testmon::database

#endif
