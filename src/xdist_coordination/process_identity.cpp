// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "process_identity.hpp"

#include "per_process.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <ctime>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace testmon::xdist_coordination
{

namespace
{

constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;

// Reads a small file of /proc in one go, which is how the kernel makes it consistent.
template <std::size_t Size>
std::string_view read_proc_file(char const* path, std::array<char, Size>& buffer)
{
    int const descriptor = ::open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return {};
    }
    ssize_t got = 0;
    do {
        got = ::read(descriptor, buffer.data(), buffer.size());
    } while (got < 0 && errno == EINTR);
    ::close(descriptor);
    return got <= 0 ? std::string_view() : std::string_view(buffer.data(), static_cast<std::size_t>(got));
}

struct stat_entry {
    char state = 0;
    std::uint64_t threads = 0;
    std::uint64_t start_time = 0;

    // A process whose first thread has ended while others go on shows as a zombie, too.
    bool has_ended() const noexcept { return state == 'X' || state == 'x' || (state == 'Z' && threads <= 1); }
};

std::optional<stat_entry> read_stat(std::int64_t pid)
{
    std::array<char, 1024> buffer{};
    auto text = read_proc_file(("/proc/" + std::to_string(pid) + "/stat").c_str(), buffer);
    // The name in field 2 may hold blanks and parentheses: count from its last parenthesis.
    auto const end_of_name = text.rfind(')');
    if (end_of_name == std::string_view::npos || end_of_name + 2 >= text.size()) {
        return std::nullopt;
    }
    text.remove_prefix(end_of_name + 2);
    stat_entry entry;
    entry.state = text.front();
    constexpr int state_field = 3;
    constexpr int threads_field = 20;
    constexpr int start_time_field = 22;
    for (int field = state_field; field < start_time_field;) {
        auto const blank = text.find(' ');
        if (blank == std::string_view::npos) {
            return std::nullopt;
        }
        text.remove_prefix(blank + 1);
        ++field;
        auto& number = field == threads_field ? entry.threads : entry.start_time;
        bool const is_wanted = field == threads_field || field == start_time_field;
        if (is_wanted && std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) {
            return std::nullopt;
        }
    }
    return entry;
}

// What can be said of a process whose entry in /proc cannot be read: that may be for want of descriptors.
process_liveness liveness_without_entry(std::int64_t pid) noexcept
{
    bool const is_gone = ::kill(static_cast<::pid_t>(pid), 0) != 0 && errno == ESRCH;
    return is_gone ? process_liveness::dead : process_liveness::alive;
}

std::uint64_t own_pid_namespace() noexcept
{
    struct ::stat status {
    };
    return ::stat("/proc/self/ns/pid", &status) == 0 ? static_cast<std::uint64_t>(status.st_ino) : 0;
}

std::int64_t nanoseconds_of(clockid_t clock) noexcept
{
    std::timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<std::int64_t>(time.tv_sec) * nanoseconds_per_second + time.tv_nsec;
}

} // namespace

std::optional<process_identity> identify_process(std::int64_t pid)
{
    if (pid <= 0) {
        return std::nullopt;
    }
    auto const entry = read_stat(pid);
    if (!entry || entry->has_ended()) {
        return std::nullopt;
    }
    return process_identity{pid, entry->start_time, own_pid_namespace()};
}

process_identity own_identity()
{
    struct cached {
        process_identity identity = identify_process(::getpid()).value_or(process_identity{::getpid(), 0, 0});
    };
    static per_process<cached> cache;
    return cache.get().identity;
}

process_liveness probe(process_identity const& process)
{
    if (process.pid <= 0) {
        return process_liveness::unknown;
    }
    if (process.pid_namespace != 0 && process.pid_namespace != own_identity().pid_namespace) {
        return process_liveness::unknown;
    }
    auto const entry = read_stat(process.pid);
    if (!entry) {
        return liveness_without_entry(process.pid);
    }
    if (entry->has_ended()) {
        return process_liveness::dead;
    }
    bool const reused = process.start_time != 0 && entry->start_time != process.start_time;
    return reused ? process_liveness::dead : process_liveness::alive;
}

std::string const& boot_id()
{
    static std::string const id = [] {
        std::array<char, 64> buffer{};
        auto text = read_proc_file("/proc/sys/kernel/random/boot_id", buffer);
        while (!text.empty() && text.back() == '\n') {
            text.remove_suffix(1);
        }
        return std::string(text);
    }();
    return id;
}

std::int64_t nanoseconds_since_boot() noexcept
{
    return nanoseconds_of(CLOCK_BOOTTIME);
}

std::int64_t wall_clock_nanoseconds() noexcept
{
    return nanoseconds_of(CLOCK_REALTIME);
}

std::int64_t ticks_to_nanoseconds(std::uint64_t ticks) noexcept
{
    static auto const ticks_per_second = static_cast<std::int64_t>(::sysconf(_SC_CLK_TCK));
    return static_cast<std::int64_t>(ticks) * (nanoseconds_per_second / ticks_per_second);
}

} // namespace testmon::xdist_coordination
