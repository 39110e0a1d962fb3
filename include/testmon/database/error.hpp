// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_DATABASE_ERROR_HPP
#define TESTMON_DATABASE_ERROR_HPP

#include <boost/filesystem/path.hpp>
#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace testmon::database
{

/// What went wrong, one value for each cause. A system call that failed is reported by its own code of
/// `boost::system::system_category()`.
enum class errc {
    missing = 1,      ///< the file or its directory does not exist
    not_initialized,  ///< the file is empty: its controller has not written it yet
    foreign,          ///< a file of another program, pytest-testmon's among them
    newer,            ///< written by a newer version of testmon
    older,            ///< written by an older version, and opened read-only: a controller has to migrate it
    corrupt,          ///< damaged, or no database at all
    busy,             ///< another process held the lock for too long
    read_only,        ///< the file or its directory does not let itself be written to
    full,             ///< no room on the disk
    io,               ///< the disk or the file system failed
    invalid_argument, ///< an argument of the call itself
    not_found,        ///< the database has no environment, run or test of this id
    other             ///< anything else that SQLite complains of
};

/// The category of `errc`. Thread safety: safe.
boost::system::error_category const& database_category() noexcept;

/// Lets `errc` convert to `boost::system::error_code`.
boost::system::error_code make_error_code(errc value) noexcept;

/// The exception of this library. `what()` is one line that names the file, the operation and the cause.
class database_error : public boost::system::system_error
{
  public:
    database_error(boost::system::error_code code, boost::filesystem::path path, std::string operation,
                   std::string const& cause, std::vector<std::int64_t> holders = {});

    char const* what() const noexcept override { return message_.c_str(); }
    /// The database.
    boost::filesystem::path const& path() const noexcept { return path_; }
    /// What was being done to it, such as "record executions".
    std::string const& operation() const noexcept { return operation_; }
    /// With `errc::busy`: the processes that hold the lock, as far as they can be told.
    std::vector<std::int64_t> const& holders() const noexcept { return holders_; }

  private:
    std::string message_;
    boost::filesystem::path path_;
    std::string operation_;
    std::vector<std::int64_t> holders_;
};

} // namespace testmon::database

namespace boost::system
{
template <>
struct is_error_code_enum<testmon::database::errc> : std::true_type {
};
} // namespace boost::system

#endif
