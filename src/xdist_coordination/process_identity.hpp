// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_PROCESS_IDENTITY_HPP
#define TESTMON_SRC_XDIST_COORDINATION_PROCESS_IDENTITY_HPP

#include <testmon/xdist_coordination/coordination_status.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace testmon::xdist_coordination
{

/// Names one process among all that ever ran on this machine since it booted. A pid alone does not: it is
/// used again.
struct process_identity {
    std::int64_t pid = 0;
    std::uint64_t start_time = 0;    ///< clock ticks after boot; 0: not known
    std::uint64_t pid_namespace = 0; ///< inode of the pid namespace that the pid counts in; 0: not known

    friend bool operator==(process_identity const& a, process_identity const& b) noexcept
    {
        return a.pid == b.pid && a.start_time == b.start_time && a.pid_namespace == b.pid_namespace;
    }
    friend bool operator!=(process_identity const& a, process_identity const& b) noexcept
    {
        return !(a == b);
    }
};

/// The identity of a living process that is seen under this pid from here; none if there is none.
std::optional<process_identity> identify_process(std::int64_t pid);

/// The identity of this process. It is found out once, and again after a fork.
process_identity own_identity();

/// Whether the process lives. A zombie is dead. Processes of another pid namespace are unknown.
process_liveness probe(process_identity const& process);

/// The kernel's id of this boot: 36 characters, and the same for all processes of the machine.
std::string const& boot_id();

/// Nanoseconds since boot, including suspension (CLOCK_BOOTTIME): a clock that nobody can set, and all
/// processes share.
std::int64_t nanoseconds_since_boot() noexcept;

/// Nanoseconds since 1970-01-01 UTC on the wall clock, which can be set.
std::int64_t wall_clock_nanoseconds() noexcept;

/// A time in clock ticks after boot, as `process_identity::start_time` is, in nanoseconds after boot.
std::int64_t ticks_to_nanoseconds(std::uint64_t ticks) noexcept;

} // namespace testmon::xdist_coordination

#endif
