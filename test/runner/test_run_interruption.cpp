// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "told_run.hpp"

#include "support/database_command.hpp"
#include "support/foreign_state.hpp"
#include "support/supervised.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <string>
#include <vector>

namespace
{

namespace data = boost::unit_test::data;
namespace fs = boost::filesystem;
namespace json = boost::json;

using testmon::test::child_options;
using testmon::test::child_process;
using testmon::test::eventually;
using testmon::test::processes_of_run;
using testmon::test::run_place;
using testmon::test::sample_kinds;
using testmon::test::sample_program;
using testmon::test::told_run;
using words = std::vector<std::string>;

constexpr char hanging_test[] = "alone/test/_3";

child_options hanging_in(std::string const& place)
{
    child_options how;
    how.environment = {{"SAMPLE_DOES", "hang " + place}};
    return how;
}

std::size_t attempts(told_run const& run)
{
    return run.all("attempt_finished").size();
}

told_run ended(run_place const& place, child_process& process)
{
    auto const status = process.wait();
    auto run = place.told();
    run.status = status;
    run.output = process.output();
    run.errors = process.errors();
    return run;
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_interruption)

// A test that hangs, and 27 that have ended, or may have.
struct hanging_run {
    run_place place{};
    child_process start(std::string const& kind, words options) const
    {
        options.insert(options.begin(), {"-n", "2"});
        auto process = place.start(options, {sample_program("fragile", kind)}, hanging_in("alone 3"));
        BOOST_TEST_REQUIRE(eventually([&] { return place.has_recorded("alone 3"); }));
        return process;
    }
    void check_end(told_run const& run) const
    {
        BOOST_TEST_CONTEXT(run)
        {
            BOOST_TEST(run.status.code == 130);
            BOOST_TEST(run.end().at("end").as_string() == "interrupted");
            BOOST_TEST(run.outcomes().count(hanging_test) == 0U); // it was not its fault
            for (auto const& one : run.outcomes()) {
                BOOST_TEST(one.second == "passed", one.first);
            }
            BOOST_TEST(run.output.find("not run") != std::string::npos);
            BOOST_TEST(run.output.find("interrupted") != std::string::npos);
            BOOST_TEST(processes_of_run(run.run_id()).empty());
        }
    }
};

BOOST_DATA_TEST_CASE(once_it_ends_in_order, data::make(sample_kinds) * data::make({SIGINT, SIGTERM, SIGHUP}),
                     kind, number)
{
    hanging_run const run;
    auto process = run.start(kind, {"--grace", "0.2"});
    process.send_signal(number);
    run.check_end(ended(run.place, process));
}

BOOST_DATA_TEST_CASE(twice_it_kills, data::make(sample_kinds), kind)
{
    hanging_run const run;
    auto process = run.start(kind, {"--grace", "6000"});
    process.send_signal(SIGINT);
    // Two at a time would be one.
    BOOST_TEST(eventually([&] {
        process.send_signal(SIGINT);
        return process.has_ended();
    }));
    run.check_end(ended(run.place, process));
}

BOOST_DATA_TEST_CASE(what_runs_may_end, data::make({"preloaded", "linked", "linked_whole"}), kind)
{
    run_place const place;
    child_options how;
    how.environment = {{"SAMPLE_DOES", "wait alone 3"}, {"SAMPLE_GO", place.file("go").native()}};
    auto process = place.start({"-n", "1", "--order", "declared"}, {sample_program("fragile", kind)}, how);
    BOOST_TEST_REQUIRE(eventually([&] { return place.has_recorded("alone 3"); }));
    process.send_signal(SIGINT);
    BOOST_TEST_REQUIRE(eventually([&] { return !place.told().all("notice").empty(); }));
    fs::create_directory(place.file("go"));
    auto const run = ended(place, process);
    BOOST_TEST_CONTEXT(run)
    {
        BOOST_TEST(run.status.code == 130);
        BOOST_TEST(run.outcomes().size() == 4U); // those before it, and it
        for (auto const& one : run.outcomes()) {
            BOOST_TEST(one.second == "passed", one.first);
        }
        BOOST_TEST(place.has_recorded("global_tear_down"));
        BOOST_TEST(!place.has_recorded("alone 4"));
    }
}

// Where a worker is when the run is interrupted.
BOOST_DATA_TEST_CASE(workers_end_wherever_they_are,
                     data::make(sample_kinds) * data::make({"start", "global_set_up", "suite_set_up",
                                                            "suite_tear_down", "global_tear_down", "exit"}),
                     kind, where)
{
    run_place const place;
    auto process =
        place.start({"-n", "2", "--grace", "0.2"}, {sample_program("fragile", kind)}, hanging_in(where));
    BOOST_TEST_REQUIRE(eventually([&] { return place.has_recorded(where); }));
    process.send_signal(SIGINT);
    auto const run = ended(place, process);
    BOOST_TEST_CONTEXT(run)
    {
        BOOST_TEST(run.status.code == 130);
        for (auto const& one : run.outcomes()) {
            BOOST_TEST(one.second == "passed", one.first);
        }
        BOOST_TEST(run.errors.empty());
        if (!run.run_id().empty()) {
            BOOST_TEST(processes_of_run(run.run_id()).empty());
        }
    }
}

BOOST_DATA_TEST_CASE(killing_the_runner_leaves_nothing, data::make(sample_kinds), kind)
{
    hanging_run const run;
    auto process = run.start(kind, {});
    auto const expected = kind == "batches" ? 0U : 27U; // those end with their batch
    BOOST_TEST(eventually([&] { return attempts(run.place.told()) >= expected; }));
    auto const file = run.place.file(".testmondata-cpp");
    auto const recorded = [&] {
        auto const shown = testmon::test::database_command(file, {"--json", "show", "--what", "runs"});
        return shown.output.find("\"passed\":27") != std::string::npos;
    };
    if (expected != 0) {
        BOOST_TEST(eventually(recorded)); // while it goes on
    }
    auto const id = run.place.told().run_id();
    BOOST_TEST(!processes_of_run(id).empty());
    process.kill_and_wait();
    BOOST_TEST(eventually([&] { return processes_of_run(id).empty(); }));
    if (expected != 0) {
        BOOST_TEST(recorded()); // and afterwards
    }
    // The next run finds nothing amiss.
    auto const next = run.place.run({"-n", "2"}, {sample_program("fragile", kind)});
    BOOST_TEST(next.status.code == 0, next);
}

BOOST_AUTO_TEST_CASE(the_next_run_removes_what_a_killed_one_has_left)
{
    run_place const killed;
    run_place const alive;
    auto const temporary = killed.file("tmp");
    fs::create_directory(temporary);
    auto how = hanging_in("alone 3");
    how.environment["TMPDIR"] = temporary.native();
    auto const directories = [&] {
        std::size_t count = 0;
        for (auto const& entry : fs::directory_iterator(temporary)) {
            count += fs::exists(entry.path() / "gw0") ? 1 : 0;
        }
        return count;
    };
    auto first = killed.start({"-n", "1"}, {sample_program("fragile", "linked")}, how);
    auto second = alive.start({"-n", "1"}, {sample_program("fragile", "linked")}, how);
    for (auto const* place : {&killed, &alive}) {
        BOOST_TEST_REQUIRE(eventually([&] { return place->has_recorded("alone 3"); }));
    }
    BOOST_TEST(directories() == 2U);
    auto const id = killed.told().run_id();
    first.kill_and_wait();
    BOOST_TEST(eventually([&] { return processes_of_run(id).empty(); }));
    BOOST_TEST(directories() == 2U);
    how.environment.erase("SAMPLE_DOES");
    auto const next = killed.run({"-n", "1"}, {sample_program("fragile", "linked")}, how);
    BOOST_TEST(next.status.code == 0, next);
    BOOST_TEST(directories() == 1U);
    second.send_signal(SIGINT);
    second.send_signal(SIGTERM);
    BOOST_TEST(ended(alive, second).status.code == 130);
    BOOST_TEST(directories() == 0U);
}

BOOST_AUTO_TEST_CASE(setup_can_be_interrupted)
{
    run_place const place;
    auto process = place.start({"--setup", "echo setting up >> \"$SAMPLE_RECORD\"; sleep 600", "--teardown",
                                "echo torn down >> \"$SAMPLE_RECORD\""},
                               {sample_program("fragile", "linked")});
    BOOST_TEST_REQUIRE(eventually([&] { return place.has_recorded("setting up"); }));
    process.send_signal(SIGINT);
    auto const run = ended(place, process);
    BOOST_TEST(run.status.code == 130, run);
    BOOST_TEST(place.recorded() == (words{"setting up", "torn down"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(teardown_can_be_interrupted)
{
    run_place const place;
    auto process =
        place.start({"-n", "2", "--teardown", "echo tearing down >> \"$SAMPLE_RECORD\"; sleep 600"},
                    {sample_program("fragile", "linked")});
    BOOST_TEST_REQUIRE(eventually([&] { return place.has_recorded("tearing down"); }));
    process.send_signal(SIGINT);
    auto const run = ended(place, process);
    BOOST_TEST(run.status.code == 4, run);
    BOOST_TEST(run.outcomes().size() == 28U);
    BOOST_TEST(run.end().at("trouble").as_string().find("given up") != json::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
