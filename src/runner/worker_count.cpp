// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "worker_count.hpp"

#include "../xdist_coordination/run_errors.hpp"
#include "whole_number.hpp"

#include <boost/filesystem/fstream.hpp>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include <sched.h>

namespace testmon::runner
{

namespace
{

namespace fs = boost::filesystem;

// The content of a file of the kernel, without the blanks at its end; empty: it cannot be read.
std::string text_in(fs::path const& file)
{
    fs::ifstream stream(file);
    std::ostringstream content;
    content << stream.rdbuf();
    auto text = content.str();
    text.erase(text.find_last_not_of(" \n") + 1);
    return text;
}

// A machine may say -1: it does not know.
std::optional<std::int64_t> id_in(fs::path const& file)
{
    return whole_number<std::int64_t>(text_in(file));
}

std::optional<core_place> place_of(unsigned cpu, fs::path const& root)
{
    auto const topology = root / "sys/devices/system/cpu" / ("cpu" + std::to_string(cpu)) / "topology";
    auto const core = id_in(topology / "core_id");
    if (!core) {
        return std::nullopt;
    }
    return core_place{id_in(topology / "physical_package_id").value_or(0), *core};
}

// ---- Quotas ----

// One line of /proc/self/cgroup: "0::/user.slice" or "4:cpu,cpuacct:/docker/1234".
struct group {
    bool is_unified;
    std::string path;
};

std::vector<group> groups_of_process(fs::path const& root)
{
    std::vector<group> result;
    fs::ifstream stream(root / "proc/self/cgroup");
    std::string line;
    while (std::getline(stream, line)) {
        auto const first = line.find(':');
        auto const second = line.find(':', first + 1);
        if (second == std::string::npos) {
            continue;
        }
        auto const controllers = "," + line.substr(first + 1, second - first - 1) + ",";
        if (controllers == ",,") {
            result.push_back({true, line.substr(second + 1)});
        } else if (controllers.find(",cpu,") != std::string::npos) {
            result.push_back({false, line.substr(second + 1)});
        }
    }
    return result;
}

std::optional<double> quota_in(fs::path const& directory, bool is_unified)
{
    if (is_unified) {
        return parse_cpu_max(text_in(directory / "cpu.max"));
    }
    return parse_cfs_quota(text_in(directory / "cpu.cfs_quota_us"), text_in(directory / "cpu.cfs_period_us"));
}

// The smallest of the group's and those of the groups around it. In a container the path may be the host's,
// and only the last of these directories exist: it is the container's.
std::optional<double> quota_of(fs::path const& root)
{
    std::optional<double> result;
    for (auto const& [is_unified, path] : groups_of_process(root)) {
        for (auto const* hierarchy :
             {"sys/fs/cgroup", "sys/fs/cgroup/unified", "sys/fs/cgroup/cpu", "sys/fs/cgroup/cpu,cpuacct"}) {
            auto const top = root / hierarchy;
            for (auto below = fs::path(path).relative_path();; below = below.parent_path()) {
                auto const quota = quota_in(top / below, is_unified);
                if (quota && (!result || *quota < *result)) {
                    result = quota;
                }
                if (below.empty()) {
                    break;
                }
            }
        }
    }
    return result;
}

std::vector<unsigned> allowed_cpus()
{
    // The kernel refuses a mask that is shorter than its own, whose length it does not tell.
    constexpr std::size_t most_cpus = std::size_t{1} << 20U;
    for (std::size_t count = CPU_SETSIZE; count <= most_cpus; count *= 2) {
        std::vector<::cpu_set_t> mask(count / CPU_SETSIZE);
        auto const size = mask.size() * sizeof(::cpu_set_t);
        if (::sched_getaffinity(0, size, mask.data()) == 0) {
            std::vector<unsigned> result;
            for (std::size_t cpu = 0; cpu < count; ++cpu) {
                if (CPU_ISSET_S(cpu, size, mask.data())) {
                    result.push_back(static_cast<unsigned>(cpu));
                }
            }
            return result;
        }
        if (errno != EINVAL) {
            break;
        }
    }
    return {};
}

std::size_t count_cores(cpu_observations const& seen)
{
    std::set<std::pair<std::int64_t, std::int64_t>> cores;
    std::size_t unknown = 0;
    for (auto const& cpu : seen.cpus) {
        if (cpu) {
            cores.emplace(cpu->package, cpu->core);
        } else {
            ++unknown;
        }
    }
    return cores.size() + unknown;
}

} // namespace

std::uint32_t worker_count(std::string_view wanted, cpu_observations const& seen)
{
    if (wanted == "auto" || wanted == "logical") {
        auto most = static_cast<double>(most_workers);
        if (seen.quota) {
            most = std::min(most, std::ceil(*seen.quota));
        }
        auto const count = wanted == "auto" ? count_cores(seen) : seen.cpus.size();
        return static_cast<std::uint32_t>(std::max(1.0, std::min(most, static_cast<double>(count))));
    }
    auto const number = whole_number<std::uint32_t>(wanted);
    if (!number || *number < 1 || *number > most_workers) {
        throw std::invalid_argument("the number of workers is \"" + xdist_coordination::printable(wanted) +
                                    "\"; allowed is auto, logical, or a number from 1 to " +
                                    std::to_string(most_workers));
    }
    return *number;
}

cpu_observations observe_cpus()
{
    return observe_cpus(allowed_cpus(), "/");
}

cpu_observations observe_cpus(std::vector<unsigned> const& cpus, fs::path const& root)
{
    cpu_observations result;
    for (auto const cpu : cpus) {
        result.cpus.push_back(place_of(cpu, root));
    }
    result.quota = quota_of(root);
    return result;
}

std::optional<double> parse_cpu_max(std::string_view text)
{
    auto const blank = std::min(text.find(' '), text.size());
    return parse_cfs_quota(text.substr(0, blank), text.substr(std::min(blank + 1, text.size())));
}

std::optional<double> parse_cfs_quota(std::string_view quota, std::string_view period)
{
    // "max" in version 2, -1 in version 1: no limit.
    auto const time = whole_number<std::uint64_t>(quota);
    auto const each = whole_number<std::uint64_t>(period);
    if (!time || !each || *time == 0 || *each == 0) {
        return std::nullopt;
    }
    return static_cast<double>(*time) / static_cast<double>(*each);
}

} // namespace testmon::runner
