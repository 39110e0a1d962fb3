// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "told_run.hpp"

#include "support/foreign_state.hpp"
#include "support/supervised.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

namespace
{

namespace data = boost::unit_test::data;
namespace json = boost::json;

using testmon::test::processes_of_run;
using testmon::test::run_place;
using testmon::test::sample_kinds;
using testmon::test::sample_program;
using testmon::test::told_run;

std::string string_of(json::object const& object, char const* key)
{
    return object.at(key).as_string().c_str();
}

// What is to be told of a misbehaviour: texts are parts of what is told; with an empty one, nothing is.
struct expectation {
    std::string suite;
    std::string outcome;
    std::string reason{};
    std::string remark{};
    // Otherwise the worker can do nothing for it, as nobody is there to look after each test.
    bool is_same_in_batches = true;
};

std::vector<expectation> const expectations{
    {"reads_nowhere", "crashed", "signal 11 (Segmentation fault)"},
    {"aborts", "crashed", "signal 6 (Aborted)"},
    {"divides", "crashed", "signal 8 (Floating point exception)"},
    {"kills_itself", "crashed", "killed by signal 9 (Killed)"},
    {"recurses", "crashed", "signal 11 (Segmentation fault)"},
    // Boost.Test jumps out of the signal's handler, in the other thread, and goes on with the next test: see
    // doc/limits.md.
    {"throws_in_a_thread", "crashed", "signal 6 (Aborted)", "", false},
    {"exits_with_0", "crashed", "the test called exit: the process exited with code 0"},
    {"exits_with_3", "crashed", "the test called exit: the process exited with code 3"},
    {"exits_at_once", "crashed", "exited with code 0"},
    {"kills_its_parent", "crashed", "supervisor"},
    {"closes_others", "passed", "", "closed descriptors that it had not opened", false},
    {"closes_all", "passed", "", "closed standard output", false},
    {"closes_output", "passed", "", "closed standard output", false},
    {"leaves_a_child", "passed", "", "left 1 process behind", false},
    {"leaves_a_daemon", "passed"},
    {"returns_twice", "passed", "", "", false},
    {"throws_in_a_copy", "passed", "", "", false},
    {"exits_in_a_copy", "passed", "", "", false},
    {"blocks_signals", "passed", "", "left signals blocked", false},
    {"goes_elsewhere", "passed", "", "changed the working directory to /", false},
    {"goes_where_nothing_is", "passed", "", "changed the working directory to one that is gone", false},
    {"redirects_output", "passed", "", "redirected standard output", false},
    {"writes_100_mb", "failed"},
    {"hangs", "timed_out", "ran longer than --timeout 3 s"},
    {"hangs_in_earnest", "timed_out", "ran longer than --timeout 3 s: killed by signal 9"},
    {"too_long", "timed_out", "ran longer than its own time limit"},
};

// Without those that the tests of one process do to each other where nobody looks after them. And whoever
// writes to the runner in the worker's name is on his own.
std::vector<std::string> options_for(std::string const& kind)
{
    std::vector<std::string> options{"-t", "!writes_everywhere"};
    for (auto const& one : expectations) {
        if (kind == "batches" && !one.is_same_in_batches) {
            options.insert(options.end(), {"-t", '!' + one.suite});
        }
    }
    return options;
}

std::vector<expectation> expected_of(std::string const& kind)
{
    std::vector<expectation> result;
    std::copy_if(expectations.begin(), expectations.end(), std::back_inserter(result),
                 [&](expectation const& one) { return kind != "batches" || one.is_same_in_batches; });
    if (kind == "batches") {
        // Nobody in the process tells how it came to its end: it may even crash on its way out of exit.
        for (auto& one : result) {
            if (one.suite == "exits_with_0" || one.suite == "exits_with_3" ||
                one.suite == "kills_its_parent") {
                one.reason = "ed "; // killed by ..., exited with ...
            }
        }
    }
    return result;
}

std::string test_of(expectation const& one)
{
    return one.suite + "/itself";
}

void check(told_run const& run, expectation const& one)
{
    auto const attempt = run.attempt(test_of(one));
    auto const text = json::serialize(attempt);
    BOOST_TEST(string_of(attempt, "outcome") == one.outcome, one.suite << ": " << text);
    BOOST_TEST(string_of(attempt, "reason").find(one.reason) != std::string::npos, one.suite << ": " << text);
    BOOST_TEST(string_of(attempt, "reason").empty() == one.reason.empty(), one.suite << ": " << text);
    auto const remarks = json::serialize(attempt.at("remarks"));
    BOOST_TEST(remarks.find(one.remark) != std::string::npos, one.suite << ": " << text);
    if (one.outcome == "crashed") {
        BOOST_TEST(string_of(attempt, "output").find("last words of " + one.suite) != std::string::npos,
                   one.suite << ": " << text);
    }
}

// Those whose last checkpoint cannot be told: there is nobody left to do so, or no room on the stack.
bool has_checkpoint(expectation const& one)
{
    return one.suite == "reads_nowhere" || one.suite == "aborts" || one.suite == "divides" ||
           one.suite == "exits_with_3";
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_torture)

// All that misbehave, and among them the innocent, on two workers.
BOOST_DATA_TEST_CASE(misbehaviour_is_named_and_harms_no_other_test, data::make(sample_kinds), kind)
{
    run_place const place;
    auto options = options_for(kind);
    options.insert(options.end(),
                   {"-n", "2", "--timeout", "3", "--grace", "1", "--max-worker-restart", "1000"});
    auto const run = place.run(options, {sample_program("torture", kind)});
    BOOST_TEST_CONTEXT(run)
    {
        BOOST_TEST(run.status.code == 1);
        auto const outcomes = run.outcomes();
        auto const expected = expected_of(kind);
        BOOST_TEST(outcomes.size() == 3 * expected.size() + 100);
        for (auto const& [path, outcome] : outcomes) {
            BOOST_TEST_CONTEXT(path)
            {
                if (path.find("/itself") == std::string::npos) {
                    BOOST_TEST(outcome == "passed");
                }
                BOOST_TEST(run.attempts_of(path) == 1U);
            }
        }
        for (auto const& [path, times] : place.times_recorded()) {
            // One that kills a process which an earlier test may have broken is begun anew in another.
            bool const may_be_begun_anew = kind == "batches" && path.find("/itself") != std::string::npos;
            BOOST_TEST(times <= (may_be_begun_anew ? 2U : 1U), path << " has run " << times << " times");
        }
        BOOST_TEST(place.times_recorded().size() == outcomes.size());
        for (auto const& one : expected) {
            check(run, one);
            if (has_checkpoint(one) && kind != "batches") {
                BOOST_TEST(
                    json::serialize(run.attempt(test_of(one)).at("last_checkpoint")).find("torture.cpp") !=
                        std::string::npos,
                    one.suite);
            }
        }
        BOOST_TEST(run.all("failed_outside_tests").empty());
        auto const long_one = run.attempt("writes_100_mb/itself");
        BOOST_TEST(string_of(long_one, "output").find("the very end\n") != std::string::npos);
        BOOST_TEST(long_one.at("output_bytes").as_int64() > 100 * 1024 * 1024);
        BOOST_TEST(processes_of_run(run.run_id()).empty());
    }
}

// Where it goes on after a signal, Boost.Test has jumped out of its handler, out of another thread's stack
// even.
BOOST_AUTO_TEST_CASE(what_kills_a_broken_process_is_not_its_next_test)
{
    run_place const place;
    for (int i = 0; i < 10; ++i) { // the first time, with little in a batch
        auto const run = place.run({"-n", "1", "--order", "declared", "-t", "aborts", "-t",
                                    "throws_in_a_thread", "-t", "kills_itself"},
                                   {sample_program("torture", "batches")});
        BOOST_TEST_CONTEXT(run)
        {
            BOOST_TEST(run.outcomes().size() == 9U);
            for (auto const& [path, outcome] : run.outcomes()) {
                BOOST_TEST(outcome == (path.find("/itself") == std::string::npos ? "passed" : "crashed"),
                           path);
                BOOST_TEST(run.attempts_of(path) == 1U, path);
            }
            BOOST_TEST(string_of(run.attempt("kills_itself/itself"), "reason").find("signal 9") !=
                       std::string::npos);
        }
    }
}

// Those that the supervisor would have ended come to the runner. In this order they are declared.
BOOST_DATA_TEST_CASE(nothing_remains_where_a_supervisor_was_killed,
                     data::make({"preloaded", "linked", "linked_whole"}), kind)
{
    run_place const place;
    auto const run = place.run({"-n", "1", "-t", "leaves_a_child/itself", "-t", "leaves_a_daemon/itself",
                                "-t", "kills_its_parent/itself", "-t", "aborts/after", "--order", "declared"},
                               {sample_program("torture", kind)});
    BOOST_TEST(run.outcomes().size() == 4U, run);
    BOOST_TEST(run.outcomes().at("kills_its_parent/itself") == "crashed");
    BOOST_TEST(processes_of_run(run.run_id()).empty());
}

// A shell that becomes the runner leaves it the children that it had.
BOOST_AUTO_TEST_CASE(other_children_of_the_runner_are_left_alone)
{
    run_place const place;
    auto const shell =
        testmon::test::run_process("/bin/sh",
                                   {"-c",
                                    "sleep 600 & echo $! > other; exec \"$0\" run -n 1 -t "
                                    "leaves_a_daemon/itself -t kills_its_parent -- \"$1\"",
                                    TESTMON_COMMAND_PROGRAM, sample_program("torture", "linked")},
                                   {{}, place.path(), ""});
    auto const other = testmon::test::pid_in(place.file("other"));
    BOOST_TEST(shell.status.code == 1, shell.output << shell.errors);
    BOOST_TEST(shell.output.find("supervisor") != std::string::npos, shell.output);
    BOOST_TEST(testmon::test::is_running(other));
    ::kill(other, SIGKILL);
}

BOOST_DATA_TEST_CASE(nonsense_harms_no_other_test, data::make({"preloaded", "linked", "linked_whole"}), kind)
{
    run_place const place;
    auto const run =
        place.run({"-n", "2", "-t", "writes_everywhere,crowd"}, {sample_program("torture", kind)});
    BOOST_TEST_CONTEXT(run)
    {
        // What is said to the runner does not go through a descriptor.
        BOOST_TEST(run.status.code == 0);
        BOOST_TEST(run.outcomes().size() == 103U);
        for (auto const& [path, outcome] : run.outcomes()) {
            BOOST_TEST(outcome == "passed", path);
            BOOST_TEST(run.attempts_of(path) == 1U, path);
        }
    }
}

// ---- Outside of tests ----

namespace
{

struct outside_case {
    std::string does;
    int code;               // of the runner
    std::size_t passed;     // tests; the others are skipped, or do not run
    std::string text;       // that is told
    std::string in_batches; // the same there, where Boost.Test may have caught it
};

std::ostream& operator<<(std::ostream& out, outside_case const& one)
{
    return out << one.does;
}

std::string const aborted = "signal: SIGABRT";

std::vector<outside_case> const outside_cases{
    {"crash global_set_up", 4, 0, "killed by signal 6 (Aborted) before its first test", aborted},
    {"exit global_set_up", 4, 0, "exited with code 23 before its first test", ""},
    {"throw global_set_up", 4, 0, "thrown in global_set_up", "thrown in global_set_up"},
    {"fail global_set_up", 1, 28, "check 1 == 2 has failed", "check 1 == 2 has failed"},
    {"throw suite_set_up", 1, 23, "in \"together\": std::runtime_error: thrown in suite_set_up",
     "in \"together\": std::runtime_error: thrown in suite_set_up"},
    {"require suite_set_up", 1, 23, "critical check 1 == 2 has failed", "critical check 1 == 2 has failed"},
    {"throw suite_set_up,crash suite_tear_down", 1, 23, "killed by signal 6 (Aborted) ", aborted},
    {"require suite_set_up,crash suite_tear_down", 1, 23, "killed by signal 6 (Aborted) ", aborted},
    {"fail suite_tear_down", 1, 28, "check 1 == 2 has failed", "check 1 == 2 has failed"},
    {"throw suite_tear_down", 1, 28, "in \"together\": std::runtime_error: thrown in suite_tear_down",
     "in \"together\": std::runtime_error: thrown in suite_tear_down"},
    // Between two tests, or after the last one: who knows what the other worker has done meanwhile?
    {"crash suite_tear_down", 1, 28, "killed by signal 6 (Aborted) ", aborted},
    {"exit suite_tear_down", 1, 28, "exited with code 23 ", "exited with code 23"},
    {"crash global_tear_down", 1, 28, "killed by signal 6 (Aborted) after its last test", aborted},
    {"exit global_tear_down", 1, 28, "exited with code 23 after its last test", "exited with code 23"},
    {"exit exit", 1, 28, "exited with code 23 after its last test", "exited with code 23"},
};

std::string outside_texts(told_run const& run)
{
    std::string result;
    for (auto const& event : run.all("failed_outside_tests")) {
        result += string_of(event, "text") + '\n';
    }
    return result;
}

} // namespace

BOOST_DATA_TEST_CASE(what_fails_outside_of_tests_fails_the_run,
                     data::make(sample_kinds) * data::make(outside_cases), kind, one)
{
    run_place const place;
    testmon::test::child_options how;
    how.environment = {{"SAMPLE_DOES", one.does}};
    bool const is_batches = kind == "batches";
    auto const run = place.run({"-n", "2", "--junit", place.file("junit.xml").native()},
                               {sample_program("fragile", kind)}, how);
    BOOST_TEST_CONTEXT(run)
    {
        BOOST_TEST((is_batches ? run.status.code != 0 : run.status.code == one.code));
        std::size_t passed = 0;
        for (auto const& [path, outcome] : run.outcomes()) {
            passed += outcome == "passed" ? 1 : 0;
            BOOST_TEST((outcome == "passed" || outcome == "skipped"), path << ": " << outcome);
            BOOST_TEST(run.attempts_of(path) == 1U, path);
        }
        BOOST_TEST(passed == one.passed);
        auto const text = is_batches ? one.in_batches : one.text;
        BOOST_TEST(outside_texts(run).find(text) != std::string::npos);
        if (!text.empty()) {
            BOOST_TEST(run.output.find("failed outside of tests") != std::string::npos);
            BOOST_TEST(testmon::test::text_of(place.file("junit.xml")).find("outside of tests") !=
                       std::string::npos);
        }
        // What cannot begin is not tried for ever.
        if (one.code == 4) {
            BOOST_TEST(run.all("worker_started").size() <= 4U);
        }
        BOOST_TEST(processes_of_run(run.run_id()).empty());
    }
}

// A fixture of a suite is set up for the test that comes next.
BOOST_DATA_TEST_CASE(a_crash_in_a_set_up_is_that_of_the_test, data::make(sample_kinds), kind)
{
    run_place const place;
    testmon::test::child_options how;
    how.environment = {{"SAMPLE_DOES", "exit suite_set_up"}, {"SAMPLE_ONCE", place.file("once").native()}};
    auto const run = place.run({"-n", "2"}, {sample_program("fragile", kind)}, how);
    BOOST_TEST_CONTEXT(run)
    {
        BOOST_TEST(run.status.code == 1);
        std::size_t crashed = 0;
        for (auto const& [path, outcome] : run.outcomes()) {
            if (outcome == "crashed") {
                ++crashed;
                BOOST_TEST(path.rfind("together/", 0) == 0U);
                BOOST_TEST(json::serialize(run.attempt(path)).find("the fixture of suite \\\"together\\\"") !=
                           std::string::npos);
            } else {
                BOOST_TEST(outcome == "passed", path);
            }
        }
        BOOST_TEST(crashed == 1U);
        BOOST_TEST(run.outcomes().size() == 28U);
    }
}

// --timeout is for what is around the tests, too, of which ten times as much is allowed (R9).
BOOST_DATA_TEST_CASE(what_hangs_outside_of_tests_is_ended,
                     data::make({"preloaded", "batches"}) *
                         data::make({"start", "suite_set_up", "suite_tear_down", "exit"}),
                     kind, where)
{
    run_place const place;
    testmon::test::child_options how;
    std::string const at = where;
    how.environment = {{"SAMPLE_DOES", "hang " + at}};
    bool const is_of_suite = at.rfind("suite", 0) == 0;
    if (is_of_suite) {
        how.environment["SAMPLE_ONCE"] = place.file("once").native();
    }
    auto const run = place.run({"-n", "1", "--timeout", "0.6"}, {sample_program("fragile", kind)}, how);
    BOOST_TEST_CONTEXT(run)
    {
        bool const has_begun = at != "start";
        BOOST_TEST(run.status.code == (has_begun ? 1 : 4));
        BOOST_TEST((run.output + run.errors).find("--timeout 0.6 s: ") != std::string::npos);
        if (has_begun) {
            BOOST_TEST(run.outcomes().size() == 28U);
            for (auto const& [path, outcome] : run.outcomes()) {
                BOOST_TEST((outcome == "passed" || (is_of_suite && outcome == "timed_out")), path << outcome);
            }
            BOOST_TEST(processes_of_run(run.run_id()).empty());
        }
    }
}

BOOST_DATA_TEST_CASE(descriptors_closed_before_the_tests_harm_nothing, data::make(sample_kinds), kind)
{
    run_place const place;
    testmon::test::child_options how;
    how.environment = {{"SAMPLE_DOES", "close start"}};
    auto const run = place.run({"-n", "2"}, {sample_program("fragile", kind)}, how);
    BOOST_TEST_CONTEXT(run)
    {
        BOOST_TEST(run.status.code == 0);
        BOOST_TEST(run.outcomes().size() == 28U);
    }
}

// One process that cannot begin is no reason to give up.
BOOST_DATA_TEST_CASE(a_worker_that_could_not_begin_is_replaced,
                     data::make({"preloaded", "linked", "linked_whole"}) * data::make({1, 3}), kind, workers)
{
    run_place const place;
    testmon::test::child_options how;
    how.environment = {{"SAMPLE_DOES", "crash global_set_up"}, {"SAMPLE_ONCE", place.file("once").native()}};
    auto const run = place.run({"-n", std::to_string(workers)}, {sample_program("fragile", kind)}, how);
    BOOST_TEST_CONTEXT(run)
    {
        BOOST_TEST(run.status.code == 1);
        BOOST_TEST(run.outcomes().size() == 28U);
        BOOST_TEST(run.all("failed_outside_tests").size() == 1U);
    }
}

BOOST_DATA_TEST_CASE(one_that_dies_at_once_is_named, data::make(sample_kinds), kind)
{
    run_place const place;
    testmon::test::child_options how;
    how.environment = {{"SAMPLE_DOES", "crash start"}};
    auto const run = place.run({"-n", "2"}, {sample_program("fragile", kind)}, how);
    BOOST_TEST_CONTEXT(run)
    {
        BOOST_TEST(run.status.code == 4);
        BOOST_TEST(run.errors.find("killed by signal 6 (Aborted)") != std::string::npos);
        BOOST_TEST(run.errors.find("will crash in start") != std::string::npos);
        BOOST_TEST(place.recorded().size() == 1U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
