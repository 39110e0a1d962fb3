// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_WORKER_COUNT_HPP
#define TESTMON_SRC_RUNNER_WORKER_COUNT_HPP

#include <boost/filesystem/path.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace testmon::runner
{

/// The core that a logical CPU is part of.
struct core_place {
    std::int64_t package = 0;
    std::int64_t core = 0; ///< in the package
};

/// What limits how many workers make sense.
struct cpu_observations {
    /// For each logical CPU that this process may run on, its core; none: the kernel does not say.
    std::vector<std::optional<core_place>> cpus{};
    std::optional<double> quota{}; ///< CPU time for each second of time, by the control group; none: no limit
};

constexpr std::uint32_t most_workers = 1024;

/// `wanted`: "auto", one for each core; "logical", one for each logical CPU; both at most as many as the
/// quota lets run, rounded up; or a number. Returns: 1 ... `most_workers`. Errors: `std::invalid_argument`
/// names the value and what is allowed.
std::uint32_t worker_count(std::string_view wanted, cpu_observations const& seen);

/// Of this process.
cpu_observations observe_cpus();
/// Of a process that may run on `cpus`, with /proc and /sys below `root`.
cpu_observations observe_cpus(std::vector<unsigned> const& cpus, boost::filesystem::path const& root);

/// The content of cpu.max of version 2 of control groups: "200000 100000". None: no limit, or not that.
std::optional<double> parse_cpu_max(std::string_view text);
/// The content of cpu.cfs_quota_us and cpu.cfs_period_us of version 1.
std::optional<double> parse_cfs_quota(std::string_view quota, std::string_view period);

} // namespace testmon::runner

#endif
