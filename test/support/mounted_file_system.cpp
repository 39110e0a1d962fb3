// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/mounted_file_system.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

namespace testmon::test
{

mounted_file_system::mounted_file_system(std::string const& options)
    : mounted_(::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, ("mode=0700," + options).c_str()) == 0)
{
    if (!mounted_) {
        BOOST_TEST_MESSAGE("not tested: this user may not mount a file system");
    }
}

mounted_file_system::~mounted_file_system()
{
    if (mounted_) {
        ::umount2(directory_.path().c_str(), MNT_DETACH);
    }
}

void mounted_file_system::make_read_only() const
{
    BOOST_REQUIRE(::mount("tmpfs", path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr) == 0);
}

void mounted_file_system::fill() const
{
    int const file = ::open((path() / "filler").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    std::array<char, 4096> const block{};
    while (::write(file, block.data(), block.size()) > 0) {
    }
    ::close(file);
}

void mounted_file_system::make_room() const
{
    ::unlink((path() / "filler").c_str());
}

} // namespace testmon::test
