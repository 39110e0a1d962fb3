// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "told_run.hpp"

#include "support/database_command.hpp"
#include "support/foreign_state.hpp"
#include "support/supervised.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace
{

namespace data = boost::unit_test::data;
namespace fs = boost::filesystem;
namespace json = boost::json;

using testmon::test::child_options;
using testmon::test::distributions;
using testmon::test::is_running;
using testmon::test::pid_in;
using testmon::test::processes_of_run;
using testmon::test::run_place;
using testmon::test::run_process;
using testmon::test::sample_kinds;
using testmon::test::sample_program;
using testmon::test::text_of;
using testmon::test::told_run;
using words = std::vector<std::string>;

std::string string_of(json::object const& object, char const* key)
{
    return object.at(key).as_string().c_str();
}

std::int64_t count_of(told_run const& run, char const* verdict)
{
    return run.end().at("counts").as_object().at(verdict).to_number<std::int64_t>();
}

child_options with(std::map<std::string, std::string> environment)
{
    child_options how;
    how.environment = std::move(environment);
    return how;
}

std::string fragile(std::string const& kind = "linked")
{
    return sample_program("fragile", kind);
}

// What the samples have recorded with this beginning.
std::vector<std::string> recorded(run_place const& place, std::string const& beginning)
{
    std::vector<std::string> result;
    for (auto const& line : place.recorded()) {
        if (line.rfind(beginning, 0) == 0) {
            result.push_back(line.substr(beginning.size()));
        }
    }
    return result;
}

std::set<std::string> tests_of(told_run const& run)
{
    std::set<std::string> result;
    for (auto const& one : run.outcomes()) {
        result.insert(one.first);
    }
    return result;
}

// Each test with its worker, in the order in which they ended on it.
std::map<std::string, words> tests_of_workers(told_run const& run)
{
    std::map<std::string, words> result;
    for (auto const& event : run.all("attempt_finished")) {
        result[string_of(event, "worker")].push_back(string_of(event, "test"));
    }
    return result;
}

std::size_t executions_in_database(run_place const& place)
{
    auto const file = place.file("export.json");
    testmon::test::database_command(place.file(".testmondata-cpp"), {"export", "--output", file.native()});
    auto const text = text_of(file);
    std::string const key = "\"attempt\"";
    std::size_t count = 0;
    for (auto at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
        ++count;
    }
    return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_options)

// ---- Exit codes ----

namespace
{

struct ending {
    words options;
    words program;
    int code;
    std::string text; // a part of the output or the errors
};

std::ostream& operator<<(std::ostream& out, ending const& one)
{
    for (auto const& word : one.options) {
        out << word << ' ';
    }
    return out << "-- " << one.program.front();
}

std::vector<ending> const endings{
    {{"-t", "passes"}, {sample_program("behaving", "linked")}, 0, "1 passed"},
    {{"-t", "fails"}, {sample_program("behaving", "linked")}, 1, "1 failed"},
    {{"-t", "fails_as_expected"}, {sample_program("behaving", "linked")}, 0, "1 passed"},
    {{"--no-such-option"}, {fragile()}, 2, "'--no-such-option'; see \"testmon run --help\""},
    {{"--dist", "nowhere"}, {fragile()}, 2, "nowhere"},
    {{"-t", "no_such_test", "-t", "nor_this"},
     {fragile()},
     3,
     "fragile_linked: none of its 28 tests is selected by -t no_such_test -t nor_this\n"},
    {{}, {"./no_such_program"}, 4, "testmon: cannot run ./no_such_program: No such file or directory\n"},
    {{}, {"/bin/true"}, 4, "/bin/true, asked for its tests: exited with code 0; there is no"},
    {{}, {"/bin/sh", "-c", "echo oh dear; exit 3"}, 4, "oh dear"},
    {{}, {"/bin/sh", "-c", "kill -KILL $$"}, 4, "killed by signal 9"},
    {{}, {"/usr/bin/yes"}, 4, "printed more than 256 MiB instead of a list of its tests, and was killed"},
    {{"--setup", "echo no server >&2; exit 7"}, {fragile()}, 4, "exited with code 7: no server"},
    {{"--setup", "echo '[1]'"}, {fragile()}, 4, "something else than a JSON object"},
    {{"--teardown", "exit 7"}, {fragile()}, 4, "exited with code 7"},
};

} // namespace

BOOST_DATA_TEST_CASE(the_exit_code_tells_how_it_ended, data::make(endings), one)
{
    run_place const place;
    auto options = one.options;
    options.insert(options.begin(), {"-n", "2"});
    auto const run = place.run(options, one.program);
    BOOST_TEST_CONTEXT(run)
    {
        BOOST_TEST(run.status.code == one.code);
        BOOST_TEST((run.output + run.errors).find(one.text) != std::string::npos);
    }
}

BOOST_DATA_TEST_CASE(the_variable_of_boost_test_selects_where_nothing_else_does, data::make(sample_kinds),
                     kind)
{
    run_place const place;
    auto const how = with({{"BOOST_TEST_RUN_FILTERS", "alone/*"}});
    BOOST_TEST(place.run({"-n", "2"}, {sample_program("fragile", kind)}, how).outcomes().size() == 10U);
    BOOST_TEST(
        place.run({"-n", "2", "-t", "together"}, {sample_program("fragile", kind)}, how).outcomes().size() ==
        5U);
}

BOOST_AUTO_TEST_CASE(without_two_dashes_the_first_that_is_no_option_is_the_executable)
{
    run_place const place;
    child_options how;
    how.working_directory = place.path();
    for (auto const& options : {words{"-n", "2", "-t", "alone"}, words{"-n2", "--run_test=alone"},
                                words{"--workers", "2", "-v", "-t", "alone"}}) {
        words all{"run"};
        all.insert(all.end(), options.begin(), options.end());
        all.push_back(fragile());
        auto const run = run_process(TESTMON_COMMAND_PROGRAM, all, how);
        BOOST_TEST(run.status.code == 0, run.errors);
        BOOST_TEST(run.output.find("=== 10 passed") != std::string::npos, run.output);
    }
    auto const run = run_process(TESTMON_COMMAND_PROGRAM, {"run", "-n", "2"}, how);
    BOOST_TEST(run.status.code == 2);
    BOOST_TEST(run.errors.find("a test executable is missing") != std::string::npos, run.errors);
}

BOOST_DATA_TEST_CASE(it_may_be_started_through_another, data::make(sample_kinds), kind)
{
    run_place const place;
    words const commands[] = {
        {"env", "A=b", sample_program("fragile", kind)},
        {"timeout", "-k", "60", "600", sample_program("fragile", kind), "--",
         "-k"}, // a letter of Boost.Test's
    };
    for (auto const& command : commands) {
        auto const run = place.run({"-n", "2", "-t", "alone"}, command);
        BOOST_TEST(run.outcomes().size() == 10U, run);
        BOOST_TEST(run.status.code == 0, run);
    }
}

BOOST_DATA_TEST_CASE(the_list_of_tests_is_not_sent_elsewhere, data::make(sample_kinds), kind)
{
    run_place const place;
    auto const sink = place.file("report").native();
    words const program{sample_program("fragile", kind)};
    auto const by_variable = place.run({"-t", "alone"}, program, with({{"BOOST_TEST_REPORT_SINK", sink}}));
    BOOST_TEST(by_variable.outcomes().size() == 10U, by_variable);
    auto const by_argument = place.run({"-t", "alone"}, {program[0], "--report_sink=" + sink});
    BOOST_TEST(by_argument.outcomes().size() == 10U, by_argument);
}

BOOST_AUTO_TEST_CASE(who_is_asked_for_no_test_is_refused)
{
    run_place const place;
    auto const run = place.run({}, {fragile(), "--list_labels"});
    BOOST_TEST(run.status.code == 2);
    BOOST_TEST(run.errors.find("\"--list_labels\" asks the test executable to run no test") !=
                   std::string::npos,
               run);
}

BOOST_AUTO_TEST_CASE(a_directory_that_cannot_be_written_to_is_named)
{
    run_place const place;
    auto how = with({});
    how.working_directory = "/proc/self";
    auto const run = place.run({}, {fragile()}, how);
    BOOST_TEST(run.status.code == 4, run);
    BOOST_TEST(run.errors.find("cannot") != std::string::npos, run);
    BOOST_TEST(run.errors.find("/proc/") != std::string::npos, run);
}

// ---- Retries ----

BOOST_DATA_TEST_CASE(one_that_passes_on_a_retry_is_flaky, data::make(sample_kinds), kind)
{
    run_place const place;
    auto const run = place.run({"-n", "2", "--retries", "2"}, {fragile(kind)},
                               with({{"SAMPLE_FLAKY", "1"}, {"SAMPLE_ONCE", place.file("once").native()}}));
    BOOST_TEST_CONTEXT(run)
    {
        BOOST_TEST(run.status.code == 0);
        BOOST_TEST(run.attempts_of("is_flaky") == 2U);
        BOOST_TEST(recorded(place, "is_flaky").size() == 2U);
        BOOST_TEST(count_of(run, "flaky") == 1);
        BOOST_TEST(count_of(run, "passed") == 27);
        BOOST_TEST(executions_in_database(place) == 29U);
    }
}

BOOST_AUTO_TEST_CASE(without_retries_it_has_failed)
{
    run_place const place;
    auto const run = place.run({"-n", "2"}, {fragile()},
                               with({{"SAMPLE_FLAKY", "1"}, {"SAMPLE_ONCE", place.file("once").native()}}));
    BOOST_TEST(run.status.code == 1, run);
    BOOST_TEST(count_of(run, "failed") == 1);
    BOOST_TEST(run.attempts_of("is_flaky") == 1U);
}

BOOST_DATA_TEST_CASE(retries_have_an_end, data::make(sample_kinds), kind)
{
    run_place const place;
    auto const run =
        place.run({"-n", "2", "--retries", "2"}, {fragile(kind)}, with({{"SAMPLE_DOES", "crash behind 3"}}));
    BOOST_TEST_CONTEXT(run)
    {
        BOOST_TEST(run.status.code == 1);
        BOOST_TEST(run.attempts_of("behind/test/_3") == 3U);
        BOOST_TEST(recorded(place, "behind 3").size() == 3U);
        BOOST_TEST(count_of(run, "crashed") == 1);
        BOOST_TEST(count_of(run, "passed") == 27);
        BOOST_TEST(executions_in_database(place) == 30U);
    }
}

BOOST_AUTO_TEST_CASE(the_last_retry_is_alone)
{
    run_place const place;
    auto const meeting = place.file("meeting");
    fs::create_directory(meeting);
    // Each test holds the file of the other's name for as long as it waits for it: no two pass side by side.
    auto const run = place.run({"-n", "2", "--retries", "1", "--dist", "each", "-t", "in_files"},
                               {sample_program("fixed_paths", "linked")},
                               with({{"SAMPLE_MEET", meeting.native()},
                                     {"SAMPLE_NAME", meeting.parent_path().filename().native() + ".name"}}));
    BOOST_TEST(count_of(run, "failed") != 0, run); // with "each", nothing is retried
    BOOST_TEST(run.all("attempt_finished").size() == 4U);

    auto const again =
        place.run({"-n", "2", "--retries", "1", "-t", "in_files"}, {sample_program("fixed_paths", "linked")},
                  with({{"SAMPLE_MEET", meeting.native()},
                        {"SAMPLE_NAME", meeting.parent_path().filename().native() + ".name"}}));
    BOOST_TEST(again.status.code == 0, again);
    auto const alone = again.end().at("passed_alone").as_array();
    for (auto const& test : alone) {
        BOOST_TEST(again.attempts_of(test.as_string().c_str()) == 2U);
    }
    // While it ran, no other did: after its start no test ended but it.
    std::string running;
    for (auto const& event : again.events) {
        auto const kind = string_of(event, "event");
        if (kind == "test_started" && event.at("attempt").to_number<int>() == 2) {
            BOOST_TEST(running.empty());
            running = string_of(event, "test");
        } else if (kind == "attempt_finished" && !running.empty()) {
            BOOST_TEST(string_of(event, "test") == running);
            running.clear();
        }
    }
}

// ---- Stopping ----

BOOST_DATA_TEST_CASE(maxfail_stops, data::make(sample_kinds), kind)
{
    run_place const place;
    for (auto const& options : {words{"-n", "1", "--maxfail", "2"}, words{"-n", "1", "-x"}}) {
        auto arguments = options;
        arguments.insert(arguments.end(), {"--order", "declared"});
        auto const run = place.run(arguments, {sample_program("behaving", kind)});
        BOOST_TEST_CONTEXT(run)
        {
            BOOST_TEST(run.status.code == 1);
            BOOST_TEST(string_of(run.end(), "end") == "max_failures");
            BOOST_TEST(count_of(run, "failed") >= (options.back() == "-x" ? 1 : 2));
            BOOST_TEST(count_of(run, "not_run") > 0);
            BOOST_TEST(processes_of_run(run.run_id()).empty());
        }
    }
}

// Of tests that are handed over together, also where a test has closed what the worker hears the runner by.
BOOST_DATA_TEST_CASE(the_failure_that_stops_the_run_is_the_last_test_of_its_worker,
                     data::make({"preloaded", "linked", "linked_whole"}) *
                         data::make({"fail alone 3", "close alone 3,fail alone 3",
                                     "fail alone 3,close alone 3"}),
                     kind, does)
{
    run_place const place;
    words const program{sample_program("fragile", kind)};
    words options{"-n", "1", "-t", "alone", "--order", "declared"};
    BOOST_TEST(place.run(options, program).status.code == 0); // how long they take is known now
    auto const environment = with({{"SAMPLE_DOES", std::string(does) + ",fail alone 5"}});
    for (int const most : {1, 2, 3}) {
        auto arguments = options;
        arguments.insert(arguments.end(), {"--maxfail", std::to_string(most)});
        auto const run = place.run(arguments, program, environment);
        BOOST_TEST_CONTEXT(run)
        {
            BOOST_TEST(run.status.code == 1);
            BOOST_TEST(count_of(run, "failed") == std::min(most, 2));
            BOOST_TEST(count_of(run, "not_run") == (most == 1 ? 6 : most == 2 ? 4 : 0));
        }
    }
}

BOOST_AUTO_TEST_CASE(no_worker_is_replaced_where_none_may_be)
{
    run_place const place;
    auto const environment = with({{"SAMPLE_DOES", "crash alone 3"}});
    auto const one =
        place.run({"-n", "1", "--max-worker-restart", "0", "--order", "declared"}, {fragile()}, environment);
    BOOST_TEST_CONTEXT(one)
    {
        BOOST_TEST(one.status.code == 4);
        BOOST_TEST(string_of(one.end(), "trouble").find("no worker is left") != std::string::npos);
        BOOST_TEST(one.end().at("worker_restarts").to_number<int>() == 0);
        BOOST_TEST(count_of(one, "crashed") == 1);
        BOOST_TEST(count_of(one, "not_run") > 0);
        BOOST_TEST(one.all("worker_started").size() == 1U);
    }
    // The other one runs what is left.
    for (auto const& mode : distributions) {
        if (mode == "each") {
            continue;
        }
        auto const two =
            place.run({"-n", "2", "--max-worker-restart", "0", "--dist", mode}, {fragile()}, environment);
        BOOST_TEST_CONTEXT(mode << ": " << two)
        {
            BOOST_TEST(two.status.code == 1);
            BOOST_TEST(count_of(two, "passed") == 27);
            BOOST_TEST(count_of(two, "crashed") == 1);
        }
    }
    // Nobody else may run what is for one worker only.
    auto const each =
        place.run({"-n", "2", "--max-worker-restart", "1", "--dist", "each"}, {fragile()}, environment);
    BOOST_TEST(each.status.code == 4, each);
}

BOOST_AUTO_TEST_CASE(with_each_every_worker_runs_all)
{
    run_place const place;
    auto const run = place.run(
        {"-n", "3", "--dist", "each", "--maxfail", "2", "--junit", place.file("junit.xml").native()},
        {fragile()}, with({{"SAMPLE_DOES", "fail alone 3"}}));
    BOOST_TEST_CONTEXT(run)
    {
        BOOST_TEST(run.status.code == 1);
        BOOST_TEST(string_of(run.end(), "end") == "complete"); // it is one test
        BOOST_TEST(run.all("attempt_finished").size() == 3U * 28U);
        for (auto const& event : run.all("attempt_finished")) {
            BOOST_TEST(event.at("attempt").to_number<int>() == 1);
        }
        BOOST_TEST(count_of(run, "failed") == 1);
        BOOST_TEST(count_of(run, "passed") == 27);
        BOOST_TEST(run.output.find("flaky") == std::string::npos);
        BOOST_TEST(text_of(place.file("junit.xml")).find("<flaky") == std::string::npos);
    }
}

// ---- Surroundings ----

BOOST_DATA_TEST_CASE(workers_see_who_they_are, data::make(sample_kinds), kind)
{
    run_place const place;
    auto const run = place.run({"-n", "3", "--dist", "each", "-t", "sees_a_worker"}, {fragile(kind)});
    BOOST_TEST_CONTEXT(run)
    {
        BOOST_TEST(run.status.code == 0);
        auto names = recorded(place, "TESTMON_XDIST_WORKER=");
        std::sort(names.begin(), names.end());
        BOOST_TEST(names == (words{"gw0", "gw1", "gw2"}), boost::test_tools::per_element());
        BOOST_TEST(recorded(place, "TESTMON_XDIST_WORKER_COUNT=") == (words{"3", "3", "3"}),
                   boost::test_tools::per_element());
        BOOST_TEST(recorded(place, "TESTMON_XDIST_RUN_ID=") == words(3, run.run_id()),
                   boost::test_tools::per_element());
        BOOST_TEST(recorded(place, "working directory ") == words(3, fs::canonical(place.path()).native()),
                   boost::test_tools::per_element());
        auto const directories = recorded(place, "TESTMON_XDIST_WORKER_DIR=");
        BOOST_TEST(std::set<std::string>(directories.begin(), directories.end()).size() == 3U);
        for (auto const& directory : directories) {
            BOOST_TEST(!fs::exists(directory));
        }
    }
}

BOOST_DATA_TEST_CASE(scratch_directories_are_worked_in_and_kept, data::make(sample_kinds), kind)
{
    run_place const place;
    auto const run =
        place.run({"-n", "2", "-t", "sees_a_worker", "--worker-cwd", "--keep-scratch"}, {fragile(kind)});
    BOOST_TEST(run.status.code == 0, run);
    auto const directory = recorded(place, "TESTMON_XDIST_WORKER_DIR=");
    BOOST_TEST_REQUIRE(directory.size() == 1U);
    BOOST_TEST(recorded(place, "working directory ") == directory, boost::test_tools::per_element());
    BOOST_TEST(fs::exists(fs::path(directory.front()) / "written"));
    fs::remove_all(fs::path(directory.front()).parent_path().parent_path());
}

BOOST_DATA_TEST_CASE(arguments_reach_the_tests, data::make(sample_kinds), kind)
{
    run_place const place;
    auto const run = place.run({"-n", "2", "-t", "has_arguments"},
                               {fragile(kind), "--", "one", "-two", "--three=4", "a b"});
    BOOST_TEST(run.status.code == 0, run);
    BOOST_TEST(recorded(place, "argument ") == (words{"one", "-two", "--three=4", "a b"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(setup_and_teardown_surround_the_tests)
{
    run_place const place;
    auto const setup =
        "echo set up >> \"$SAMPLE_RECORD\"; sleep 600 & echo $! > server; echo '{\"port\": 4711}'";
    auto const teardown = "echo torn down >> \"$SAMPLE_RECORD\"; kill -0 $(cat server) && echo > was_there; "
                          "grep -r 4711 \"$TESTMON_XDIST_DIR/$TESTMON_XDIST_RUN_ID\" > state";
    auto const run = place.run({"-n", "2", "--setup", setup, "--teardown", teardown}, {fragile()});
    BOOST_TEST_CONTEXT(run)
    {
        BOOST_TEST(run.status.code == 0);
        auto const lines = place.recorded();
        BOOST_TEST(lines.front() == "set up");
        BOOST_TEST(lines.back() == "torn down");
        BOOST_TEST(fs::exists(place.file("was_there")));
        BOOST_TEST(text_of(place.file("state")).find("\"port\":4711") != std::string::npos);
        BOOST_TEST(!is_running(pid_in(place.file("server"))));
        BOOST_TEST(processes_of_run(run.run_id()).empty());
    }
}

BOOST_AUTO_TEST_CASE(what_was_begun_to_be_set_up_is_torn_down)
{
    run_place const place;
    auto const run =
        place.run({"--setup", "exit 1", "--teardown", "echo torn down >> \"$SAMPLE_RECORD\""}, {fragile()});
    BOOST_TEST(run.status.code == 4, run);
    BOOST_TEST(place.recorded() == (words{"torn down"}), boost::test_tools::per_element());
}

// ---- Isolation ----

namespace
{

struct isolation_case {
    std::string isolate; // empty: none
    bool files_pass;
    bool ports_pass;
};

std::ostream& operator<<(std::ostream& out, isolation_case const& one)
{
    return out << '"' << one.isolate << '"';
}

std::vector<isolation_case> const isolation_cases{
    {"", false, false}, {"files", true, false}, {"net", false, true}, {"all", true, true}};

} // namespace

// Each of two workers runs all tests at the same time as the other: they meet.
BOOST_DATA_TEST_CASE(isolated_tests_share_nothing, data::make(isolation_cases), one)
{
    run_place const place;
    auto const program = place.file("tests");
    fs::copy_file(sample_program("fixed_paths", "linked"), program);
    fs::path const shared("/dev/shm");
    if (!fs::is_directory(shared)) {
        BOOST_TEST_MESSAGE("there is nothing that isolated processes share");
        return;
    }
    auto const meeting = shared / fs::unique_path("testmon-%%%%-%%%%");
    fs::create_directory(meeting);
    words options{"-n", "2", "--dist", "each"};
    if (!one.isolate.empty()) {
        options.insert(options.end(), {"--isolate", one.isolate});
    }
    auto const run = place.run(options, {program.native()},
                               with({{"SAMPLE_MEET", meeting.native()},
                                     {"SAMPLE_NAME", meeting.filename().native()},
                                     {"SAMPLE_PORT", "45711"}}));
    fs::remove_all(meeting);
    if (run.errors.find("the kernel") != std::string::npos ||
        run.errors.find("refuse") != std::string::npos) {
        BOOST_TEST_MESSAGE("nothing can be isolated here: " << run.errors);
        return;
    }
    BOOST_TEST_CONTEXT(run)
    {
        std::map<std::string, bool> passed{{"in_files", true}, {"on_ports", true}};
        for (auto const& event : run.all("attempt_finished")) {
            auto const test = string_of(event, "test");
            auto& all = passed.at(test.substr(0, test.find('/')));
            all = all && string_of(event, "outcome") == "passed";
        }
        BOOST_TEST(run.all("attempt_finished").size() == 8U);
        BOOST_TEST(passed.at("in_files") == one.files_pass);
        BOOST_TEST(passed.at("on_ports") == one.ports_pass);
    }
}

// ---- Selection ----

BOOST_AUTO_TEST_CASE(shards_are_parts_of_the_whole)
{
    run_place const place;
    auto const program = sample_program("behaving", "linked");
    auto const whole = tests_of(place.run({"-n", "2"}, {program}));
    std::set<std::string> together;
    std::size_t sum = 0;
    for (auto const* const part : {"1/3", "2/3", "3/3"}) {
        auto const tests =
            tests_of(place.run({"-n", "2", "--shard-by", "count", "--shard", part}, {program}));
        BOOST_TEST(!tests.empty());
        sum += tests.size();
        together.insert(tests.begin(), tests.end());
    }
    // What a test depends on runs with it, in another shard, too.
    BOOST_TEST((together == whole));
    BOOST_TEST(sum >= whole.size());
}

// Whoever sets the variables does not say that the shards begin with the same history, and here they do not.
BOOST_AUTO_TEST_CASE(shards_of_the_environment_do_not_depend_on_the_history)
{
    run_place const place;
    auto const program = sample_program("behaving", "linked");
    auto const whole = tests_of(place.run({"-n", "2"}, {program}));
    std::set<std::string> together;
    std::set<std::string> divisions;
    for (auto const* const index : {"0", "1", "2"}) {
        auto const run = place.run({"-n", "2", "--progress", "plain"}, {program},
                                   with({{"TEST_TOTAL_SHARDS", "3"}, {"TEST_SHARD_INDEX", index}}));
        auto const tests = tests_of(run);
        together.insert(tests.begin(), tests.end());
        auto const at = run.output.find("; division ");
        BOOST_REQUIRE(at != std::string::npos);
        divisions.insert(run.output.substr(at, run.output.find(',', at) - at));
    }
    BOOST_TEST((together == whole));
    BOOST_TEST(divisions.size() == 1U);
}

BOOST_AUTO_TEST_CASE(those_that_failed_last_are_run_again)
{
    run_place const place;
    auto const environment = with({{"SAMPLE_DOES", "fail behind 3"}});
    place.run({"-n", "2"}, {fragile()}, environment);
    auto const run = place.run({"-n", "2", "--last-failed"}, {fragile()}, environment);
    BOOST_TEST((tests_of(run) == std::set<std::string>{"behind/test/_3"}), run);
    auto const mended = place.run({"-n", "2", "--last-failed"}, {fragile()});
    BOOST_TEST(mended.status.code == 0, mended);
    BOOST_TEST(tests_of(place.run({"-n", "2", "--last-failed"}, {fragile()})).size() == 28U);
}

BOOST_DATA_TEST_CASE(a_replay_is_the_same_again, data::make(sample_kinds), kind)
{
    run_place const place;
    auto const first = place.run({"-n", "2"}, {fragile(kind)});
    auto const again = place.run({"--replay"}, {fragile(kind)});
    BOOST_TEST(again.status.code == 0, again);
    BOOST_TEST((tests_of_workers(first) == tests_of_workers(again)), first << again);
}

BOOST_AUTO_TEST_CASE(a_replay_of_what_each_worker_ran_has_no_retries)
{
    run_place const place;
    auto const first = place.run({"-n", "2", "--dist", "each"}, {fragile()});
    for (int i = 0; i < 2; ++i) {
        auto const again = place.run({"--replay"}, {fragile()});
        BOOST_TEST((tests_of_workers(first) == tests_of_workers(again)), first << again);
        for (auto const& attempt : again.all("attempt_finished")) {
            BOOST_TEST(attempt.at("attempt").as_int64() == 1);
        }
    }
}

BOOST_AUTO_TEST_CASE(executables_of_one_name_have_a_replay_each)
{
    run_place const place;
    for (auto const* const directory : {"one", "other"}) {
        fs::create_directory(place.file(directory));
        fs::create_symlink(fragile(), place.file(directory) / "tests");
    }
    auto const outcomes = place.run({"-t", "alone"}, {"one/tests"}).outcomes();
    BOOST_TEST(place.run({"-t", "together"}, {"other/tests"}).outcomes().size() == 5U);
    BOOST_TEST((place.run({"--replay"}, {"one/tests"}).outcomes() == outcomes));
}

BOOST_DATA_TEST_CASE(a_list_runs_nothing, data::make(sample_kinds), kind)
{
    run_place const place;
    auto how = with({{"SAMPLE_RECORD", place.file("record").native()}});
    how.working_directory = place.path();
    auto const list = [&](std::string const& filter) {
        return testmon::test::run_process(TESTMON_COMMAND_PROGRAM,
                                          {"run", "--list", "-t", filter, "--", fragile(kind)}, how);
    };
    auto const nothing = list("no_such_test");
    BOOST_TEST(nothing.status.code == 3);
    BOOST_TEST(nothing.output == "");
    BOOST_TEST(nothing.errors.find("none of its 28 tests is selected by -t no_such_test\n") !=
               std::string::npos);
    auto const listed = list("alone");
    BOOST_TEST(listed.status.code == 0);
    BOOST_TEST(std::count(listed.output.begin(), listed.output.end(), '\n') == 10);
    BOOST_TEST(recorded(place, "alone").empty());
}

BOOST_AUTO_TEST_CASE(two_runs_do_not_meet)
{
    run_place const place;
    run_place const other; // only what the runner tells goes elsewhere
    auto how = with({});
    how.working_directory = place.path();
    auto running = other.start({"-n", "2"}, {fragile()}, how);
    auto const run = place.run({"-n", "2"}, {fragile()});
    auto const status = running.wait();
    BOOST_TEST(run.status.code == 0, run);
    BOOST_TEST(status.code == 0, running.errors());
    BOOST_TEST(run.outcomes().size() == 28U);
    BOOST_TEST(other.told().outcomes().size() == 28U);
    BOOST_TEST(executions_in_database(place) == 56U);
}

BOOST_AUTO_TEST_SUITE_END()
