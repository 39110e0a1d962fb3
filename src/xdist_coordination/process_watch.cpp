// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "process_watch.hpp"

#include "failpoint.hpp"

#include <array>
#include <cerrno>
#include <iterator>

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace testmon::xdist_coordination
{

namespace
{

// The wrapper of glibc is younger than the call.
int open_pidfd(std::int64_t pid) noexcept
{
    if (int const injected = failpoint("pidfd"); injected != 0) {
        errno = injected;
        return -1;
    }
    auto const descriptor = static_cast<int>(::syscall(SYS_pidfd_open, static_cast<::pid_t>(pid), 0));
    // The program that waits, and the wait itself, need descriptors too.
    constexpr ::rlim_t reserve = 64;
    ::rlimit limit{};
    if (descriptor >= 0 && ::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        static_cast<::rlim_t>(descriptor) + reserve >= limit.rlim_cur) {
        ::close(descriptor);
        errno = EMFILE;
        return -1;
    }
    return descriptor;
}

} // namespace

void process_watch::begin_pass()
{
    ++pass_;
    if (!epoll_) {
        return;
    }
    std::array<::epoll_event, 64> events{};
    for (;;) {
        int const count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
        for (int i = 0; i < count; ++i) {
            auto* const entry = static_cast<watched*>(events[static_cast<std::size_t>(i)].data.ptr);
            entry->dead = true;
            unwatch(*entry);
        }
        if (count < static_cast<int>(events.size())) {
            return;
        }
    }
}

void process_watch::watch(process_identity const& process, watched& entry)
{
    if (!epoll_) {
        epoll_ = file_descriptor(::epoll_create1(EPOLL_CLOEXEC));
    }
    entry.pidfd = file_descriptor(epoll_ ? open_pidfd(process.pid) : -1);
    // Only now that the descriptor holds on to whatever has the pid is it worth asking who that is.
    entry.dead = probe(process) == process_liveness::dead;
    if (entry.dead) {
        entry.pidfd.reset();
        return;
    }
    ::epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &entry;
    if (!entry.pidfd || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, entry.pidfd.get(), &event) != 0) {
        entry.pidfd.reset();
        ++without_descriptor_;
    }
}

// Closing the descriptor would do, unless a forked child has it too: then its events would still come, for an
// entry that is no more.
void process_watch::unwatch(watched& entry) noexcept
{
    if (entry.pidfd) {
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, entry.pidfd.get(), nullptr);
        entry.pidfd.reset();
    }
}

process_liveness process_watch::look_at(process_identity const& process)
{
    if (process.pid <= 0 ||
        (process.pid_namespace != 0 && process.pid_namespace != own_identity().pid_namespace)) {
        return process_liveness::unknown;
    }
    auto const [found, is_new] = processes_.try_emplace(process);
    auto& entry = found->second;
    entry.pass = pass_;
    if (is_new) {
        watch(process, entry);
    } else if (!entry.dead && !entry.pidfd) {
        entry.dead = probe(process) == process_liveness::dead;
        without_descriptor_ -= entry.dead ? 1U : 0U;
    }
    return entry.dead ? process_liveness::dead : process_liveness::alive;
}

void process_watch::end_pass()
{
    for (auto entry = processes_.begin(); entry != processes_.end();) {
        if (entry->second.pass == pass_) {
            ++entry;
            continue;
        }
        without_descriptor_ -= !entry->second.dead && !entry->second.pidfd ? 1U : 0U;
        unwatch(entry->second);
        entry = processes_.erase(entry);
    }
}

} // namespace testmon::xdist_coordination
