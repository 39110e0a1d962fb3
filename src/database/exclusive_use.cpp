// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "exclusive_use.hpp"

#include <testmon/database/error.hpp>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace testmon::database
{

namespace
{

int open_file(boost::filesystem::path const& file)
{
    return ::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

// https://www.sqlite.org/lockingv3.html: PENDING_BYTE and what follows it; and the locks in the memory of the
// log.
bool lock(int descriptor, ::off_t first, ::off_t length)
{
    struct flock range {
    };
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_start = first;
    range.l_len = length;
    return ::fcntl(descriptor, F_OFD_SETLK, &range) == 0;
}

} // namespace

exclusive_use::exclusive_use(boost::filesystem::path const& database, char const* operation)
    : database_(open_file(database)), shared_memory_(open_file(database.native() + "-shm"))
{
    constexpr ::off_t pending_byte = 0x40000000;
    constexpr ::off_t database_locks = 512;
    constexpr ::off_t first_memory_lock = 120;
    constexpr ::off_t memory_locks = 9;
    if (database_ >= 0 && lock(database_, pending_byte, database_locks) &&
        (shared_memory_ < 0 || lock(shared_memory_, first_memory_lock, memory_locks))) {
        return;
    }
    int const error = errno;
    ::close(database_);
    ::close(shared_memory_);
    if (error == EAGAIN || error == EACCES) {
        throw database_error(errc::busy, database, operation, "a process has it open");
    }
    boost::system::error_code const code(error, boost::system::system_category());
    throw database_error(code, database, operation, code.message());
}

exclusive_use::~exclusive_use()
{
    ::close(shared_memory_);
    ::close(database_);
}

bool exclusive_use::is_of(boost::filesystem::path const& database) const
{
    struct stat locked {
    };
    struct stat named {
    };
    return ::fstat(database_, &locked) == 0 && ::stat(database.c_str(), &named) == 0 &&
           locked.st_ino == named.st_ino && locked.st_dev == named.st_dev;
}

} // namespace testmon::database
