// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "run_directory.hpp"

#include <boost/filesystem/operations.hpp>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace testmon::runner
{

namespace
{

namespace fs = boost::filesystem;

using xdist_coordination::file_descriptor;

constexpr std::string_view name_pattern = "testmon-XXXXXX";
constexpr char lock_name[] = "runner.lock";

void remove_directory(fs::path const& path)
{
    // A test may leave directories that nobody may write to; what cannot be removed stays.
    boost::system::error_code error;
    fs::remove_all(path, error);
    if (!error) {
        return;
    }
    for (fs::recursive_directory_iterator at(path, error), end; at != end && !error; at.increment(error)) {
        boost::system::error_code ignored;
        if (fs::is_directory(at->symlink_status(ignored))) {
            fs::permissions(at->path(), fs::owner_all | fs::add_perms, ignored);
        }
    }
    fs::remove_all(path, error);
}

// The lock has its name once it is held, so that nobody finds one that is free because it is new.
file_descriptor lock_in(fs::path const& directory)
{
    auto const new_name = directory / "new.lock";
    file_descriptor lock(::open(new_name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 ||
        ::rename(new_name.c_str(), (directory / lock_name).c_str()) != 0) {
        throw std::system_error(errno, std::generic_category(), new_name.native());
    }
    return lock;
}

// Whether it is of this user's runs, and of one whose runner is no more.
bool is_left(fs::path const& directory)
{
    struct ::stat status {
    };
    if (::lstat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
        status.st_uid != ::geteuid()) {
        return false;
    }
    file_descriptor const lock(
        ::open((directory / lock_name).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    return lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0;
}

void remove_left_directories(fs::path const& among)
{
    auto const prefix = name_pattern.substr(0, name_pattern.find('X'));
    boost::system::error_code error;
    for (fs::directory_iterator at(among, error), end; at != end && !error; at.increment(error)) {
        auto const name = at->path().filename().native();
        if (name.size() == name_pattern.size() && name.compare(0, prefix.size(), prefix) == 0 &&
            is_left(at->path())) {
            remove_directory(at->path());
        }
    }
}

} // namespace

run_directory::run_directory(bool keep) : keep_(keep)
{
    auto const among = fs::temp_directory_path();
    remove_left_directories(among);
    auto name = (among / std::string(name_pattern)).native();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::system_error(errno, std::generic_category(),
                                "no directory can be made for the workers: " + name);
    }
    path_ = fs::canonical(name);
    lock_ = lock_in(path_);
}

run_directory::~run_directory()
{
    if (keep_) {
        boost::system::error_code ignored;
        fs::remove(path_ / lock_name, ignored); // nobody takes it for left
        return;
    }
    remove_directory(path_);
}

} // namespace testmon::runner
