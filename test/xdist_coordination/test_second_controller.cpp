// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G9: a second live controller of a run is refused, naming the first one's pid.
#include "support/child_process.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>
#include <vector>

#include <unistd.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;

BOOST_AUTO_TEST_SUITE(second_controller)

BOOST_AUTO_TEST_CASE(is_refused_whatever_it_tries)
{
    for (auto const* first_step : {"begin", "publish"}) {
        scratch_directory const root;
        child_process first(TESTMON_PARTICIPANT_PROGRAM, {root.path().native(), first_step, ",", "pause"});
        first.wait_for_line("pausing");
        coordination_manager second(root.path());
        std::vector<std::function<void()>> const attempts{
            [&] { second.begin_run(); }, [&] { second.write_controller_state({}); },
            [&] { second.abort("mine"); }, [&] { second.cleanup(); },
            [&] { second.reset_worker_acknowledgments(); }};
        for (auto const& attempt : attempts) {
            auto const e = thrown_by(attempt);
            BOOST_TEST((e.code() == errc::another_controller), e.what());
            BOOST_TEST((e.code() == condition::refused));
            BOOST_TEST(e.details().pid == first.pid());
            BOOST_TEST(holds(e.what(), std::to_string(first.pid()), root.path().native()), e.what());
        }
        first.kill_and_wait();
        second.write_controller_state({});
        BOOST_TEST(second.read_controller_state().controller_pid() == ::getpid());
    }
}

BOOST_AUTO_TEST_CASE(is_refused_beside_a_foreign_one_too)
{
    scratch_directory const root;
    child_process const first("/bin/sleep", {"1000"});
    auto const file = run_directory_in(root.path()) / "controller_ready.json";
    replace_text(file, boost::json::serialize(foreign_state(first.pid())));
    coordination_manager second(root.path());
    auto const e = thrown_by([&] { second.write_controller_state({}); });
    BOOST_TEST((e.code() == errc::another_controller), e.what());
    BOOST_TEST(e.details().pid == first.pid());
    BOOST_TEST(second.read_controller_state().environment_id() == 5);
}

BOOST_AUTO_TEST_CASE(another_run_in_the_same_root_is_none)
{
    scratch_directory const root;
    child_process first(TESTMON_PARTICIPANT_PROGRAM, {root.path().native(), "publish", ",", "pause"});
    first.wait_for_line("pausing");
    xdist_config config;
    config.run_id = "second";
    coordination_manager second(root.path(), config);
    second.write_controller_state({});
    second.cleanup();
    BOOST_TEST(coordination_manager(root.path()).read_controller_state().controller_pid() == first.pid());
}

BOOST_AUTO_TEST_CASE(of_many_that_begin_at_once_one_wins)
{
    scratch_directory const root;
    std::vector<child_process> all;
    for (int i = 0; i < 8; ++i) {
        all.emplace_back(TESTMON_PARTICIPANT_PROGRAM,
                         std::vector<std::string>{root.path().native(), "pause", ",", "publish",
                                                  std::to_string(i), ",", "pause"});
    }
    for (auto& process : all) {
        process.wait_for_line("pausing");
    }
    for (auto& process : all) {
        process.write_line("go");
    }
    int winners = 0;
    for (auto& process : all) {
        winners += holds(process.wait_for_line("publish "), " ok ") ? 1 : 0;
    }
    BOOST_TEST(winners == 1);
}

BOOST_AUTO_TEST_SUITE_END()
