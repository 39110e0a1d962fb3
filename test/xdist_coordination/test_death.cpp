// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G5: a death is noticed by name and pid without waiting for the timeout, which is an hour in these tests,
// as are the polls: what notices a death is a descriptor, or, where there is none, a look every 40 ms.
#include "support/child_process.hpp"
#include "support/participant_process.hpp"
#include "support/scratch_directory.hpp"
#include "support/sleeping_process.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <string>
#include <vector>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;

namespace
{

// Neither a poll nor a timeout comes within an hour.
child_process start(boost::filesystem::path const& root, std::vector<std::string> const& words,
                    std::string const& failpoint = {})
{
    auto how = hourly_process();
    how.environment["TESTMON_XDIST_FAILPOINT"] = failpoint;
    return start_participant(root, words, how);
}

// How a test asks for a process without a descriptor: EMFILE.
std::string const no_pidfd = "pidfd@every=24";

void wait_until_announced(boost::filesystem::path const& root, std::string const& id)
{
    coordination_manager observer(root);
    for (auto status = observer.status();; status = observer.status()) {
        auto const& workers = status.workers;
        if (std::any_of(workers.begin(), workers.end(), [&](auto const& w) { return w.worker_id == id; })) {
            return;
        }
        observer.wait_for_change(status, 1s);
    }
}

void require_dead(worker_not_ready const& e, std::string const& id, child_process const& process)
{
    BOOST_REQUIRE(e.dead().size() == 1U);
    BOOST_TEST(e.dead().front().worker_id == id);
    BOOST_TEST(e.dead().front().pid == process.pid());
    BOOST_TEST(holds(e.what(), id, std::to_string(process.pid())), e.what());
}

} // namespace

BOOST_AUTO_TEST_SUITE(death)

BOOST_AUTO_TEST_CASE(of_a_worker_that_has_acknowledged)
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly_config());
    manager.write_controller_state({});
    auto other = start(root.path(), {"wait-for-controller", "gw0", ",", "pause"});
    auto victim = start(root.path(), {"wait-for-controller", "gw1", ",", "pause"});
    other.wait_for_line("pausing");
    victim.wait_for_line("pausing");
    victim.send_signal(SIGKILL); // and not reaped: a zombie is dead
    auto const e = thrown_by<worker_not_ready>([&] { manager.wait_for_workers(3); });
    require_dead(e, "gw1", victim);
    BOOST_TEST(e.details().acknowledged == std::vector<std::string>{"gw0"}, boost::test_tools::per_element());

    // It is reported once; then it is missing, until it is started again.
    wait_for_workers_options once;
    once.timeout = 0s;
    auto const timeout = thrown_by<coordination_timeout>([&] { manager.wait_for_workers(2, once); });
    BOOST_TEST(timeout.missing() == std::vector<std::string>{"gw1"}, boost::test_tools::per_element());
    auto again = start(root.path(), {"wait-for-controller", "gw1", ",", "pause"});
    again.wait_for_line("pausing");
    BOOST_TEST(manager.wait_for_workers(2) == 2U);
}

BOOST_AUTO_TEST_CASE(of_a_worker_while_the_controller_waits)
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly_config());
    manager.write_controller_state({});
    auto victim = start(root.path(), {"wait-for-controller", "gw0", ",", "pause"});
    wait_for_workers_options options;
    options.progress = [&](wait_progress const& progress) {
        if (progress.acknowledged == 1) {
            victim.send_signal(SIGKILL);
        }
    };
    require_dead(thrown_by<worker_not_ready>([&] { manager.wait_for_workers(2, options); }), "gw0", victim);
}

BOOST_AUTO_TEST_CASE(of_a_worker_that_has_only_announced_itself)
{
    for (auto const* step : {"preparing", "published"}) {
        scratch_directory const root;
        coordination_manager manager(root.path(), hourly_config());
        bool const published = std::string(step) == "published";
        published ? void(manager.write_controller_state({})) : manager.begin_run();
        auto victim = published ? start(root.path(), {"announce", "gw0", ",", "pause"})
                                : start(root.path(), {"wait-for-controller", "gw0"});
        wait_until_announced(root.path(), "gw0");
        victim.kill_and_wait();
        if (!published) {
            manager.write_controller_state({});
        }
        require_dead(thrown_by<worker_not_ready>([&] { manager.wait_for_workers(1); }), "gw0", victim);
    }
}

BOOST_AUTO_TEST_CASE(of_a_worker_that_left_in_order_is_none)
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly_config());
    manager.write_controller_state({});
    auto gone = start(root.path(), {"wait-for-controller", "gw0", ",", "leave", "gw0"});
    BOOST_TEST(gone.wait().code == 0);
    auto other = start(root.path(), {"wait-for-controller", "gw1", ",", "pause"});
    BOOST_TEST(manager.wait_for_workers(2) == 2U);
}

BOOST_AUTO_TEST_CASE(of_a_worker_while_the_controller_sleeps)
{
    struct row {
        std::vector<std::string> worker; // what it does before it is killed
        std::string comes_to;            // the line that says so; empty: it waits
        bool is_reaped;
        std::string failpoint; // of the controller
    };
    row const rows[] = {
        {{"wait-for-controller", "gw0", ",", "pause"}, "pausing", false, ""},
        {{"wait-for-controller", "gw0", ",", "pause"}, "pausing", true, ""},
        {{"announce", "gw0", ",", "pause"}, "pausing", false, ""},
        {{"announce", "gw0", ",", "pause"}, "pausing", true, ""},
        {{"wait-for-controller", "gw0", "1"}, "", true, ""}, // it waits for the generation after this one
        {{"wait-for-controller", "gw0", ",", "pause"}, "pausing", false, no_pidfd},
        {{"wait-for-controller", "gw0", ",", "pause"}, "pausing", true, no_pidfd},
        {{"announce", "gw0", ",", "pause"}, "pausing", true, no_pidfd},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.worker[0] << " " << r.comes_to << " " << r.is_reaped << " " << r.failpoint)
        {
            scratch_directory const root;
            auto controller = start(root.path(), {"publish", ",", "wait-for-workers", "3"}, r.failpoint);
            controller.wait_for_line("publish ok");
            auto victim = start(root.path(), r.worker);
            r.comes_to.empty() ? wait_until_announced(root.path(), "gw0")
                               : void(victim.wait_for_line(r.comes_to));
            // It is watched only once the controller has seen it: another acknowledgment sees to that.
            auto other = start(root.path(), {"wait-for-controller", "gw1", ",", "pause"});
            other.wait_for_line("pausing");
            wait_until_asleep(controller);
            r.is_reaped ? victim.kill_and_wait() : victim.send_signal(SIGKILL);
            auto const line = controller.wait_for_line("wait-for-workers");
            BOOST_TEST(holds(line, "error 8 ", "gw0", std::to_string(victim.pid())), line);
            BOOST_TEST(!holds(line, "gw1"), line);
        }
    }
}

BOOST_AUTO_TEST_CASE(of_several_workers_names_each)
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly_config());
    manager.write_controller_state({});
    std::vector<child_process> workers;
    for (auto const* id : {"gw0", "gw1", "gw2", "gw3"}) {
        workers.push_back(start(root.path(), {"wait-for-controller", id, ",", "pause"}));
        workers.back().wait_for_line("pausing");
    }
    workers[1].kill_and_wait();
    workers[3].send_signal(SIGKILL);
    while (!workers[3].has_ended()) {
    }
    auto const e = thrown_by<worker_not_ready>([&] { manager.wait_for_workers(4); });
    BOOST_REQUIRE(e.dead().size() == 2U);
    BOOST_TEST(e.dead()[0].worker_id == "gw1");
    BOOST_TEST(e.dead()[0].pid == workers[1].pid());
    BOOST_TEST(e.dead()[1].worker_id == "gw3");
    BOOST_TEST(e.dead()[1].pid == workers[3].pid());
    auto const expected = std::vector<std::string>{"gw0", "gw2"};
    BOOST_TEST(e.details().acknowledged == expected, boost::test_tools::per_element());
    BOOST_TEST(manager.wait_for_workers(2) == 2U);
}

BOOST_AUTO_TEST_CASE(of_a_worker_that_was_started_again_before_the_wait_is_none)
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly_config());
    manager.write_controller_state({});
    auto first = start(root.path(), {"wait-for-controller", "gw0", ",", "pause"});
    first.wait_for_line("pausing");
    first.kill_and_wait();
    auto second = start(root.path(), {"wait-for-controller", "gw0", ",", "pause"});
    second.wait_for_line("pausing");
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
}

BOOST_AUTO_TEST_CASE(of_more_workers_than_there_are_descriptors_for)
{
    scratch_directory const root;
    // A shell lowers the limit, and becomes the controller.
    child_process controller("/bin/sh",
                             {"-c", "ulimit -n 12; exec \"$0\" \"$@\"", TESTMON_PARTICIPANT_PROGRAM,
                              root.path().native(), "publish", ",", "wait-for-workers", "21"},
                             hourly_process());
    controller.wait_for_line("publish ok");
    std::vector<child_process> workers;
    for (int i = 0; i < 20; ++i) {
        workers.push_back(
            start(root.path(), {"wait-for-controller", "gw" + std::to_string(i), ",", "pause"}));
        workers.back().wait_for_line("pausing");
    }
    workers[19].kill_and_wait();
    auto const line = controller.wait_for_line("wait-for-workers");
    BOOST_TEST(holds(line, "error 8 ", "gw19", std::to_string(workers[19].pid())), line);
    BOOST_TEST(!holds(line, "gw18"), line);
}

BOOST_AUTO_TEST_CASE(of_a_shell_whose_commands_took_part)
{
    scratch_directory const root;
    auto const shell = [&](std::string const& command) {
        return child_process(
            "/bin/sh",
            {"-c",
             "\"$0\" coordinate --root \"$1\" " + command + " >/dev/null || exit; echo ready; read line",
             TESTMON_COMMAND_PROGRAM, root.path().native()},
            hourly_process());
    };
    auto controller = shell("publish --state '{}'");
    controller.wait_for_line("ready");
    auto worker = shell("wait-for-controller gw0");
    worker.wait_for_line("ready");
    auto for_workers = start(root.path(), {"wait-for-workers", "2"});
    auto for_controller = start(root.path(), {"wait-for-controller", "gw1", "1"});
    wait_until_asleep(for_workers);
    wait_until_asleep(for_controller);
    worker.kill_and_wait();
    auto const of_worker = for_workers.wait_for_line("wait-for-workers");
    BOOST_TEST(holds(of_worker, "error 8 ", "gw0", std::to_string(worker.pid())), of_worker);
    controller.kill_and_wait();
    auto const of_controller = for_controller.wait_for_line("wait-for-controller");
    BOOST_TEST(holds(of_controller, "error 4 ", std::to_string(controller.pid())), of_controller);
}

BOOST_AUTO_TEST_CASE(of_a_controller_while_the_worker_sleeps)
{
    struct row {
        std::string controller; // what it does before it is killed
        bool is_reaped;
        bool is_worker_first;  // it waits before there is a controller
        std::string failpoint; // of the worker
    };
    row const rows[] = {
        {"begin", false, false, ""},         {"begin", true, false, ""},
        {"publish", false, false, ""},       {"publish", true, false, ""},
        {"begin", true, true, ""},           {"begin", true, false, no_pidfd},
        {"begin", false, false, no_pidfd},   {"publish", true, false, no_pidfd},
        {"publish", false, false, no_pidfd},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.controller << " " << r.is_reaped << " " << r.is_worker_first << " "
                                        << r.failpoint)
        {
            scratch_directory const root;
            std::vector<std::string> waiting{"wait-for-controller", "gw0"};
            if (r.controller == "publish") {
                waiting.emplace_back("1"); // it has that generation already
            }
            auto controller = start(root.path(), {"pause", ",", r.controller, ",", "pause"});
            auto const let_it_go_on = [&] {
                controller.write_line("");
                controller.wait_for_line(r.controller);
            };
            if (!r.is_worker_first) {
                let_it_go_on();
            }
            auto worker = start(root.path(), waiting, r.failpoint);
            wait_until_asleep(worker);
            if (r.is_worker_first) {
                let_it_go_on();
            }
            wait_until_announced(root.path(), "gw0"); // and so has seen its controller
            r.is_reaped ? controller.kill_and_wait() : controller.send_signal(SIGKILL);
            auto const line = worker.wait_for_line("wait-for-controller");
            BOOST_TEST(holds(line, "error 4 ", std::to_string(controller.pid()), "died"), line);
        }
    }
}

BOOST_AUTO_TEST_CASE(of_the_controller_ends_the_wait_of_another_process_for_workers)
{
    scratch_directory const root;
    auto controller = start(root.path(), {"publish", ",", "pause"});
    controller.wait_for_line("pausing");
    auto waiter = start(root.path(), {"wait-for-workers", "1"});
    controller.kill_and_wait();
    auto const line = waiter.wait_for_line("wait-for-workers");
    BOOST_TEST(holds(line, "error", std::to_string(controller.pid()), "died"), line);
}

BOOST_AUTO_TEST_SUITE_END()
