// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "bell.hpp"

#include "failpoint.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace testmon::xdist_coordination
{

namespace
{

using boost::filesystem::path;

// O_NONBLOCK: neither end may wait for the other.
file_descriptor open_bell(path const& where, int flags) noexcept
{
    file_descriptor bell(::open(where.c_str(), flags | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY));
    struct ::stat status {
    };
    if (bell &&
        (::fstat(bell.get(), &status) != 0 || !S_ISFIFO(status.st_mode) || status.st_uid != ::geteuid())) {
        bell.reset();
        errno = EINVAL;
    }
    return bell;
}

} // namespace

file_descriptor listen_to_bell(path const& where) noexcept
{
    auto bell = open_bell(where, O_RDONLY);
    if (!bell && errno == ENOENT) {
        if (int const injected = failpoint("create-bell"); injected != 0) {
            errno = injected;
            return {};
        }
        if (::mkfifo(where.c_str(), S_IRUSR | S_IWUSR) == 0 || errno == EEXIST) {
            bell = open_bell(where, O_RDONLY);
        }
    }
    return bell;
}

bool is_bell_current(file_descriptor const& bell, path const& where) noexcept
{
    struct ::stat opened {
    };
    struct ::stat named {
    };
    return ::fstat(bell.get(), &opened) == 0 && ::lstat(where.c_str(), &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

void ring_bell(path const& where) noexcept
{
    failpoint("ring");
    // Closing it is the ring.
    open_bell(where, O_WRONLY);
}

bool has_listeners(path const& where) noexcept
{
    // ENXIO: nobody has it open for reading. This wakes those who have, which is harmless.
    return static_cast<bool>(open_bell(where, O_WRONLY));
}

} // namespace testmon::xdist_coordination
