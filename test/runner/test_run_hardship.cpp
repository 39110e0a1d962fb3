// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Where the system has too little, or what the runner relies on is taken away: each run comes to an end, and
// says what was wrong.
#include "told_run.hpp"

#include "support/mounted_file_system.hpp"
#include "support/supervised.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <vector>

namespace
{

namespace data = boost::unit_test::data;
namespace fs = boost::filesystem;

using testmon::test::child_options;
using testmon::test::eventually;
using testmon::test::mounted_file_system;
using testmon::test::parent_of;
using testmon::test::run_place;
using testmon::test::run_process;
using testmon::test::sample_kinds;
using testmon::test::sample_program;
using words = std::vector<std::string>;

child_options with(std::string const& variable, std::string const& value)
{
    child_options how;
    how.environment = {{variable, value}};
    return how;
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_hardship)

// Whatever it is that cannot be opened.
BOOST_DATA_TEST_CASE(a_runner_without_descriptors_says_so,
                     data::make({"linked", "batches"}) * data::xrange(17, 32), kind, limit)
{
    run_place const place;
    auto how = with("SAMPLE_RECORD", place.file("record").native());
    how.working_directory = place.path();
    auto const run =
        run_process("/bin/sh",
                    {"-c", "ulimit -n \"$0\"; exec \"$@\"", std::to_string(limit), TESTMON_COMMAND_PROGRAM,
                     "run", "-n", "16", "-t", "alone", "--", sample_program("fragile", kind)},
                    how);
    auto const text = run.output + run.errors;
    BOOST_TEST_CONTEXT(text)
    {
        BOOST_TEST(run.status.signal == 0);
        BOOST_TEST((run.status.code == 1 || run.status.code == 4));
        BOOST_TEST((text.find("Too many open files") != std::string::npos ||
                    text.find("unable to open database file") != std::string::npos)); // so says SQLite
    }
}

// More than the usual 1024 descriptors are enough for, if more may be had.
BOOST_AUTO_TEST_CASE(descriptors_are_taken_as_far_as_they_may_be)
{
    run_place const place;
    auto how = with("SAMPLE_RECORD", place.file("record").native());
    how.working_directory = place.path();
    auto const run = run_process("/bin/sh",
                                 {"-c", "ulimit -S -n 30; exec \"$@\"", "sh", TESTMON_COMMAND_PROGRAM, "run",
                                  "-n", "16", "-t", "alone", "--", sample_program("fragile", "linked")},
                                 how);
    BOOST_TEST(run.status.code == 0, run.output << run.errors);
}

BOOST_DATA_TEST_CASE(what_fails_before_the_tests_does_not_keep_the_teardown_from_running,
                     data::make(sample_kinds), kind)
{
    run_place const place;
    std::ofstream(place.file(".testmondata-cpp").native()) << "this is no database";
    auto const run = place.run({"-n", "2", "--teardown", "sleep 0.2; echo torn down >> \"$SAMPLE_RECORD\""},
                               {sample_program("fragile", kind)});
    BOOST_TEST_CONTEXT(run)
    {
        BOOST_TEST(run.status.code == 4);
        BOOST_TEST(run.errors.find("is not a database") != std::string::npos);
        BOOST_TEST(place.has_recorded("torn down"));
    }
}

// In a replay, nobody else may run its tests.
BOOST_AUTO_TEST_CASE(a_worker_that_could_not_begin_is_replaced_in_a_replay)
{
    run_place const place;
    words const program{sample_program("fragile", "linked")};
    BOOST_TEST(place.run({"-n", "2", "-t", "alone/test/_0"}, program).status.code == 0);
    auto how = with("SAMPLE_DOES", "crash global_set_up");
    how.environment["SAMPLE_ONCE"] = place.file("once").native();
    auto const run = place.run({"--replay"}, program, how);
    BOOST_TEST(run.status.code == 1, run);
    BOOST_TEST(run.outcomes().size() == 1U, run);
}

BOOST_DATA_TEST_CASE(tests_may_remove_the_directory_of_the_coordination, data::make(sample_kinds), kind)
{
    run_place const place;
    child_options how;
    how.environment = {{"SAMPLE_DOES", "wait alone 0,crash alone 1"},
                       {"SAMPLE_GO", place.file("go").native()}};
    auto process = place.start({"-n", "2", "--order", "declared"}, {sample_program("fragile", kind)}, how);
    BOOST_TEST_REQUIRE(eventually([&] { return place.has_recorded("alone 0"); }));
    BOOST_TEST_REQUIRE(eventually([&] { // the others make files there meanwhile
        boost::system::error_code failed;
        fs::remove_all(place.file(".testmon_xdist"), failed);
        return !failed;
    }));
    fs::create_directory(place.file("go"));
    auto const status = process.wait();
    auto run = place.told();
    BOOST_TEST(status.code == 1, process.output() << process.errors());
    BOOST_TEST(run.outcomes().size() == 28U);
    for (auto const& [path, outcome] : run.outcomes()) {
        BOOST_TEST(outcome == (path == "alone/test/_1" ? "crashed" : "passed"), path << ": " << outcome);
    }
}

// The signal of --timeout may come when the next test runs already, which is not its fault.
BOOST_AUTO_TEST_CASE(a_signal_that_is_late_is_not_the_fault_of_the_next_test)
{
    run_place const place;
    words const program{sample_program("fragile", "linked")};
    words options{"-n", "1", "-t", "alone", "--order", "declared"};
    BOOST_TEST(place.run(options, program).status.code == 0); // now they are handed out together
    child_options how;
    how.environment = {{"SAMPLE_DOES", "wait alone 0,hang alone 1"},
                       {"SAMPLE_GO", place.file("go").native()}};
    options.insert(options.end(), {"--timeout", "2"});
    place.forget_recorded();
    auto process = place.start(options, program, how);
    BOOST_TEST_REQUIRE(eventually([&] { return place.has_recorded("alone 0"); }));
    auto const began = std::chrono::steady_clock::now();
    auto const supervisor =
        parent_of(static_cast<::pid_t>(place.told().all("worker_started").front().at("pid").as_int64()));
    BOOST_TEST_REQUIRE(::kill(supervisor, SIGSTOP) == 0);
    // Nobody tells that the signal was sent. If it was not, this test is an easier one.
    BOOST_TEST(eventually(
        [&] { return std::chrono::steady_clock::now() - began > std::chrono::milliseconds(2500); }));
    fs::create_directory(place.file("go"));
    BOOST_TEST(eventually([&] { return place.told().attempts_of("alone/test/_0") == 1; }));
    BOOST_TEST(::kill(supervisor, SIGCONT) == 0);
    BOOST_TEST(process.wait().code == 1);
    auto const run = place.told();
    BOOST_TEST(run.outcomes().size() == 10U, run);
    BOOST_TEST(run.attempts_of("alone/test/_1") == 1U, run);
    BOOST_TEST(run.attempt("alone/test/_1").at("outcome").as_string() == "timed_out", run);
    BOOST_TEST(run.attempt("alone/test/_1").at("attempt").as_int64() == 1, run);
}

// Whether there is anything to run is known before anything has to be written.
BOOST_DATA_TEST_CASE(a_database_that_may_only_be_read, data::make({"linked", "batches"}), kind)
{
    mounted_file_system const disk("size=4m");
    if (!disk.is_mounted()) {
        return;
    }
    run_place const place;
    auto const how = with("TESTMON_DATAFILE", (disk.path() / "t.db").native());
    words const program{sample_program("fragile", kind)};
    BOOST_TEST(place.run({"-t", "alone"}, program, how).status.code == 0);
    disk.make_read_only();
    BOOST_TEST(place.run({"-t", "alone", "--new"}, program, how).status.code == 3);
    auto const run = place.run({"-t", "alone"}, program, how);
    BOOST_TEST(run.status.code == 4);
    BOOST_TEST(run.errors.find("the file may not be written to") != std::string::npos, run);
}

BOOST_AUTO_TEST_SUITE_END()
