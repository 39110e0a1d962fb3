// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G7: every worker learns the reason at once.
#include "support/child_process.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

#include <unistd.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;

namespace
{

child_process start(boost::filesystem::path const& root, std::vector<std::string> words)
{
    words.insert(words.begin(), root.native());
    child_options how;
    how.environment["TESTMON_XDIST_WORKER_TIMEOUT"] = "3600";
    return child_process(TESTMON_PARTICIPANT_PROGRAM, words, how);
}

} // namespace

BOOST_AUTO_TEST_SUITE(abort_run)

BOOST_AUTO_TEST_CASE(reaches_workers_that_wait_and_those_that_come_later)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.begin_run();
    auto early = start(root.path(), {"wait-for-controller", "gw0"});
    while (manager.status().workers.empty()) {
        manager.wait_for_change(manager.status(), 1s);
    }
    manager.abort("the disk is full");
    for (auto* worker : {&early}) {
        auto const line = worker->wait_for_line("wait-for-controller error");
        BOOST_TEST(holds(line, "the disk is full"), line);
    }
    auto late = start(root.path(), {"wait-for-controller", "gw1"});
    auto const line = late.wait_for_line("wait-for-controller error");
    BOOST_TEST(holds(line, "the disk is full"), line);
    auto const e = thrown_by<controller_not_ready>([&] { manager.wait_for_controller("gw2"); });
    BOOST_TEST((e.code() == errc::controller_aborted));
    BOOST_TEST(e.reason() == "the disk is full");
    BOOST_TEST(e.controller_pid() == ::getpid());
    BOOST_CHECK_THROW(manager.wait_for_workers(1), controller_not_ready);
    BOOST_CHECK_THROW(manager.acknowledge_worker_ready("gw2"), controller_not_ready);
    BOOST_TEST(manager.status().controller->abort_reason.value() == "the disk is full");
}

BOOST_AUTO_TEST_CASE(reaches_a_worker_that_has_a_state_already)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    auto const state = manager.write_controller_state({});
    manager.acknowledge_worker_ready("gw0", state);
    manager.abort("later");
    wait_for_controller_options next;
    next.after_generation = state.generation();
    BOOST_CHECK_THROW(manager.wait_for_controller("gw0", next), controller_not_ready);
}

BOOST_AUTO_TEST_CASE(of_a_dead_controller_is_for_those_who_were_there)
{
    scratch_directory const root;
    // This process exists before the abort, and so may be one of that run's workers.
    auto controller = start(root.path(), {"abort", "why"});
    BOOST_TEST(controller.wait().code == 0);
    coordination_manager manager(root.path());
    auto const e = thrown_by<controller_not_ready>([&] { manager.wait_for_controller("gw0"); });
    BOOST_TEST(e.reason() == "why");
    // One that is started later belongs to the next run. The kernel notes its start in ticks of 10 ms.
    child_process const pause("/bin/sleep", {"0.05"});
    while (!pause.has_ended()) {
    }
    child_options how;
    how.environment["TESTMON_XDIST_WORKER_TIMEOUT"] = "0.05";
    auto const late =
        run_process(TESTMON_PARTICIPANT_PROGRAM, {root.path().native(), "wait-for-controller", "gw1"}, how);
    BOOST_TEST(holds(late.output, "error 1 "), late.output); // a timeout
    manager.write_controller_state({});
    BOOST_TEST(manager.wait_for_controller("gw0").controller_pid() == ::getpid());
}

BOOST_AUTO_TEST_CASE(is_over_with_the_next_publication)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.abort("first");
    manager.write_controller_state({});
    BOOST_TEST(manager.wait_for_controller("gw0").generation() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
