// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G3: the count is exact under any number of processes and threads, and a worker counts once.
#include "support/child_process.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;

namespace
{
wait_for_workers_options patient()
{
    wait_for_workers_options options;
    options.timeout = 200s;
    return options;
}
} // namespace

BOOST_AUTO_TEST_SUITE(acknowledgment)

BOOST_AUTO_TEST_CASE(again_counts_once)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    for (int i = 0; i < 10; ++i) {
        manager.acknowledge_worker_ready("gw0");
        BOOST_TEST(manager.wait_for_controller("gw0").generation() == 1U);
    }
    BOOST_TEST(manager.ready_workers().size() == 1U);
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
    wait_for_workers_options once;
    once.timeout = 0s;
    BOOST_CHECK_THROW(manager.wait_for_workers(2, once), coordination_timeout);
}

BOOST_AUTO_TEST_CASE(a_worker_that_was_started_again_counts_once)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    std::vector<std::string> const words{
        root.path().native(), "wait-for-controller", "gw0", ",", "leave", "gw0"};
    for (int i = 0; i < 5; ++i) {
        BOOST_TEST(run_process(TESTMON_PARTICIPANT_PROGRAM, words).status.code == 0);
    }
    child_process last(TESTMON_PARTICIPANT_PROGRAM,
                       {root.path().native(), "wait-for-controller", "gw0", ",", "pause"});
    last.wait_for_line("pausing");
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
    auto const status = manager.status();
    BOOST_REQUIRE(status.workers.size() == 1U);
    BOOST_TEST(status.workers.front().pid == last.pid());
}

BOOST_AUTO_TEST_CASE(a_thousand_processes_acknowledge_exactly_once_each)
{
    constexpr int count = 1000;
    xdist_config for_a_loaded_machine;
    for_a_loaded_machine.worker_timeout = 200s; // for the lock
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.begin_run();
    std::vector<::pid_t> workers;
    for (int i = 0; i < count; ++i) {
        auto const child = ::fork();
        if (child == 0) {
            // No return into the test framework, whatever happens.
            int result = EXIT_FAILURE;
            try {
                wait_for_controller_options options;
                options.timeout = 200s;
                coordination_manager worker(root.path(), for_a_loaded_machine);
                auto const id = "gw" + std::to_string(i);
                worker.wait_for_controller(id, options);
                worker.leave(id);
                result = EXIT_SUCCESS;
            } catch (std::exception const& e) {
                std::cerr << "gw" + std::to_string(i) + ": " + e.what() + "\n";
            }
            ::_exit(result);
        }
        workers.push_back(child);
    }
    manager.write_controller_state({});
    BOOST_TEST(manager.wait_for_workers(count, patient()) == static_cast<std::size_t>(count));
    auto const ready = manager.ready_workers();
    BOOST_TEST(std::set<std::string>(ready.begin(), ready.end()).size() == static_cast<std::size_t>(count));
    int failed = 0;
    for (auto const worker : workers) {
        int status = 0;
        ::waitpid(worker, &status, 0);
        failed += status == 0 ? 0 : 1;
    }
    BOOST_TEST(failed == 0);
}

BOOST_AUTO_TEST_CASE(eight_processes_of_eight_threads_leave_an_exact_count)
{
    constexpr int processes = 8;
    constexpr int threads = 8;
    constexpr int times = 500;
    constexpr std::size_t all = std::size_t{processes} * threads * times;
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    child_options how;
    how.environment["TESTMON_XDIST_WORKER_TIMEOUT"] = "200"; // for the lock, on a loaded machine
    std::vector<child_process> children;
    for (int i = 0; i < processes; ++i) {
        children.emplace_back(TESTMON_PARTICIPANT_PROGRAM,
                              std::vector<std::string>{root.path().native(), "acknowledge-many",
                                                       "p" + std::to_string(i) + "-", std::to_string(threads),
                                                       std::to_string(times), ",", "pause"},
                              how);
    }
    BOOST_TEST(manager.wait_for_workers(all, patient()) == all);
    for (auto& child : children) {
        child.wait_for_line("pausing");
    }
    wait_for_workers_options once;
    once.timeout = 0s;
    auto const e = thrown_by<coordination_timeout>([&] { manager.wait_for_workers(all + 1, once); });
    BOOST_TEST(e.acknowledged().size() == all); // no more than that, either
    auto const ready = manager.ready_workers();
    BOOST_TEST(std::set<std::string>(ready.begin(), ready.end()).size() == all);
}

BOOST_AUTO_TEST_CASE(a_reset_forgets_all_and_they_may_acknowledge_again)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    auto const state = manager.write_controller_state({});
    manager.acknowledge_worker_ready("gw0", state);
    manager.acknowledge_worker_ready("gw1", state);
    manager.reset_worker_acknowledgments();
    BOOST_TEST(manager.ready_workers().empty());
    manager.acknowledge_worker_ready("gw1", state);
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
    BOOST_TEST(manager.ready_workers().front() == "gw1");
}

BOOST_AUTO_TEST_SUITE_END()
