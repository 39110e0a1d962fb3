// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G7: every worker learns the reason at once.
#include "support/child_process.hpp"
#include "support/participant_process.hpp"
#include "support/scratch_directory.hpp"
#include "support/sleeping_process.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include <unistd.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;

namespace
{

child_process start(boost::filesystem::path const& root, std::vector<std::string> const& words)
{
    return start_participant(root, words, hourly_process());
}

} // namespace

BOOST_AUTO_TEST_SUITE(abort_run)

BOOST_AUTO_TEST_CASE(reaches_workers_that_wait_and_those_that_come_later)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.begin_run();
    std::vector<child_process> early;
    for (auto const* id : {"a", "b", "c", "d"}) {
        early.push_back(start(root.path(), {"wait-for-controller", id}));
    }
    for (auto const& worker : early) {
        wait_until_asleep(worker);
    }
    manager.abort("the disk is full");
    for (auto& worker : early) {
        auto const line = worker.wait_for_line("wait-for-controller");
        BOOST_TEST(holds(line, "error 5 ", "the disk is full", std::to_string(::getpid())), line);
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

BOOST_AUTO_TEST_CASE(after_the_publication_reaches_workers_that_wait_for_the_next)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    std::vector<child_process> workers;
    for (auto const* id : {"a", "b", "c", "d"}) {
        workers.push_back(
            start(root.path(), {"wait-for-controller", id, ",", "wait-for-controller", id, "1"}));
        workers.back().wait_for_line("wait-for-controller ok");
        wait_until_asleep(workers.back());
    }
    BOOST_TEST(manager.wait_for_workers(workers.size()) == workers.size());
    manager.abort("no database");
    for (auto& worker : workers) {
        auto const line = worker.wait_for_line("wait-for-controller");
        BOOST_TEST(holds(line, "error 5 ", "no database"), line);
    }
}

BOOST_AUTO_TEST_CASE(reaches_workers_that_wait_before_there_was_a_run)
{
    scratch_directory const root;
    auto worker = start(root.path(), {"wait-for-controller", "gw0"});
    wait_until_asleep(worker);
    coordination_manager(root.path()).abort("no database");
    auto const line = worker.wait_for_line("wait-for-controller");
    BOOST_TEST(holds(line, "error 5 ", "no database"), line);
}

BOOST_AUTO_TEST_CASE(reaches_workers_although_the_controller_is_gone_before_they_look)
{
    scratch_directory const root;
    auto worker = start(root.path(), {"wait-for-controller", "gw0"});
    wait_until_asleep(worker);
    worker.send_signal(SIGSTOP);
    wait_until_stopped(worker);
    auto controller = start(root.path(), {"abort", "no", "database"});
    BOOST_TEST(controller.wait().code == 0);
    worker.send_signal(SIGCONT);
    auto const line = worker.wait_for_line("wait-for-controller");
    BOOST_TEST(holds(line, "error 5 ", "no database"), line);
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
