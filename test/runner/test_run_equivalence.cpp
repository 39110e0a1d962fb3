// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "told_run.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace
{

namespace data = boost::unit_test::data;

using testmon::test::child_options;
using testmon::test::distributions;
using testmon::test::run_place;
using testmon::test::sample_kinds;
using testmon::test::sample_program;

using outcomes = std::map<std::string, std::string>;

// Of a run of all tests in one process, by Boost.Test alone.
struct serial_run {
    outcomes told{};
    std::map<std::string, std::size_t> recorded{};
};

serial_run run_serially(std::string const& program)
{
    run_place const place;
    child_options how;
    how.environment = {{"SAMPLE_RECORD", place.file("record").native()}};
    serial_run result;
    auto const read = place.run_serially(program, {}, how);
    BOOST_TEST_REQUIRE(read.is_complete);
    for (auto const& [path, unit] : read.cases) {
        result.told[path] = unit.result == "aborted" ? "failed" : unit.result;
    }
    result.recorded = place.times_recorded();
    return result;
}

// Once for each program.
serial_run const& serial_run_of(std::string const& kind)
{
    static std::map<std::string, serial_run> known;
    auto const found = known.find(kind);
    return found != known.end()
               ? found->second
               : known.emplace(kind, run_serially(sample_program("behaving", kind))).first->second;
}

int repetitions()
{
    auto const* const wanted = std::getenv("TESTMON_TEST_REPETITIONS");
    return wanted == nullptr ? 1 : std::atoi(wanted);
}

std::map<std::string, std::size_t> tests_of(std::map<std::string, std::size_t> recorded)
{
    for (auto at = recorded.begin(); at != recorded.end();) {
        at = at->first.rfind("test ", 0) == 0 ? std::next(at) : recorded.erase(at);
    }
    return recorded;
}

std::size_t count(std::map<std::string, std::size_t> const& recorded, std::string const& line)
{
    auto const found = recorded.find(line);
    return found == recorded.end() ? 0 : found->second;
}

std::vector<std::string> differences(outcomes const& expected, outcomes const& actual)
{
    std::set<std::string> names;
    for (auto const* all : {&expected, &actual}) {
        for (auto const& one : *all) {
            names.insert(one.first);
        }
    }
    auto const outcome_in = [](outcomes const& all, std::string const& name) {
        auto const found = all.find(name);
        return found == all.end() ? std::string("nothing") : found->second;
    };
    std::vector<std::string> result;
    for (auto const& name : names) {
        auto const was = outcome_in(expected, name);
        auto const is = outcome_in(actual, name);
        if (was != is) {
            result.push_back(name + ": " + is + " instead of " + was);
        }
    }
    return result;
}

// What Boost.Test's report leaves out, or has wrong: tests of a suite that was skipped or could not be set up
// have not run, as the record shows. And disabled ones, which it has as skipped, are not in a run.
outcomes expected_of(serial_run const& serial)
{
    auto result = serial.told;
    for (auto const* const name : {"cannot_be_set_up/one", "cannot_be_set_up/two", "never_ready/one",
                                   "never_ready/two", "waits_for_a_failure/one"}) {
        BOOST_TEST(count(serial.recorded, std::string("test ") + name) == 0U);
        result[name] = "skipped";
    }
    for (auto const* const name : {"is_disabled", "is_not_enabled_if", "all_disabled/one"}) {
        BOOST_TEST(count(serial.recorded, std::string("test ") + name) == 0U);
        result.erase(name);
    }
    return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_equivalence)

BOOST_DATA_TEST_CASE(the_outcomes_are_those_of_a_serial_run,
                     data::make(sample_kinds) * data::make(distributions), kind, mode)
{
    auto const& serial = serial_run_of(kind);
    std::size_t const copies = mode == "each" ? 3 : 1;
    auto expected_records = tests_of(serial.recorded);
    for (auto& one : expected_records) {
        one.second *= copies;
    }
    run_place const place; // the second run knows how long the tests take
    for (int i = 0; i < repetitions(); ++i) {
        place.forget_recorded();
        auto const run = place.run({"-n", "3", "--dist", mode}, {sample_program("behaving", kind)});
        BOOST_TEST_CONTEXT(run)
        {
            BOOST_TEST(differences(expected_of(serial), run.outcomes()) == std::vector<std::string>{},
                       boost::test_tools::per_element());
            BOOST_TEST(run.all("attempt_finished").size() == copies * run.outcomes().size());
            BOOST_TEST(run.all("worker_lost").empty());
            BOOST_TEST(run.status.code == 1);
            auto const recorded = place.times_recorded();
            BOOST_TEST((tests_of(recorded) == expected_records));
            if (kind != "batches") {
                // Once for each worker, of which some may have come too late to be needed.
                auto const workers = run.all("worker_started").size();
                BOOST_TEST(count(recorded, "set up all") <= workers);
            }
            for (auto const* const what : {"all", "outer"}) {
                BOOST_TEST(count(recorded, std::string("set up ") + what) ==
                           count(recorded, std::string("tear down ") + what));
            }
        }
    }
}

BOOST_DATA_TEST_CASE(the_order_does_not_matter,
                     data::make(sample_kinds) * data::make({"declared", "random:1", "random:2"}), kind, order)
{
    run_place const place;
    auto const run = place.run({"-n", "2", "--order", order}, {sample_program("behaving", kind)});
    BOOST_TEST_CONTEXT(run)
    {
        BOOST_TEST(differences(expected_of(serial_run_of(kind)), run.outcomes()) ==
                       std::vector<std::string>{},
                   boost::test_tools::per_element());
    }
}

// Boost.Test logs some of it when a test has ended.
BOOST_DATA_TEST_CASE(the_log_level_does_not_matter,
                     data::make(sample_kinds) * data::make({"all", "message", "nothing"}), kind, level)
{
    run_place const place;
    auto const run =
        place.run({"-n", "2"}, {sample_program("behaving", kind), "--log_level=" + std::string(level)});
    BOOST_TEST_CONTEXT(run)
    {
        BOOST_TEST(differences(expected_of(serial_run_of(kind)), run.outcomes()) ==
                       std::vector<std::string>{},
                   boost::test_tools::per_element());
        BOOST_TEST(run.all("worker_lost").empty());
    }
}

// In batches, what is selected holds for the tests' own tests, too: see doc/limits.md.
BOOST_DATA_TEST_CASE(tests_may_run_tests_of_their_own, data::make({"preloaded", "linked", "linked_whole"}),
                     kind)
{
    run_place const place;
    auto const run = place.run({"-n", "1", "--order", "declared"}, {sample_program("nesting", kind)});
    BOOST_TEST_CONTEXT(run)
    {
        outcomes const expected{{"before", "passed"},
                                {"runs_some", "passed"},
                                {"suite/runs_some_that_fail", "passed"},
                                {"suite/after", "passed"}};
        BOOST_TEST(differences(expected, run.outcomes()) == std::vector<std::string>{},
                   boost::test_tools::per_element());
        BOOST_TEST(tests_of(place.times_recorded()).size() == 4U);
        BOOST_TEST(run.all("worker_lost").empty());
        BOOST_TEST(run.all("failed_outside_tests").empty());
        BOOST_TEST(run.status.code == 0);
    }
}

// Also where the process that knew has died.
BOOST_DATA_TEST_CASE(what_depends_on_a_failure_is_skipped, data::make(sample_kinds), kind)
{
    outcomes const expected{{"fails", "failed"},
                            {"dies", "crashed"},
                            {"on_failed", "skipped"},
                            {"on_dead", "skipped"},
                            {"on_skipped", "skipped"},
                            {"aborts", "crashed"},
                            {"early/passes", "passed"},
                            {"late/never", "skipped"},
                            {"others/dies_too", "crashed"},
                            {"others/on_aborted", "skipped"},
                            {"others/passes", "passed"}};
    run_place const place;
    for (std::string const workers : {"1", "1", "3"}) { // the second time, with a history
        auto const run = place.run({"-n", workers, "--order", "declared", "--max-worker-restart", "3"},
                                   {sample_program("dependent", kind)});
        BOOST_TEST_CONTEXT(run)
        {
            BOOST_TEST(differences(expected, run.outcomes()) == std::vector<std::string>{},
                       boost::test_tools::per_element());
            BOOST_TEST(run.all("attempt_finished").size() == expected.size());
            BOOST_TEST(run.status.code == 1);
        }
    }
}

BOOST_DATA_TEST_CASE(a_failure_stands_where_its_retry_is_skipped, data::make(sample_kinds), kind)
{
    run_place const place;
    child_options how;
    how.environment = {{"SAMPLE_ONCE", place.file("once").native()}};
    auto const run = place.run({"--retries", "1", "-t", "refuses"}, {sample_program("dependent", kind)}, how);
    BOOST_TEST(run.outcomes().at("refuses/a_retry") == "failed", run);
    BOOST_TEST(run.attempts_of("refuses/a_retry") == 2U, run);
    BOOST_TEST(run.status.code == 1, run);
}

BOOST_AUTO_TEST_SUITE_END()
