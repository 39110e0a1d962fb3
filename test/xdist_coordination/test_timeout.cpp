// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G6: a timeout is kept, and says who is missing. The exact times are measured in bench/; here are generous
// bounds.
#include "support/child_process.hpp"
#include "support/participant_process.hpp"
#include "support/scratch_directory.hpp"
#include "support/sleeping_process.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

BOOST_AUTO_TEST_SUITE(timeout)

BOOST_AUTO_TEST_CASE(of_a_worker)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    wait_for_controller_options options;
    options.timeout = 120ms;
    auto const begin = clock_type::now();
    auto const e = thrown_by<coordination_timeout>([&] { manager.wait_for_controller("gw0", options); });
    auto const taken = clock_type::now() - begin;
    BOOST_TEST((taken >= 120ms));
    BOOST_TEST((taken < 30s));
    BOOST_TEST(holds(e.what(), "gw0", "within 0.12 s", root.path().native()), e.what());
}

BOOST_AUTO_TEST_CASE(of_a_controller_names_who_is_there_and_who_is_missing)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    wait_for_controller_options no_acknowledgment;
    no_acknowledgment.acknowledge = false;
    manager.wait_for_controller("gw1", no_acknowledgment);
    manager.acknowledge_worker_ready("gw2");
    manager.acknowledge_worker_ready("gw0");
    wait_for_workers_options options;
    options.timeout = 50ms;
    auto const begin = clock_type::now();
    auto const e = thrown_by<coordination_timeout>([&] { manager.wait_for_workers(4, options); });
    auto const taken = clock_type::now() - begin;
    BOOST_TEST((taken >= 50ms));
    BOOST_TEST((taken < 30s));
    auto const expected = std::vector<std::string>{"gw0", "gw2"};
    BOOST_TEST(e.acknowledged() == expected, boost::test_tools::per_element());
    BOOST_TEST(e.missing() == std::vector<std::string>{"gw1"}, boost::test_tools::per_element());
    BOOST_TEST(holds(e.what(), "2 of 4", "gw0, gw2", "missing: gw1"), e.what());
}

BOOST_AUTO_TEST_CASE(the_configured_one_is_the_default)
{
    scratch_directory const root;
    xdist_config config;
    config.worker_timeout = 30ms;
    coordination_manager manager(root.path(), config);
    auto const e = thrown_by<coordination_timeout>([&] { manager.wait_for_controller("gw0"); });
    BOOST_TEST(holds(e.what(), "within 0.03 s"), e.what());
}

BOOST_AUTO_TEST_CASE(of_nothing_looks_once)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    wait_for_controller_options once;
    once.timeout = 0s;
    BOOST_CHECK_THROW(manager.wait_for_controller("gw0", once), coordination_timeout);
    manager.write_controller_state({});
    BOOST_TEST(manager.wait_for_controller("gw0", once).generation() == 1U);
    wait_for_workers_options look;
    look.timeout = 0s;
    BOOST_TEST(manager.wait_for_workers(1, look) == 1U);
    BOOST_TEST(manager.wait_for_workers(0, look) == 1U);
}

BOOST_AUTO_TEST_CASE(a_negative_one_is_an_error)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    wait_for_controller_options options;
    options.timeout = -1s;
    auto const e = thrown_by([&] { manager.wait_for_controller("gw0", options); });
    BOOST_TEST((e.code() == errc::invalid_argument));
}

BOOST_AUTO_TEST_CASE(a_stopped_process_that_holds_the_lock_is_no_hang)
{
    scratch_directory const root;
    xdist_config config;
    config.worker_timeout = 100ms;
    coordination_manager manager(root.path(), config);
    manager.write_controller_state({});
    child_options how;
    how.environment["TESTMON_XDIST_FAILPOINT"] = "locked=stop";
    child_process holder(TESTMON_PARTICIPANT_PROGRAM,
                         {root.path().native(), "acknowledge", "gw0", ",", "pause"}, how);
    wait_until_stopped(holder);
    auto const e = thrown_by<coordination_timeout>([&] { manager.acknowledge_worker_ready("gw1"); });
    BOOST_TEST(holds(e.what(), "acknowledgments.lock"), e.what());
    BOOST_CHECK_THROW(manager.wait_for_controller("gw1"), coordination_timeout);
    BOOST_CHECK_THROW(manager.write_controller_state({}), coordination_timeout);
    BOOST_CHECK_THROW(manager.abort("why"), coordination_timeout);
    BOOST_CHECK_THROW(manager.reset_worker_acknowledgments(), coordination_timeout);
    BOOST_CHECK_THROW(manager.leave("gw1"), coordination_timeout);
    BOOST_CHECK_THROW(manager.cleanup(), coordination_timeout);
    // Looking needs no lock.
    BOOST_TEST(manager.read_controller_state().generation() == 1U);
    BOOST_TEST(manager.ready_workers().empty());
    BOOST_CHECK_THROW(manager.wait_for_workers(1), coordination_timeout);
    holder.send_signal(SIGCONT);
    holder.wait_for_line("pausing");
    manager.acknowledge_worker_ready("gw1");
    BOOST_TEST(manager.wait_for_workers(2) == 2U);
}

BOOST_AUTO_TEST_CASE(of_a_process_that_is_killed_while_it_holds_the_lock_is_none)
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly_config());
    manager.write_controller_state({});
    child_options how;
    how.environment["TESTMON_XDIST_FAILPOINT"] = "locked=stop";
    auto holder = start_participant(root.path(), {"acknowledge", "gw0"}, how);
    wait_until_stopped(holder);
    auto worker =
        start_participant(root.path(), {"wait-for-controller", "gw1", ",", "pause"}, hourly_process());
    holder.send_signal(SIGKILL);
    manager.acknowledge_worker_ready("gw2");
    worker.wait_for_line("pausing");
    BOOST_TEST(manager.wait_for_workers(2) == 2U);
}

BOOST_AUTO_TEST_CASE(of_a_dead_worker_is_its_death_even_while_the_lock_is_held) // G5
{
    scratch_directory const root;
    xdist_config config;
    config.worker_timeout = 300ms;
    coordination_manager manager(root.path(), config);
    manager.write_controller_state({});
    auto victim = start_participant(root.path(), {"acknowledge", "gw0", ",", "pause"});
    victim.wait_for_line("pausing");
    child_options how;
    how.environment["TESTMON_XDIST_FAILPOINT"] = "locked=stop";
    auto holder = start_participant(root.path(), {"acknowledge", "gw1", ",", "pause"}, how);
    wait_until_stopped(holder);
    victim.kill_and_wait();
    auto const e = thrown_by<worker_not_ready>([&] { manager.wait_for_workers(2); });
    BOOST_TEST(holds(e.what(), "gw0", std::to_string(victim.pid())), e.what());
    holder.send_signal(SIGCONT);
    holder.wait_for_line("pausing");
    BOOST_CHECK_THROW(manager.wait_for_workers(2), worker_not_ready); // it could not be noted before
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
}

BOOST_AUTO_TEST_CASE(is_not_put_off_by_what_happens_meanwhile)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    std::atomic<bool> stop{false};
    // Each of these wakes who waits.
    std::thread busy([&] {
        for (int i = 0; !stop; ++i) {
            manager.acknowledge_worker_ready("busy" + std::to_string(i));
            manager.begin_run();
        }
    });
    constexpr auto timeout = 200ms;
    for (bool const is_worker : {true, false}) {
        boost::system::error_code ec;
        auto const begin = clock_type::now();
        if (is_worker) {
            wait_for_controller_options options;
            options.timeout = timeout;
            options.after_generation = 1;
            manager.wait_for_controller("gw0", options, ec);
        } else {
            wait_for_workers_options options;
            options.timeout = timeout;
            manager.wait_for_workers(1'000'000, options, ec);
        }
        auto const taken = clock_type::now() - begin;
        BOOST_TEST((ec == errc::timed_out));
        BOOST_TEST((taken >= timeout));
        BOOST_TEST((taken < 30s));
    }
    stop = true;
    busy.join();
}

BOOST_AUTO_TEST_SUITE_END()
