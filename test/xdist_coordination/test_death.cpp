// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G5: a death is noticed by name and pid without waiting for the timeout, which is an hour in these tests.
#include "support/child_process.hpp"
#include "support/environment.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;

namespace
{

child_process start(boost::filesystem::path const& root, std::vector<std::string> words,
                    child_options const& how = {})
{
    words.insert(words.begin(), root.native());
    return child_process(TESTMON_PARTICIPANT_PROGRAM, words, how);
}

child_options hour_long()
{
    child_options how;
    how.environment["TESTMON_XDIST_WORKER_TIMEOUT"] = "3600";
    return how;
}

wait_for_workers_options hour_long_wait()
{
    wait_for_workers_options options;
    options.timeout = 1h;
    return options;
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
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    auto other = start(root.path(), {"wait-for-controller", "gw0", ",", "pause"});
    auto victim = start(root.path(), {"wait-for-controller", "gw1", ",", "pause"});
    other.wait_for_line("pausing");
    victim.wait_for_line("pausing");
    victim.send_signal(SIGKILL); // and not reaped: a zombie is dead
    auto const e = thrown_by<worker_not_ready>([&] { manager.wait_for_workers(3, hour_long_wait()); });
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
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    auto victim = start(root.path(), {"wait-for-controller", "gw0", ",", "pause"}, hour_long());
    auto options = hour_long_wait();
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
        coordination_manager manager(root.path());
        bool const published = std::string(step) == "published";
        published ? void(manager.write_controller_state({})) : manager.begin_run();
        auto victim = published ? start(root.path(), {"announce", "gw0", ",", "pause"})
                                : start(root.path(), {"wait-for-controller", "gw0"}, hour_long());
        while (manager.status().workers.empty()) {
            manager.wait_for_change(manager.status(), 1s);
        }
        victim.kill_and_wait();
        if (!published) {
            manager.write_controller_state({});
        }
        require_dead(thrown_by<worker_not_ready>([&] { manager.wait_for_workers(1, hour_long_wait()); }),
                     "gw0", victim);
    }
}

BOOST_AUTO_TEST_CASE(of_a_worker_that_left_in_order_is_none)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    auto gone = start(root.path(), {"wait-for-controller", "gw0", ",", "leave", "gw0"});
    BOOST_TEST(gone.wait().code == 0);
    auto other = start(root.path(), {"wait-for-controller", "gw1", ",", "pause"});
    BOOST_TEST(manager.wait_for_workers(2) == 2U);
}

BOOST_AUTO_TEST_CASE(of_a_worker_where_the_kernel_gives_no_descriptor)
{
    scratch_directory const root;
    auto how = hour_long();
    how.environment["TESTMON_XDIST_FAILPOINT"] = "pidfd@every=24"; // EMFILE
    auto controller = start(root.path(), {"publish", ",", "wait-for-workers", "2"}, how);
    controller.wait_for_line("publish ok");
    auto victim = start(root.path(), {"wait-for-controller", "gw0", ",", "pause"});
    victim.wait_for_line("pausing");
    victim.kill_and_wait();
    auto const line = controller.wait_for_line("wait-for-workers");
    BOOST_TEST(holds(line, "error", "gw0", std::to_string(victim.pid())), line);
}

BOOST_AUTO_TEST_CASE(of_a_controller_that_prepares)
{
    scratch_directory const root;
    auto controller = start(root.path(), {"begin", ",", "pause"});
    controller.wait_for_line("pausing");
    auto worker = start(root.path(), {"wait-for-controller", "gw0"}, hour_long());
    coordination_manager observer(root.path());
    while (observer.status().workers.empty()) {
        observer.wait_for_change(observer.status(), 1s);
    }
    controller.send_signal(SIGKILL);
    auto const line = worker.wait_for_line("wait-for-controller error");
    BOOST_TEST(holds(line, std::to_string(controller.pid()), "died"), line);
}

BOOST_AUTO_TEST_CASE(of_a_controller_between_two_publications)
{
    scratch_directory const root;
    auto controller = start(root.path(), {"publish", ",", "pause"});
    controller.wait_for_line("pausing");
    auto worker = start(root.path(), {"wait-for-controller", "gw0", ",", "wait-for-controller", "gw0", "1"},
                        hour_long());
    worker.wait_for_line("wait-for-controller ok");
    controller.kill_and_wait();
    auto const line = worker.wait_for_line("wait-for-controller error");
    BOOST_TEST(holds(line, std::to_string(controller.pid()), "died"), line);
}

BOOST_AUTO_TEST_CASE(of_the_controller_ends_the_wait_of_another_process_for_workers)
{
    scratch_directory const root;
    auto controller = start(root.path(), {"publish", ",", "pause"});
    controller.wait_for_line("pausing");
    auto waiter = start(root.path(), {"wait-for-workers", "1"}, hour_long());
    controller.kill_and_wait();
    auto const line = waiter.wait_for_line("wait-for-workers");
    BOOST_TEST(holds(line, "error", std::to_string(controller.pid()), "died"), line);
}

BOOST_AUTO_TEST_SUITE_END()
