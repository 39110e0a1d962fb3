// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "connection.hpp"

#include "lock_holders.hpp"

#include <testmon/database/error.hpp>

#include <boost/filesystem/operations.hpp>

#include <cerrno>
#include <string>
#include <vector>

#include <unistd.h>

namespace testmon::database
{

namespace
{

// SQLite does not keep the system's error of a file that cannot be opened or made.
bool is_protected(boost::filesystem::path const& path)
{
    auto const directory = boost::filesystem::absolute(path).parent_path();
    return ::access(directory.c_str(), W_OK) != 0 || (::access(path.c_str(), W_OK) != 0 && errno != ENOENT);
}

// Which of our errors it is, by SQLite's own code and that of the system call beneath it.
errc classify(boost::filesystem::path const& path, int code, int system_error)
{
    if (system_error == ENOSPC || system_error == EDQUOT) {
        return errc::full;
    }
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return errc::busy;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return errc::read_only;
    case SQLITE_FULL:
        return errc::full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return errc::corrupt;
    case SQLITE_CANTOPEN:
        return is_protected(path) ? errc::read_only : errc::io;
    case SQLITE_IOERR:
        return system_error == EROFS || system_error == EACCES || system_error == EPERM ? errc::read_only
                                                                                        : errc::io;
    default:
        return errc::other;
    }
}

std::string holders_text(std::vector<std::int64_t> const& pids)
{
    if (pids.empty()) {
        return "which process it is cannot be told";
    }
    std::string text = pids.size() == 1 ? "process" : "processes";
    for (auto const pid : pids) {
        text += " " + std::to_string(pid);
    }
    return text + (pids.size() == 1 ? " holds it" : " hold it");
}

} // namespace

connection::connection(boost::filesystem::path path, SQLite::Database opened)
    : path_(std::move(path)), sqlite_(std::move(opened))
{
}

void fail(boost::filesystem::path const& path, char const* operation, SQLite::Exception const& e,
          int system_error)
{
    auto const code = classify(path, e.getErrorCode(), system_error);
    std::string cause = e.what();
    std::vector<std::int64_t> who;
    switch (code) {
    case errc::busy:
        who = writers(holders(path));
        cause = "another process holds the lock for too long (" + holders_text(who) + ")";
        break;
    case errc::corrupt:
        cause += "; \"testmon database rebuild\" sets the file aside and begins a new one";
        break;
    case errc::read_only:
        cause += "; the file, its directory and the files with -wal and -shm beside it must be writable";
        break;
    default:
        break;
    }
    throw database_error(code, path, operation, cause, std::move(who));
}

std::int64_t number(SQLite::Database& database, char const* statement)
{
    return database.execAndGet(statement).getInt64();
}

} // namespace testmon::database
