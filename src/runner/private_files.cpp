// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "private_files.hpp"

#include "isolation_errors.hpp"
#include "xdist_coordination/trusted_file.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace testmon::runner
{

namespace
{

using boost::filesystem::path;
using xdist_coordination::file_descriptor;

[[noreturn]] void fail(isolation_step step, path const& subject)
{
    throw isolation_failure{step, errno, subject.native()};
}

[[noreturn]] void refuse(std::string const& why)
{
    throw isolation_failure{isolation_step::layout, 0, why};
}

bool is_or_lies_inside(path const& inner, path const& outer)
{
    auto const [end, ignored] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
    static_cast<void>(ignored);
    return end == outer.end();
}

// /proc writes blanks and the like as octal numbers: "\040".
std::string unescaped(std::string const& text)
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 3 < text.size()) {
            result += static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8));
            i += 3;
        } else {
            result += text[i];
        }
    }
    return result;
}

// A copy of what is mounted below a place, without a place of its own until it is attached. Unlike a path, it
// stays what it is when something is mounted over that place. The calls are younger than some C libraries.
class detached_mount
{
  public:
    explicit detached_mount(path const& source)
        : tree_(static_cast<int>(
              ::syscall(SYS_open_tree, AT_FDCWD, source.c_str(), clone | recursive | O_CLOEXEC)))
    {
        if (!tree_) {
            fail(isolation_step::mount, source);
        }
    }

    void attach(path const& target)
    {
        if (::syscall(SYS_move_mount, tree_.get(), "", AT_FDCWD, target.c_str(), from_descriptor) != 0) {
            fail(isolation_step::mount, target);
        }
        tree_.reset();
    }

  private:
    static constexpr unsigned clone = 1;           // OPEN_TREE_CLONE
    static constexpr unsigned recursive = 0x8000;  // AT_RECURSIVE
    static constexpr unsigned from_descriptor = 4; // MOVE_MOUNT_F_EMPTY_PATH

    file_descriptor tree_;
};

void make_directory(path const& where, ::mode_t mode)
{
    if (::mkdir(where.c_str(), mode) != 0 && errno != EEXIST) {
        fail(isolation_step::directory, where);
    }
}

// The directories of the system that every program writes to, by their true names.
std::vector<std::pair<path, path>> temporary_directories(path const& scratch)
{
    std::vector<std::pair<path, path>> result;
    for (auto const& [system, own] : {std::pair("/tmp", "tmp"), std::pair("/var/tmp", "var_tmp")}) {
        boost::system::error_code absent;
        auto const place = boost::filesystem::canonical(system, absent);
        // One may be a link to the other.
        if (!absent && (result.empty() || result.front().first != place)) {
            result.emplace_back(place, scratch / own);
        }
    }
    return result;
}

void check_layout(path const& tree, path const& scratch,
                  std::vector<std::pair<path, path>> const& temporaries)
{
    if (is_or_lies_inside(tree, scratch)) {
        refuse("The tree " + tree.native() + " lies inside of the scratch directory " + scratch.native() +
               ". Use another scratch directory.");
    }
    for (auto const& [place, own] : temporaries) {
        if (is_or_lies_inside(place, tree)) {
            refuse("The tree " + tree.native() + " holds " + place.native() +
                   ", of which each worker gets its own. Name a directory further down as the tree.");
        }
    }
}

file_descriptor opened(path const& directory)
{
    file_descriptor result(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!result) {
        fail(isolation_step::directory, directory);
    }
    return result;
}

std::string name_of(file_descriptor const& file)
{
    return "/proc/self/fd/" + std::to_string(file.get());
}

// Named by descriptors, the directories may have commas and colons in their names, and be covered.
void mount_overlay(path const& tree, file_descriptor const& upper, file_descriptor const& work)
{
    auto const lower = opened(tree);
    // volatile: without it, the end of each worker waits for all of the file system to be written to the
    // disk.
    auto const options = "userxattr,volatile,index=off,lowerdir=" + name_of(lower) +
                         ",upperdir=" + name_of(upper) + ",workdir=" + name_of(work);
    if (::mount("overlay", tree.c_str(), "overlay", 0, options.c_str()) != 0) {
        fail(isolation_step::overlay, tree);
    }
}

// Attaches it at its old place in a directory that has been covered.
void bring_back(detached_mount& mount, path const& place)
{
    boost::system::error_code error;
    boost::filesystem::create_directories(place, error);
    if (error) {
        errno = error.value();
        fail(isolation_step::directory, place);
    }
    mount.attach(place);
}

} // namespace

std::vector<path> mounts_inside(path const& directory)
{
    std::vector<path> all;
    std::ifstream table("/proc/self/mountinfo");
    for (std::string line; std::getline(table, line);) {
        std::istringstream fields(line);
        std::string place;
        constexpr int place_field = 5;
        for (int i = 0; i < place_field; ++i) {
            fields >> place;
        }
        path found(unescaped(place));
        if (found != directory && is_or_lies_inside(found, directory)) {
            all.push_back(std::move(found));
        }
    }
    std::sort(all.begin(), all.end());
    std::vector<path> result;
    for (auto& found : all) {
        if (result.empty() || !is_or_lies_inside(found, result.back())) {
            result.push_back(std::move(found));
        }
    }
    return result;
}

void enter_private_files(path const& tree, path const& scratch)
{
    auto const temporaries = temporary_directories(scratch);
    check_layout(tree, scratch, temporaries);
    remove_overlay_work(scratch); // of an earlier one that could not do it
    make_directory(scratch / "upper", 0700);
    // The top of an overlay shows the mode of the upper directory.
    struct ::stat status {
    };
    if (::stat(tree.c_str(), &status) != 0 ||
        ::chmod((scratch / "upper").c_str(), status.st_mode & 07777) != 0) {
        fail(isolation_step::directory, tree);
    }
    make_directory(scratch / "work", 0700);
    // What is mounted from here on is not seen outside.
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
        fail(isolation_step::mount, "/");
    }
    // First take hold of all that will be covered, then cover it, then bring back what is to be seen.
    auto const upper = opened(scratch / "upper");
    auto const work = opened(scratch / "work");
    detached_mount tree_itself(tree);
    detached_mount scratch_itself(scratch);
    std::vector<std::pair<path, detached_mount>> inside;
    for (auto const& place : mounts_inside(tree)) {
        inside.emplace_back(place, detached_mount(place));
    }
    std::vector<std::pair<path, detached_mount>> own_temporaries;
    for (auto const& [place, own] : temporaries) {
        make_directory(own, 0700);
        ::chmod(own.c_str(), 01777); // as /tmp, whatever the umask
        own_temporaries.emplace_back(place, detached_mount(own));
    }
    auto const is_covered = [&](path const& what) {
        return std::any_of(temporaries.begin(), temporaries.end(),
                           [&](auto const& entry) { return is_or_lies_inside(what, entry.first); });
    };

    for (auto& [place, mount] : own_temporaries) {
        mount.attach(place);
    }
    if (is_covered(tree)) {
        bring_back(tree_itself, tree);
    }
    mount_overlay(tree, upper, work);
    for (auto& [place, mount] : inside) {
        mount.attach(place);
    }
    if (is_or_lies_inside(scratch, tree) || is_covered(scratch)) {
        bring_back(scratch_itself, scratch);
    }
}

void remove_overlay_work(path const& scratch)
{
    auto const work = scratch / "work";
    // What the kernel makes there has no mode that would let its owner look inside.
    for (auto const* name : {"work", "work/incompat", "work/incompat/volatile"}) {
        ::chmod((work / name).c_str(), 0700);
    }
    boost::system::error_code ignored;
    boost::filesystem::remove_all(work, ignored);
}

} // namespace testmon::runner
