// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Runs, tests and executions as they are written and read again.
#include "support/database_samples.hpp"
#include "support/empty_database.hpp"
#include "support/require_equal.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/database.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <list>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

using namespace testmon::database;
using namespace testmon::test;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(recording, empty_database)

BOOST_AUTO_TEST_CASE(an_environment_is_all_of_its_fields)
{
    environment_description one;
    one.name = "nightly";
    one.executable = "build/tests";
    one.compiler = "GNU 12.2.0";
    one.standard_library = "libstdc++ 20220819";
    one.build_type = "Release";
    one.flags = "-O2";
    auto const id = database.find_or_add_environment(one);
    BOOST_TEST(database.find_or_add_environment(one) == id);
    std::set<std::int64_t> ids{id};
    for (auto field : {&environment_description::name, &environment_description::executable,
                       &environment_description::compiler, &environment_description::standard_library,
                       &environment_description::build_type, &environment_description::flags}) {
        auto other = one;
        other.*field += "x";
        ids.insert(database.find_or_add_environment(other));
    }
    BOOST_TEST(ids.size() == 7U);
    auto const found = database.find_environment(id);
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(found->description.flags == "-O2");
    BOOST_TEST(database.find_environment(one).value().id == id);
    BOOST_TEST(!database.find_environment(environment_description{}).has_value());
    BOOST_TEST(!database.find_environment(1000).has_value());
    BOOST_TEST(database.environments().size() == 7U);
    BOOST_TEST(environment_of_this_build().compiler.size() > 4U);
}

BOOST_AUTO_TEST_CASE(tests_come_back_as_they_were)
{
    auto tests = sample_tests(250);
    tests[7].depends_on = {"suite_0/test_1", "a \"quoted\" one"};
    auto const made = database.register_run({}, {}, tests);
    BOOST_TEST(made.added == 250);
    BOOST_TEST(made.vanished == 0);
    BOOST_TEST(made.test_ids.size() == 250U);
    auto const found = database.tests(made.environment_id);
    BOOST_REQUIRE(found.size() == 250U);
    BOOST_TEST(std::is_sorted(found.begin(), found.end(),
                              [](auto const& a, auto const& b) { return a.test.path < b.test.path; }));
    for (std::size_t i = 0; i < tests.size(); ++i) {
        auto const id = database.find_test(made.environment_id, tests[i].path);
        BOOST_REQUIRE(id.has_value());
        BOOST_TEST(*id == made.test_ids[i]);
        auto const it =
            std::find_if(found.begin(), found.end(), [&](auto const& one) { return one.id == *id; });
        require_equal(it->test, tests[i]);
        BOOST_TEST(it->never_ran());
    }
}

BOOST_AUTO_TEST_CASE(names_of_every_kind_come_back)
{
    std::string printable;
    for (char c = ' '; c <= '~'; ++c) {
        printable += c;
    }
    std::vector<std::string> const names{printable,
                                         "'; DROP TABLE test; --",
                                         "\"quoted\" 'twice'",
                                         "\xc3\xa4\xf0\x9f\x98\x80",
                                         "invalid \xff\xfe utf-8",
                                         std::string("with\0zero", 9),
                                         std::string("with\0other", 10),
                                         "line\nend\ttab\r",
                                         std::string(10'000, 'x'),
                                         std::string(9'999, 'x') + "y",
                                         " ",
                                         "_0",
                                         "%",
                                         "?1",
                                         "\\"};
    std::list<test_record> tests; // any range will do
    for (auto const& name : names) {
        auto test = test_at(name);
        test.suite = name;
        test.file = name;
        test.labels = {"a,b", "\"]"};
        tests.push_back(test);
    }
    auto const made = database.register_run({}, {}, tests);
    read_only_database const reader(database.path());
    auto const found = reader.tests(made.environment_id);
    BOOST_TEST(found.size() == names.size());
    std::size_t i = 0;
    for (auto const& test : tests) {
        auto const id = reader.find_test(made.environment_id, names[i]);
        BOOST_TEST(id.value() == made.test_ids[i]);
        auto const it =
            std::find_if(found.begin(), found.end(), [&](auto const& one) { return one.id == *id; });
        require_equal(it->test, test);
        ++i;
    }
}

BOOST_AUTO_TEST_CASE(to_register_again_keeps_ids_and_history)
{
    auto tests = sample_tests(10);
    auto const first = database.register_run({}, {}, tests);
    database.record(first.run_id, sample_executions(first.test_ids));

    tests[3].line = 1000;
    tests[4].labels = {"new"};
    tests.erase(tests.begin()); // it vanishes
    tests.push_back(test_at("another"));
    auto const second = database.register_run({}, {}, tests);
    BOOST_TEST(second.environment_id == first.environment_id);
    BOOST_TEST(second.run_id != first.run_id);
    BOOST_TEST(second.added == 1);
    BOOST_TEST(second.vanished == 1);
    BOOST_TEST(std::vector(second.test_ids.begin(), second.test_ids.end() - 1) ==
                   std::vector(first.test_ids.begin() + 1, first.test_ids.end()),
               boost::test_tools::per_element());
    auto const found = database.tests(first.environment_id);
    BOOST_TEST(found.size() == 10U);
    BOOST_TEST(found.front().test.path == "another");
    BOOST_TEST(found.front().never_ran());
    BOOST_TEST(!database.find_test(first.environment_id, "suite_0/test_0").has_value());
    BOOST_TEST(database.history(first.test_ids[0]).size() == 1U); // it is not forgotten

    // It comes back, and is the same.
    auto const third = database.register_run({}, {}, sample_tests(10));
    BOOST_TEST(third.test_ids == first.test_ids, boost::test_tools::per_element());
    BOOST_TEST(third.added == 1);
    BOOST_TEST(third.vanished == 1);
}

BOOST_AUTO_TEST_CASE(a_part_of_the_tests_says_nothing_of_the_others)
{
    auto const first = database.register_run({}, {}, sample_tests(10));
    auto const second = database.register_run({}, {}, sample_tests(2), collection::partial);
    BOOST_TEST(second.vanished == 0);
    BOOST_TEST(database.tests(first.environment_id).size() == 10U);
    BOOST_TEST(database.find_run(second.run_id).value().collected == 2);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_registered_changes_nothing)
{
    database.register_run({}, {}, sample_tests(5));
    auto const refused = [&](std::vector<test_record> const& tests, char const* message) {
        environment_description other;
        other.name = "other";
        for (auto const& description : {environment_description{}, other}) {
            auto const e = thrown_by<database_error>([&] { database.register_run(description, {}, tests); });
            BOOST_TEST((e.code() == errc::invalid_argument), e.what());
            BOOST_TEST(holds(e.what(), message, database.path().native()), e.what());
        }
    };
    auto twice = sample_tests(8);
    twice.push_back(twice[7]); // a new one
    refused(twice, "\"suite_0/test_7\" comes twice");
    twice = sample_tests(8);
    twice.push_back(twice[2]); // a known one
    refused(twice, "\"suite_0/test_2\" comes twice");
    refused({test_at("x"), test_at("")}, "test 2 has no path");
    BOOST_TEST(database.environments().size() == 1U);
    BOOST_TEST(database.runs(1).size() == 1U);
    BOOST_TEST(database.tests(1).size() == 5U);
}

// A range whose iteration fails half-way.
struct failing_range {
    struct iterator {
        std::size_t at;
        std::vector<test_record> const* tests;
        bool operator!=(iterator const& other) const { return at != other.at; }
        iterator& operator++()
        {
            ++at;
            return *this;
        }
        test_record const& operator*() const
        {
            return at == 3 ? throw std::runtime_error("no more") : (*tests)[at];
        }
    };
    std::vector<test_record> tests = sample_tests(5);
    iterator begin() const { return {0, &tests}; }
    iterator end() const { return {5, &tests}; }
};

BOOST_AUTO_TEST_CASE(a_range_that_throws_changes_nothing)
{
    BOOST_CHECK_THROW(database.register_run({}, {}, failing_range()), std::runtime_error);
    BOOST_TEST(database.environments().empty());
    database.register_run({}, {}, sample_tests(1)); // and the database is usable
}

BOOST_AUTO_TEST_CASE(executions_come_back_as_they_were)
{
    auto const made = database.register_run({}, {}, sample_tests(5));
    std::vector<execution> all;
    outcome const outcomes[] = {outcome::passed, outcome::failed, outcome::crashed, outcome::timed_out,
                                outcome::skipped};
    for (std::size_t i = 0; i < 5; ++i) {
        all.push_back(execution_of(made.test_ids[i], outcomes[i]));
    }
    all.push_back(execution_of(made.test_ids[1], outcome::passed, 2));
    BOOST_TEST(database.record(made.run_id, all) == 6U);
    auto const run = database.find_run(made.run_id).value();
    BOOST_TEST(run.counts.passed == 2);
    BOOST_TEST(run.counts.failed == 1);
    BOOST_TEST(run.counts.crashed == 1);
    BOOST_TEST(run.counts.timed_out == 1);
    BOOST_TEST(run.counts.skipped == 1);
    std::vector<execution> found;
    database.for_each_execution(made.run_id, [&](execution const& one) { found.push_back(one); });
    BOOST_REQUIRE(found.size() == 6U);
    std::rotate(all.begin() + 2, all.end() - 1, all.end()); // as they are sorted: by test and attempt
    for (std::size_t i = 0; i < 6; ++i) {
        BOOST_TEST(found[i].test_id == all[i].test_id);
        BOOST_TEST(found[i].attempt == all[i].attempt);
        BOOST_TEST((found[i].outcome == all[i].outcome));
        BOOST_TEST((found[i].duration == all[i].duration));
        BOOST_TEST(found[i].assertions == all[i].assertions);
        BOOST_TEST(found[i].worker == all[i].worker);
        BOOST_TEST((found[i].started == all[i].started));
    }
}

BOOST_AUTO_TEST_CASE(to_record_again_replaces)
{
    auto const made = database.register_run({}, {}, sample_tests(2));
    database.record(made.run_id, sample_executions(made.test_ids));
    database.record(made.run_id, std::vector{execution_of(made.test_ids[0], outcome::failed)});
    auto const run = database.find_run(made.run_id).value();
    BOOST_TEST(run.counts.passed == 1);
    BOOST_TEST(run.counts.failed == 1);
    BOOST_TEST(database.history(made.test_ids[0]).size() == 1U);
    BOOST_TEST((database.history(made.test_ids[0])[0].result.outcome == outcome::failed));
}

BOOST_AUTO_TEST_CASE(labels_of_any_bytes_do_no_harm)
{
    auto test = test_at("x");
    test.labels = {"caf\xe9", "\xc3\xa4"};
    test.depends_on = {"y\xff"};
    for (int i = 0; i < 2; ++i) {
        auto const made = database.register_run({}, {}, std::vector{test});
        auto const found = database.tests(made.environment_id);
        BOOST_TEST(found[0].test.labels == (std::vector<std::string>{"caf\xef\xbf\xbd", "\xc3\xa4"}),
                   boost::test_tools::per_element());
        BOOST_TEST(found[0].test.depends_on == std::vector<std::string>{"y\xef\xbf\xbd"},
                   boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_test_of_another_environment_is_none_of_the_run)
{
    environment_description other;
    other.name = "other";
    auto const one = database.register_run({}, {}, sample_tests(1));
    auto const two = database.register_run(other, {}, sample_tests(1));
    auto const e =
        thrown_by<database_error>([&] { database.record(one.run_id, sample_executions(two.test_ids)); });
    BOOST_TEST((e.code() == errc::not_found), e.what());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_recorded_changes_nothing)
{
    auto const made = database.register_run({}, {}, sample_tests(2));
    struct row {
        std::int64_t run_id = 0;
        execution bad{};
        errc code = errc::other;
        char const* message = nullptr;
    };
    auto const good = execution_of(made.test_ids[1], outcome::passed);
    auto attempt = good;
    attempt.attempt = 0;
    auto duration = good;
    duration.duration = -1ns;
    auto assertions = good;
    assertions.assertions = -1;
    row const rows[] = {
        {1000, good, errc::not_found, "no run 1000"},
        {made.run_id, execution_of(5000, outcome::passed), errc::not_found, "no test 5000"},
        {made.run_id, attempt, errc::invalid_argument, "attempt of test 2 is 0; allowed is 1"},
        {made.run_id, duration, errc::invalid_argument, "duration of test 2 is -1; allowed is 0"},
        {made.run_id, assertions, errc::invalid_argument, "assertions of test 2 is -1; allowed is 0"},
    };
    for (auto const& r : rows) {
        auto const e = thrown_by<database_error>([&] {
            database.record(r.run_id, std::vector{execution_of(made.test_ids[0], outcome::passed), r.bad});
        });
        BOOST_TEST((e.code() == r.code), e.what());
        BOOST_TEST(holds(e.what(), r.message, "record executions", database.path().native()), e.what());
    }
    BOOST_TEST(database.history(made.test_ids[0]).empty());
    BOOST_TEST(database.find_run(made.run_id).value().counts.passed == 0);
    BOOST_TEST((thrown_by<database_error>([&] { database.end_run(1000); }).code() == errc::not_found));
}

BOOST_AUTO_TEST_CASE(runs_are_told_apart)
{
    run_description described;
    described.workers = 8;
    described.machine = "builder";
    auto const before = std::chrono::system_clock::now();
    auto const first = database.register_run({}, described, sample_tests(2));
    auto const second = database.register_run({}, {}, sample_tests(2));
    auto const runs = database.runs(first.environment_id);
    BOOST_REQUIRE(runs.size() == 2U);
    BOOST_TEST(runs[0].id == second.run_id); // the newest first
    BOOST_TEST(runs[1].machine == "builder");
    BOOST_TEST(runs[1].workers == 8);
    BOOST_TEST(!runs[0].machine.empty());
    BOOST_TEST(runs[0].uuid.size() == 36U);
    BOOST_TEST(runs[0].uuid != runs[1].uuid);
    BOOST_TEST((runs[1].started >= before && runs[1].started <= std::chrono::system_clock::now()));
    BOOST_TEST(!runs[1].ended.has_value());
    database.end_run(first.run_id);
    BOOST_TEST((database.find_run(first.run_id).value().ended.value() >= runs[1].started));
    BOOST_TEST(database.runs(first.environment_id, 1).size() == 1U);
    BOOST_TEST(database.runs(1000).empty());
    BOOST_TEST(!database.find_run(1000).has_value());
}

BOOST_AUTO_TEST_CASE(words_for_outcomes)
{
    for (auto const one :
         {outcome::passed, outcome::failed, outcome::crashed, outcome::timed_out, outcome::skipped}) {
        BOOST_TEST((outcome_from_string(to_string(one)) == one));
        BOOST_TEST(is_failure(one) == (one != outcome::passed && one != outcome::skipped));
    }
    BOOST_TEST(!outcome_from_string("Passed").has_value());
    BOOST_TEST(!outcome_from_string("").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
