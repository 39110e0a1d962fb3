// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/worker_count.hpp"

#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <boost/filesystem/fstream.hpp>
#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <sched.h>

using namespace testmon::runner;
using namespace testmon::test;

namespace
{

namespace fs = boost::filesystem;

// Cores of two logical CPUs each, in packages of four cores.
cpu_observations machine(std::int64_t cores, std::optional<double> quota = {})
{
    cpu_observations result;
    for (std::int64_t thread = 0; thread < 2; ++thread) {
        for (std::int64_t core = 0; core < cores; ++core) {
            result.cpus.emplace_back(core_place{core / 4, core % 4});
        }
    }
    result.quota = quota;
    return result;
}

void write(fs::path const& file, std::string const& text)
{
    fs::create_directories(file.parent_path());
    fs::ofstream(file) << text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(worker_count)

BOOST_AUTO_TEST_CASE(numbers)
{
    struct row {
        std::string wanted;
        cpu_observations seen;
        std::uint32_t expected;
    };
    cpu_observations const unknown{{std::nullopt, std::nullopt, std::nullopt}, std::nullopt};
    cpu_observations const mixed{{core_place{0, 0}, std::nullopt, core_place{0, 0}}, std::nullopt};
    row const rows[] = {
        {"auto", machine(4), 4},
        {"logical", machine(4), 8},
        {"auto", machine(8), 8},
        {"logical", machine(8), 16},
        {"auto", machine(8, 3.0), 3},
        {"logical", machine(8, 3.0), 3},
        {"auto", machine(8, 2.1), 3},
        {"auto", machine(2, 100.0), 2},
        {"logical", machine(2, 3.5), 4},
        {"auto", machine(8, 0.01), 1},
        {"auto", unknown, 3},
        {"logical", unknown, 3},
        {"auto", mixed, 2},
        {"logical", mixed, 3},
        {"auto", {}, 1},
        {"logical", {}, 1},
        {"auto", machine(2000), 1024},
        {"logical", machine(600), 1024},
        {"auto", machine(8, 1e300), 8},
        {"1", machine(8), 1},
        {"1024", machine(1, 1.0), 1024},
        {"007", {}, 7},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.wanted << " of " << r.seen.cpus.size() << ", quota "
                                    << r.seen.quota.value_or(-1))
        {
            BOOST_TEST(testmon::runner::worker_count(r.wanted, r.seen) == r.expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(numbers_that_are_refused)
{
    for (std::string const bad : {"", "0", "-1", "+1", "1025", "4294967297", "1.5", "1 ", " 1", "Auto",
                                  "auto ", "physical", "0x10", "1e2"}) {
        BOOST_TEST_CONTEXT("number " << bad)
        {
            auto const error =
                thrown_by<std::invalid_argument>([&] { testmon::runner::worker_count(bad, machine(4)); });
            BOOST_TEST(holds(error.what(), "\"" + bad + "\"",
                             "allowed is auto, logical, or a number from 1 to 1024"),
                       error.what());
        }
    }
}

BOOST_AUTO_TEST_CASE(quotas)
{
    struct row {
        std::string text;
        double expected; // 0: none
    };
    row const rows[] = {
        {"max 100000", 0}, {"200000 100000", 2}, {"50000 100000", 0.5}, {"150000 100000", 1.5},
        {"", 0},           {"200000", 0},        {"0 100000", 0},       {"1 0", 0},
        {"-1 100000", 0},  {"x y", 0},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT("cpu.max " << r.text)
        {
            BOOST_TEST(parse_cpu_max(r.text).has_value() == (r.expected != 0));
            BOOST_TEST(parse_cpu_max(r.text).value_or(0) == r.expected);
        }
    }
    BOOST_TEST(parse_cfs_quota("300000", "100000").value_or(0) == 3);
    BOOST_TEST(!parse_cfs_quota("-1", "100000"));
}

BOOST_AUTO_TEST_CASE(quotas_of_control_groups)
{
    struct row {
        char const* what;
        std::map<std::string, std::string> files;
        double expected; // 0: none
    };
    row const rows[] = {
        {"nothing", {}, 0},
        {"no limit", {{"proc/self/cgroup", "0::/\n"}, {"sys/fs/cgroup/cpu.max", "max 100000\n"}}, 0},
        {"its own",
         {{"proc/self/cgroup", "0::/user/job\n"}, {"sys/fs/cgroup/user/job/cpu.max", "200000 100000\n"}},
         2},
        {"one around it",
         {{"proc/self/cgroup", "0::/user/job\n"},
          {"sys/fs/cgroup/user/job/cpu.max", "400000 100000\n"},
          {"sys/fs/cgroup/user/cpu.max", "300000 100000\n"}},
         3},
        {"its own, within a larger one",
         {{"proc/self/cgroup", "0::/user/job\n"},
          {"sys/fs/cgroup/user/job/cpu.max", "100000 100000\n"},
          {"sys/fs/cgroup/user/cpu.max", "300000 100000\n"}},
         1},
        {"a container that sees the host's path",
         {{"proc/self/cgroup", "0::/docker/1234\n"}, {"sys/fs/cgroup/cpu.max", "250000 100000\n"}},
         2.5},
        {"version 1",
         {{"proc/self/cgroup", "5:memory:/m\n4:cpu,cpuacct:/job\n1:name=systemd:/x\n"},
          {"sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "150000\n"},
          {"sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n"}},
         1.5},
        {"version 1 in a container",
         {{"proc/self/cgroup", "4:cpuacct,cpu:/docker/1234\n"},
          {"sys/fs/cgroup/cpu/cpu.cfs_quota_us", "200000\n"},
          {"sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
         2},
        {"version 1 without a limit",
         {{"proc/self/cgroup", "4:cpu:/\n"},
          {"sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"},
          {"sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
         0},
        {"both versions",
         {{"proc/self/cgroup", "4:cpu:/\n0::/job\n"},
          {"sys/fs/cgroup/unified/job/cpu.max", "500000 100000\n"},
          {"sys/fs/cgroup/cpu/cpu.cfs_quota_us", "700000\n"},
          {"sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
         5},
        {"another controller that is called alike",
         {{"proc/self/cgroup", "4:cpuset:/job\n"},
          {"sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "700000\n"},
          {"sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n"}},
         0},
        {"lines that are none", {{"proc/self/cgroup", "\n:\nx\n"}, {"sys/fs/cgroup/cpu.max", "1 1\n"}}, 0},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.what)
        {
            scratch_directory const root;
            for (auto const& [file, text] : r.files) {
                write(root.path() / file, text);
            }
            BOOST_TEST(observe_cpus({}, root.path()).quota.value_or(0) == r.expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(cores)
{
    scratch_directory const root;
    auto const cpu = [&](int number, std::string const& package, std::string const& core) {
        auto const topology =
            root.path() / "sys/devices/system/cpu" / ("cpu" + std::to_string(number)) / "topology";
        write(topology / "physical_package_id", package + "\n");
        write(topology / "core_id", core + "\n");
    };
    cpu(0, "0", "0");
    cpu(1, "0", "1");
    cpu(2, "1", "0");
    cpu(3, "0", "0"); // the other half of cpu0
    cpu(4, "-1", "4");
    cpu(5, "0", "-1");
    cpu(6, "-1", "4");
    struct row {
        std::vector<unsigned> cpus;
        std::uint32_t cores;
    };
    row const rows[] = {
        {{0, 1, 2, 3}, 3}, {{0, 3}, 1}, {{3}, 1},    {{0, 2}, 2},
        {{0, 4}, 2},       {{4, 6}, 1}, {{0, 5}, 2}, {{0, 17, 18}, 3},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT("first CPU " << r.cpus.front() << " of " << r.cpus.size())
        {
            auto const seen = observe_cpus(r.cpus, root.path());
            BOOST_TEST(testmon::runner::worker_count("auto", seen) == r.cores);
            BOOST_TEST(testmon::runner::worker_count("logical", seen) == r.cpus.size());
        }
    }
}

BOOST_AUTO_TEST_CASE(of_this_process)
{
    ::cpu_set_t before;
    BOOST_REQUIRE(::sched_getaffinity(0, sizeof before, &before) == 0);
    auto const all = observe_cpus();
    BOOST_TEST(all.cpus.size() == static_cast<std::size_t>(CPU_COUNT(&before)));
    BOOST_TEST(testmon::runner::worker_count("auto", all) <= testmon::runner::worker_count("logical", all));

    // Only the last of them.
    ::cpu_set_t one;
    CPU_ZERO(&one);
    for (int cpu = CPU_SETSIZE - 1; CPU_COUNT(&one) == 0; --cpu) {
        if (CPU_ISSET(cpu, &before)) {
            CPU_SET(cpu, &one);
        }
    }
    BOOST_REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
    auto const few = observe_cpus();
    ::sched_setaffinity(0, sizeof before, &before);
    BOOST_TEST(few.cpus.size() == 1U);
    BOOST_TEST(testmon::runner::worker_count("auto", few) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
