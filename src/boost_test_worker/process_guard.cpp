// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "process_guard.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace testmon::boost_test
{

namespace
{

constexpr char const* stream_names[] = {"standard input", "standard output", "standard error"};

std::string working_directory()
{
    std::array<char, PATH_MAX> buffer{};
    return ::getcwd(buffer.data(), buffer.size()) != nullptr ? buffer.data() : "";
}

void flush_streams()
{
    std::cout.flush();
    std::clog.flush();
    std::fflush(stdout);
}

// Cheap, and the answer nearly always: it asks without reaping anything.
bool has_children()
{
    ::siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

struct child_process {
    ::pid_t pid;
    std::string name;
};

// Those that live. One that has ended and was not waited for does no harm.
std::vector<child_process> living_children()
{
    std::vector<child_process> result;
    ::DIR* const tasks = ::opendir("/proc/self/task");
    if (tasks == nullptr) {
        return result;
    }
    while (auto const* const task = ::readdir(tasks)) {
        std::ifstream list(std::string("/proc/self/task/") + task->d_name + "/children");
        for (::pid_t pid = 0; list >> pid;) {
            std::string line;
            std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/stat"), line);
            auto const begin = line.find('(');
            auto const end = line.rfind(')');
            if (begin != std::string::npos && end != std::string::npos && line.compare(end, 3, ") Z") != 0) {
                result.push_back({pid, line.substr(begin + 1, end - begin - 1)});
            }
        }
    }
    ::closedir(tasks);
    return result;
}

} // namespace

process_guard::process_guard(std::string output) : output_(std::move(output)) {}

process_guard::stream_state process_guard::look_at(int descriptor)
{
    struct ::stat status {
    };
    if (::fstat(descriptor, &status) != 0) {
        return {};
    }
    return {true, status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size)};
}

void process_guard::test_begins(bool others_acted)
{
    if (!others_acted) {
        return; // it finds what the last one left, and that has been looked at
    }
    directory_ = working_directory();
    ::pthread_sigmask(SIG_SETMASK, nullptr, &signals_);
    look_at_all();
    children_.clear();
    if (has_children()) {
        for (auto const& child : living_children()) {
            children_.insert(child.pid);
        }
    }
}

process_guard::findings process_guard::test_ends()
{
    findings result;
    auto& remarks = result.remarks;
    flush_streams();
    auto const directory = working_directory();
    if (directory != directory_) {
        bool const back = ::chdir(directory_.c_str()) == 0;
        remarks.push_back("changed the working directory to " +
                          (directory.empty() ? "one that is gone" : directory) +
                          (back ? "" : ", and there is no way back to " + directory_));
    }
    ::sigset_t signals;
    ::pthread_sigmask(SIG_SETMASK, &signals_, &signals);
    std::string changed;
    for (int number = 1; number < NSIG; ++number) {
        if (::sigismember(&signals, number) == 1 && ::sigismember(&signals_, number) == 0) {
            changed += (changed.empty() ? "" : ", ") + std::to_string(number);
        }
    }
    if (!changed.empty()) {
        remarks.push_back("left signals blocked: " + changed);
    }
    check_streams(remarks);
    check_children(remarks);
    // Nearly always standard output is the file itself, and has just been looked at.
    result.output_end = streams_[1] == output_state_ ? streams_[1].size : output_end();
    return result;
}

void process_guard::look_at_all()
{
    for (int i = 0; i < 3; ++i) {
        streams_[i] = look_at(i);
    }
    struct ::stat status {
    };
    if (::stat(output_.c_str(), &status) == 0) {
        output_state_ = {true, status.st_dev, status.st_ino, 0};
    }
}

void process_guard::check_streams(std::vector<std::string>& remarks)
{
    for (int i = 0; i < 3; ++i) {
        auto const now = look_at(i);
        if (now == streams_[i] || !streams_[i].is_open) {
            streams_[i].size = now.size;
            continue;
        }
        remarks.push_back(std::string(now.is_open ? "redirected " : "closed ") + stream_names[i]);
        int const file = i == 0 ? ::open("/dev/null", O_RDONLY | O_CLOEXEC)
                                : ::open(output_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
        std::cout.clear();
        std::cerr.clear();
        if (file >= 0 && file != i) {
            ::dup2(file, i);
            ::close(file);
        } else if (file == i) {
            ::fcntl(i, F_SETFD, 0); // it is the one that was missing; programs that are started need it
        }
        streams_[i] = look_at(i);
    }
}

void process_guard::check_children(std::vector<std::string>& remarks)
{
    if (!has_children()) {
        return;
    }
    std::string left;
    std::size_t count = 0;
    for (auto const& child : living_children()) {
        if (children_.insert(child.pid).second) {
            left += (count++ == 0 ? "" : ", ") + std::to_string(child.pid) + " (" + child.name + ")";
        }
    }
    if (count != 0) {
        remarks.push_back("left " + std::to_string(count) + (count == 1 ? " process" : " processes") +
                          " behind: " + left);
    }
}

std::uint64_t process_guard::output_end()
{
    flush_streams();
    struct ::stat status {
    };
    return ::stat(output_.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

} // namespace testmon::boost_test
