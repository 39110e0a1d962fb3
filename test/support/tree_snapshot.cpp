// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/tree_snapshot.hpp"

#include "support/foreign_state.hpp"

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>

#include <sys/stat.h>

namespace testmon::test
{

namespace
{

std::string describe(boost::filesystem::path const& where)
{
    struct ::stat status {
    };
    if (::lstat(where.c_str(), &status) != 0) {
        return "gone";
    }
    auto text = "mode " + std::to_string(status.st_mode) + " user " + std::to_string(status.st_uid) +
                " inode " + std::to_string(status.st_ino) + " modified " +
                std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
    constexpr ::off_t largest = 1 << 20;
    if (S_ISLNK(status.st_mode)) {
        text += " to " + boost::filesystem::read_symlink(where).native();
    } else if (S_ISREG(status.st_mode)) {
        text += " size " + std::to_string(status.st_size);
        text += status.st_size <= largest ? " holds " + text_of(where) : std::string();
    }
    return text;
}

} // namespace

std::map<std::string, std::string> tree_snapshot(boost::filesystem::path const& directory)
{
    std::map<std::string, std::string> result{{".", describe(directory)}};
    for (auto const& entry : boost::filesystem::recursive_directory_iterator(directory)) {
        result[entry.path().lexically_relative(directory).native()] = describe(entry.path());
    }
    return result;
}

} // namespace testmon::test
