// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// What the history says of tests.
#include "support/database_samples.hpp"
#include "support/scratch_directory.hpp"

#include <testmon/database.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace testmon::database;
using namespace testmon::test;
using namespace std::chrono_literals;

namespace
{

// One letter for each execution, a blank between runs: p(assed), f(ailed), c(rashed), t(imed out), s(kipped),
// "-" not in this run.
struct row {
    std::string history;
    std::int64_t executions;
    std::int64_t failures;
    std::int64_t flips;
    bool passed_on_retry;
    bool flaky;
    char last; // "-": never ran
};

std::optional<outcome> outcome_of(char letter)
{
    switch (letter) {
    case 'p':
        return outcome::passed;
    case 'f':
        return outcome::failed;
    case 'c':
        return outcome::crashed;
    case 't':
        return outcome::timed_out;
    case 's':
        return outcome::skipped;
    default:
        return std::nullopt;
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(statistics)

BOOST_AUTO_TEST_CASE(of_a_test)
{
    row const rows[] = {
        {"", 0, 0, 0, false, false, '-'},      {"-", 0, 0, 0, false, false, '-'},
        {"p", 1, 0, 0, false, false, 'p'},     {"f", 1, 1, 0, false, false, 'f'},
        {"c", 1, 1, 0, false, false, 'c'},     {"t", 1, 1, 0, false, false, 't'},
        {"s", 1, 0, 0, false, false, 's'},     {"p p", 2, 0, 0, false, false, 'p'},
        {"p f", 2, 1, 1, false, false, 'f'},   {"f p", 2, 1, 1, false, false, 'p'},
        {"f f", 2, 2, 0, false, false, 'f'},   {"f c t", 3, 3, 0, false, false, 't'},
        {"p f p", 3, 1, 2, false, true, 'p'},  {"p f f p", 4, 2, 2, false, true, 'p'},
        {"fp", 2, 1, 1, true, true, 'p'},      {"ff", 2, 2, 0, false, false, 'f'},
        {"pf", 2, 1, 1, false, false, 'f'},    {"f sp", 3, 1, 1, false, false, 'p'},
        {"p s f", 3, 1, 1, false, false, 'f'}, {"f - p", 2, 1, 1, false, false, 'p'},
        {"p f -", 2, 1, 1, false, false, 'f'}, {"ffp", 3, 2, 1, true, true, 'p'},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT("\"" << r.history << "\"")
        {
            scratch_directory const root;
            read_write_database database(root.path() / "t.db");
            std::vector<test_record> const tests{test_at("a"), test_at("other")};
            std::int64_t environment = database.register_run({}, {}, tests).environment_id;
            std::int64_t last_run = 0;
            std::string rest = r.history;
            while (!rest.empty()) {
                auto const end = std::min(rest.find(' '), rest.size());
                auto const made = database.register_run({}, {}, tests);
                std::vector<execution> all{execution_of(made.test_ids[1], outcome::passed)};
                std::int64_t attempt = 0;
                for (char const letter : rest.substr(0, end)) {
                    if (auto const one = outcome_of(letter)) {
                        all.push_back(execution_of(made.test_ids[0], *one, ++attempt));
                        last_run = made.run_id;
                    }
                }
                database.record(made.run_id, all);
                rest.erase(0, end + 1);
            }
            auto const found = database.tests(environment);
            BOOST_REQUIRE(found.size() == 2U);
            auto const& one = found[0];
            BOOST_TEST(one.executions == r.executions);
            BOOST_TEST(one.failures == r.failures);
            BOOST_TEST(one.flips == r.flips);
            BOOST_TEST(one.passed_on_retry == r.passed_on_retry);
            BOOST_TEST(one.is_flaky() == r.flaky);
            BOOST_TEST((one.last_outcome == outcome_of(r.last)));
            BOOST_TEST(one.never_ran() == (r.last == '-'));
            BOOST_TEST(one.last_run_id == last_run);
        }
    }
}

BOOST_AUTO_TEST_CASE(durations_are_those_of_executions_that_were_not_skipped)
{
    scratch_directory const root;
    read_write_database database(root.path() / "t.db");
    std::vector<test_record> const tests{test_at("a")};
    std::int64_t environment = 0;
    for (auto const& [outcome_, duration] :
         std::vector<std::pair<outcome, std::chrono::nanoseconds>>{{outcome::passed, 10ms},
                                                                   {outcome::failed, 20ms},
                                                                   {outcome::passed, 60ms},
                                                                   {outcome::skipped, 0ms}}) {
        auto const made = database.register_run({}, {}, tests);
        environment = made.environment_id;
        auto one = execution_of(made.test_ids[0], outcome_);
        one.duration = duration;
        database.record(made.run_id, std::vector{one});
    }
    auto const found = database.tests(environment);
    BOOST_TEST((found[0].last_duration == 60ms));
    BOOST_TEST((found[0].mean_duration == 30ms));
    BOOST_TEST((found[0].last_outcome == outcome::skipped));
    // Only the newest two: 60 ms and the skipped one.
    auto const newest = database.tests(environment, 2);
    BOOST_TEST((newest[0].mean_duration == 60ms));
    BOOST_TEST(newest[0].executions == 2);
    BOOST_TEST(database.tests(environment, 0)[0].never_ran());
}

BOOST_AUTO_TEST_CASE(failures_are_those_of_the_last_run_that_says_anything)
{
    scratch_directory const root;
    read_write_database database(root.path() / "t.db");
    std::vector<test_record> const tests{test_at("a"), test_at("b"), test_at("c"), test_at("d")};
    auto const first = database.register_run({}, {}, tests);
    BOOST_TEST(database.failures_of_last_run(first.environment_id).empty());
    database.record(first.run_id, std::vector{execution_of(first.test_ids[3], outcome::failed)});
    auto const second = database.register_run({}, {}, tests);
    database.record(second.run_id, std::vector{execution_of(second.test_ids[0], outcome::failed),
                                               execution_of(second.test_ids[0], outcome::passed, 2),
                                               execution_of(second.test_ids[1], outcome::crashed),
                                               execution_of(second.test_ids[2], outcome::passed)});
    database.register_run({}, {}, tests); // killed before it recorded anything
    auto const failed = database.failures_of_last_run(first.environment_id);
    BOOST_REQUIRE(failed.size() == 1U); // "a" passed in the end, and "d" failed in an earlier run
    BOOST_TEST(failed[0].test.path == "b");
}

BOOST_AUTO_TEST_CASE(history_is_by_run_and_attempt)
{
    scratch_directory const root;
    read_write_database database(root.path() / "t.db");
    std::vector<test_record> const tests{test_at("a")};
    std::vector<std::int64_t> runs;
    std::int64_t test = 0;
    for (int i = 0; i < 3; ++i) {
        auto const made = database.register_run({}, {}, tests);
        test = made.test_ids[0];
        runs.push_back(made.run_id);
        database.record(made.run_id, std::vector{execution_of(test, outcome::failed, 1),
                                                 execution_of(test, outcome::passed, 2)});
    }
    auto const all = database.history(test);
    BOOST_REQUIRE(all.size() == 6U);
    BOOST_TEST(all[0].run_id == runs[2]);
    BOOST_TEST(all[0].result.attempt == 2);
    BOOST_TEST(all[5].run_id == runs[0]);
    BOOST_TEST(all[5].result.attempt == 1);
    BOOST_TEST(database.history(test, 3).size() == 3U);
    BOOST_TEST(database.history(1000).empty());
}

BOOST_AUTO_TEST_CASE(of_two_environments_are_apart)
{
    scratch_directory const root;
    read_write_database database(root.path() / "t.db");
    environment_description other;
    other.name = "other";
    auto const one = database.register_run({}, {}, sample_tests(3));
    auto const two = database.register_run(other, {}, sample_tests(2));
    database.record(one.run_id, sample_executions(one.test_ids));
    BOOST_TEST(database.tests(two.environment_id).size() == 2U);
    BOOST_TEST(database.tests(two.environment_id)[0].never_ran());
    BOOST_TEST(database.tests(one.environment_id)[0].executions == 1);
}

BOOST_AUTO_TEST_SUITE_END()
