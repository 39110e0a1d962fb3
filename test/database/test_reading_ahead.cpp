// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// What is known of all tests, in short, and what a registration makes of it.
#include "support/database_samples.hpp"
#include "support/empty_database.hpp"
#include "support/require_equal.hpp"
#include "support/scratch_directory.hpp"

#include <testmon/database.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

using namespace testmon::database;
using namespace testmon::test;
using namespace std::chrono_literals;

namespace
{

outcome outcome_of(char letter)
{
    return letter == 'p' ? outcome::passed : letter == 'f' ? outcome::failed : outcome::skipped;
}

// "p10f20": it passed in 10 ms, then failed in 20.
std::vector<execution> executions_of(std::int64_t test_id, std::string const& text)
{
    std::vector<execution> result;
    std::istringstream in(text);
    char letter = 0;
    std::int64_t milliseconds = 0;
    while (in >> letter >> milliseconds) {
        auto one = execution_of(test_id, outcome_of(letter), static_cast<std::int64_t>(result.size()) + 1);
        one.duration = std::chrono::milliseconds(milliseconds);
        result.push_back(one);
    }
    return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(reading_ahead, empty_database)

BOOST_AUTO_TEST_CASE(the_history_of_a_test)
{
    struct row {
        std::string runs; // the oldest first; "-": the test was not in the run
        char last;        // "-": none
        std::optional<std::chrono::nanoseconds> mean;
    };
    std::string twenty_more;
    for (int i = 0; i < 20; ++i) {
        twenty_more += " -";
    }
    row const rows[] = {
        {"", '-', std::nullopt},
        {"-", '-', std::nullopt},
        {"p10", 'p', 10ms},
        {"p0", 'p', 0ms},
        {"f10", 'f', 10ms},
        {"s0", 's', std::nullopt},
        {"f0", 'f', std::nullopt}, // it could not be run
        {"p10 f0", 'f', 10ms},
        {"p10 p20 p30 p70", 'p', 40ms}, // of the newest three
        {"p10 f20p30", 'p', 20ms},      // the last attempt
        {"f20p30 p10f50", 'f', 27'500us},
        {"p10 s0", 's', 10ms},
        {"p10 -", 'p', 10ms},
        {"f10 p20 - -", 'p', 20ms},       // one of the newest three has it
        {"p10 p20 p50 - - -", 'p', 50ms}, // none: the newest that has
        {"p10 f30p20 - - -", 'p', 25ms},
        {"p10 s0 s0 s0", 's', 10ms},
        {"p10 s0 - - -", 's', 10ms},
        {"p10" + twenty_more, '-', std::nullopt},
        {"p10 -" + twenty_more.substr(4), 'p', 10ms},
    };
    // Older runs are read whole, or asked for the test.
    for (std::size_t const others : {std::size_t{1}, std::size_t{9}}) {
        for (auto const& r : rows) {
            BOOST_TEST_CONTEXT(r.runs << " beside " << others)
            {
                environment_description environment;
                environment.name = r.runs + std::to_string(others);
                auto tests = sample_tests(others);
                tests.insert(tests.begin() + 1, test_at("a"));
                database.register_run(environment, {}, tests);
                std::istringstream runs(r.runs);
                std::string text;
                while (runs >> text) {
                    auto made = database.register_run(environment, {}, tests);
                    auto const own = made.test_ids.at(1);
                    made.test_ids.erase(made.test_ids.begin() + 1);
                    auto all = sample_executions(made.test_ids);
                    for (auto const& one : executions_of(own, text)) {
                        all.push_back(one);
                    }
                    database.record(made.run_id, all);
                }
                auto const known = database.read_known_tests(environment);
                BOOST_TEST(known.size() == tests.size());
                auto const found = known.find("a");
                BOOST_REQUIRE(found.has_value());
                BOOST_TEST((found->mean_duration == r.mean));
                BOOST_TEST(found->last_outcome.has_value() == (r.last != '-'));
                if (found->last_outcome) {
                    BOOST_TEST((*found->last_outcome == outcome_of(r.last)));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(who_is_known)
{
    BOOST_TEST(known_tests().size() == 0U);
    BOOST_TEST(!known_tests().find("suite_0/test_0").has_value());
    BOOST_TEST(database.read_known_tests({}).size() == 0U);
    auto const made = database.register_run({}, {}, sample_tests(250));
    database.register_run({}, {}, sample_tests(150));
    environment_description other;
    other.name = "other";
    database.register_run(other, {}, sample_tests(7));

    auto const known = read_only_database(database.path()).read_known_tests({});
    BOOST_TEST(known.size() == 250U);
    auto const tests = sample_tests(250);
    for (std::size_t i = 0; i < tests.size(); ++i) {
        auto const found = known.find(tests[i].path);
        BOOST_REQUIRE(found.has_value());
        BOOST_TEST(found->id == made.test_ids[i]);
        BOOST_TEST(found->vanished == (i >= 150));
        BOOST_TEST(!found->last_outcome.has_value());
        BOOST_TEST(!found->mean_duration.has_value());
    }
    for (auto const* path : {"", "suite_0", "suite_0/test_0 ", "suite_0/test_1000"}) {
        BOOST_TEST(!known.find(path).has_value());
    }
}

BOOST_AUTO_TEST_CASE(every_change_of_a_test_is_registered)
{
    using change = std::function<void(test_record&)>;
    std::vector<change> const changes{
        [](auto& test) { test.suite = "x"; },
        [](auto& test) { test.file = "x.cpp"; },
        [](auto& test) { ++test.line; },
        [](auto& test) { test.labels = {"x"}; },
        [](auto& test) {
            test.labels = {"x", "y"};
        },
        [](auto& test) { test.labels = {"x\",\"y"}; },
        [](auto& test) { test.depends_on = {"x"}; },
        [](auto& test) { std::swap(test.depends_on, test.labels); },
        [](auto& test) { std::swap(test.suite, test.file); },
        [](auto& test) { test.time_limit += 1ns; },
        [](auto& test) { ++test.expected_failures; },
        [](auto& test) { test.enabled = !test.enabled; },
        [](auto& test) { test.labels.clear(); },
    };
    std::vector<test_record> tests{sample_tests(1).front()};
    auto const id = database.register_run({}, {}, tests).test_ids.at(0);
    for (std::size_t i = 0; i < changes.size(); ++i) {
        BOOST_TEST_CONTEXT("change " << i)
        {
            changes[i](tests[0]);
            database.read_ahead({});
            BOOST_TEST(database.register_run({}, {}, tests).test_ids.at(0) == id);
            require_equal(database.tests(1).at(0).test, tests[0]);
        }
    }
}

// What was read ahead must not be believed if the database is another by now.
BOOST_AUTO_TEST_CASE(what_happens_after_reading_ahead)
{
    struct row {
        std::string what;
        std::function<void(read_write_database& own, read_write_database& other)> happens;
    };
    auto const registers = [](std::size_t count) {
        return [count](auto&, auto& other) { other.register_run({}, {}, sample_tests(count)); };
    };
    auto const prunes = [](read_write_database& one) {
        one.record(one.runs(1, 1).at(0).id, std::vector<execution>());
        one.prune(1);
    };
    row const rows[] = {
        {"nothing", [](auto&, auto&) {}},
        {"tests come", registers(30)},
        {"tests vanish", registers(5)},
        {"a test changes",
         [](auto&, auto& other) {
             auto tests = sample_tests(20);
             tests[3].line = 1'000'000;
             other.register_run({}, {}, tests);
         }},
        {"vanished tests are pruned", [&](auto&, auto& other) { prunes(other); }},
        {"it prunes them itself", [&](auto& own, auto&) { prunes(own); }},
        {"it merges tests itself",
         [](auto& own, auto&) {
             read_write_database const source(own.path().native() + "-source");
             read_write_database(source.path()).register_run({}, {}, sample_tests(40));
             own.merge(source.path());
         }},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.what)
        {
            scratch_directory const directory;
            read_write_database tested(directory.path() / "t.db");
            tested.register_run({}, {}, sample_tests(25));
            tested.register_run({}, {}, sample_tests(20)); // five have vanished
            read_write_database other(tested.path(), 0ms); // nobody is in its way
            BOOST_TEST(tested.read_ahead({}).size() == 25U);
            r.happens(tested, other);
            auto const tests = sample_tests(25);
            auto const made = tested.register_run({}, {}, tests);
            auto const found = tested.tests(made.environment_id);
            BOOST_REQUIRE(found.size() == tests.size());
            for (std::size_t i = 0; i < tests.size(); ++i) {
                BOOST_TEST(tested.find_test(1, tests[i].path).value() == made.test_ids[i]);
            }
            for (auto const& one : found) {
                BOOST_TEST(one.test.line < 1'000'000);
            }
            tested.record(made.run_id, sample_executions(made.test_ids));
            BOOST_TEST(check(tested.path()).problems.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(reading_ahead_for_another_environment)
{
    auto const made = database.register_run({}, {}, sample_tests(20));
    environment_description other;
    other.name = "other";
    BOOST_TEST(database.read_ahead(other).size() == 0U);
    BOOST_TEST(database.register_run({}, {}, sample_tests(20)).test_ids == made.test_ids,
               boost::test_tools::per_element());
    BOOST_TEST(database.read_ahead({}).size() == 20U);
    BOOST_TEST(database.register_run(other, {}, sample_tests(20)).added == 20);
}

BOOST_AUTO_TEST_SUITE_END()
