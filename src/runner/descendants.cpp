// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "descendants.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>
#include <string>

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

namespace testmon::runner
{

namespace
{

using steady_clock = std::chrono::steady_clock;

// A child belongs to the thread that forked it, so each thread has its list.
void add_children_of(::pid_t pid, std::vector<::pid_t>& result)
{
    auto const threads = "/proc/" + std::to_string(pid) + "/task";
    ::DIR* const directory = ::opendir(threads.c_str());
    if (directory == nullptr) {
        return; // it has ended
    }
    while (auto const* const entry = ::readdir(directory)) {
        std::ifstream list(threads + "/" + entry->d_name + "/children");
        std::copy(std::istream_iterator<::pid_t>(list), {}, std::back_inserter(result));
    }
    ::closedir(directory);
}

struct process_facts {
    std::string name{};
    char state = 'X';
    ::pid_t parent = 0;
};

// None if it has ended and was reaped.
std::optional<process_facts> facts_of(::pid_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    // "4711 (name) S 4710 ...": the name may hold blanks and parentheses.
    auto const begin = text.find('(');
    auto const end = text.rfind(')');
    if (begin == std::string::npos || end == std::string::npos) {
        return std::nullopt;
    }
    process_facts result;
    result.name = text.substr(begin + 1, end - begin - 1);
    std::istringstream(text.substr(end + 1)) >> result.state >> result.parent;
    return result;
}

// None if it has ended, reaped or not.
std::optional<left_process> running(::pid_t pid)
{
    auto const facts = facts_of(pid);
    if (!facts || facts->state == 'Z' || facts->state == 'X') {
        return std::nullopt;
    }
    return left_process{pid, facts->name, false};
}

// With its process group, which a fork bomb cannot outrun: the kernel signals a group as a whole, and a fork
// of a process with a signal pending starts over.
void kill_child(::pid_t child)
{
    auto const group = ::getpgid(child);
    ::kill(child, SIGKILL);
    if (group > 0 && group != ::getpgrp()) {
        ::kill(-group, SIGKILL);
    }
}

// Out of all processes: the kernel's list of children may lack one while another ends. That is made up for by
// has_children, which knows of no filter.
std::vector<::pid_t> all_children_that(child_filter const& are_ours)
{
    std::vector<::pid_t> result;
    ::DIR* const directory = ::opendir("/proc");
    if (directory == nullptr) {
        return result;
    }
    while (auto const* const entry = ::readdir(directory)) {
        auto const pid = static_cast<::pid_t>(std::atol(entry->d_name)); // 0: it is no process
        auto const facts = pid > 0 ? facts_of(pid) : std::nullopt;
        if (facts && facts->parent == ::getpid() && are_ours(pid)) {
            result.push_back(pid);
        }
    }
    ::closedir(directory);
    return result;
}

std::vector<::pid_t> children_that(child_filter const& are_ours)
{
    if (are_ours) {
        return all_children_that(are_ours);
    }
    std::vector<::pid_t> result;
    add_children_of(::getpid(), result);
    return result;
}

bool has_children()
{
    ::siginfo_t ignored{};
    return ::waitid(P_ALL, 0, &ignored, WEXITED | WNOHANG | WNOWAIT) == 0;
}

// Those that run now, parents before their children.
std::vector<left_process> running_descendants(child_filter const& are_ours)
{
    constexpr std::size_t enough = 100; // a fork bomb makes more than can be listed
    auto pids = children_that(are_ours);
    std::vector<left_process> result;
    for (std::size_t i = 0; i < pids.size() && result.size() < enough; ++i) {
        auto const pid = pids[i];
        if (auto found = running(pid)) {
            result.push_back(std::move(*found));
        }
        add_children_of(pid, pids);
    }
    return result;
}

// Kills and reaps all, also those that are started meanwhile. Returns: those that are still there.
std::vector<left_process> kill_descendants(std::chrono::milliseconds patience, child_filter const& are_ours)
{
    auto last_success = steady_clock::now();
    ::sigset_t child_ended;
    ::sigemptyset(&child_ended);
    ::sigaddset(&child_ended, SIGCHLD);
    std::set<::pid_t> killed; // and not reaped: until then their children are not ours
    for (;;) {
        // Children only, generation by generation: those of a dead child become ours. A child keeps its pid
        // until we reap it, whereas that of a grandchild may be another process' by now.
        auto const children = children_that(are_ours);
        if (children.empty() && killed.empty() && (are_ours || !has_children())) {
            return {};
        }
        for (auto const child : children) {
            kill_child(child);
            killed.insert(child);
        }
        for (auto child = killed.begin(); child != killed.end();) {
            if (::waitpid(*child, nullptr, WNOHANG) != 0) {
                last_success = are_ours ? last_success : steady_clock::now();
                child = killed.erase(child);
            } else {
                ++child;
            }
        }
        if (steady_clock::now() >= last_success + patience) {
            return running_descendants(are_ours);
        }
        ::timespec const pause{0, 5'000'000};
        ::sigtimedwait(&child_ended, nullptr, &pause);
    }
}

} // namespace

std::vector<left_process> end_descendants(std::chrono::milliseconds patience, child_filter const& are_ours)
{
    auto left = running_descendants(are_ours);
    for (auto& survivor : kill_descendants(patience, are_ours)) {
        survivor.survives = true;
        auto const same = [&](left_process const& process) { return process.pid == survivor.pid; };
        auto const found = std::find_if(left.begin(), left.end(), same);
        if (found != left.end()) {
            found->survives = true;
        } else {
            left.push_back(survivor);
        }
    }
    return left;
}

} // namespace testmon::runner
