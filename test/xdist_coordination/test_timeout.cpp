// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G6: a timeout is kept, and says who is missing. The exact times are measured in bench/; here are generous
// bounds.
#include "support/child_process.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include <sys/wait.h>

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
    BOOST_TEST((clock_type::now() - begin >= 50ms));
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
    int status = 0;
    BOOST_REQUIRE(::waitpid(static_cast<::pid_t>(holder.pid()), &status, WUNTRACED) == holder.pid());
    BOOST_REQUIRE(WIFSTOPPED(status));
    auto const e = thrown_by<coordination_timeout>([&] { manager.acknowledge_worker_ready("gw1"); });
    BOOST_TEST(holds(e.what(), "acknowledgments.lock"), e.what());
    BOOST_CHECK_THROW(manager.wait_for_controller("gw1"), coordination_timeout);
    BOOST_CHECK_THROW(manager.cleanup(), coordination_timeout);
    holder.send_signal(SIGCONT);
    holder.wait_for_line("pausing");
    manager.acknowledge_worker_ready("gw1");
    BOOST_TEST(manager.wait_for_workers(2) == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
