// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// The process is killed, or the disk fails, at each step that SQLite takes on the file system, in each
// operation; and a real disk is full.
#include "support/child_process.hpp"
#include "support/database_samples.hpp"
#include "support/mounted_file_system.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/database.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace testmon::database;
using namespace testmon::test;
namespace fs = boost::filesystem;

namespace
{

using words = std::vector<std::string>;

finished_process run_with_fault(fs::path const& file, words operations, std::string const& fault)
{
    operations.insert(operations.begin(), file.native());
    child_options how;
    how.environment["TESTMON_TEST_DATABASE_FAULT"] = fault;
    return run_process(TESTMON_DATABASE_PARTICIPANT_PROGRAM, operations, how);
}

finished_process run_at(std::string const& action, int step, fs::path const& file, words const& operations,
                        std::function<void(fs::path const&)> const& prepare)
{
    prepare(file);
    return run_with_fault(file, operations, action + "@" + std::to_string(step));
}

// Only a kill tells for sure whether the step was reached: SQLite can do without some.
int count_steps(words const& operations, std::function<void(fs::path const&)> const& prepare)
{
    constexpr int most_steps = 2000;
    for (int step = 1; step < most_steps; ++step) {
        scratch_directory const root;
        if (run_at("kill", step, root.path() / "t.db", operations, prepare).status.signal == 0) {
            return step - 1;
        }
    }
    throw std::runtime_error("the operations have no end");
}

// Does the operations again and again, with the fault at the first step, at the second and so on. Returns:
// how many steps there are.
int at_each_step(std::string const& action, words const& operations,
                 std::function<void(fs::path const&)> const& prepare,
                 std::function<void(fs::path const&, finished_process const&)> const& examine)
{
    int const steps = count_steps(operations, prepare);
    for (int step = 1; step <= steps; ++step) {
        scratch_directory const root;
        auto const file = root.path() / "t.db";
        auto const participant = run_at(action, step, file, operations, prepare);
        BOOST_TEST_CONTEXT(action << " at step " << step << ": " << participant.output << participant.errors)
        {
            examine(file, participant);
        }
    }
    return steps;
}

// How many executions the participant has reported as recorded.
std::int64_t reported(finished_process const& participant)
{
    std::int64_t result = 0;
    std::istringstream lines(participant.output);
    for (std::string word; lines >> word;) {
        if (word == "recorded") {
            lines >> result;
        }
    }
    return result;
}

// What is there is sound, whole, and can be worked with.
void require_sound(fs::path const& file)
{
    for (auto const& problem : fs::exists(file) && fs::file_size(file) > 0 ? check(file).problems : words{}) {
        BOOST_TEST(false, problem);
    }
    read_write_database database(file);
    for (auto const& environment : database.environments()) {
        for (auto const& one : database.runs(environment.id)) {
            std::int64_t executions = 0;
            database.for_each_execution(one.id, [&](execution const&) { ++executions; });
            BOOST_TEST(one.counts.passed == executions);
        }
    }
    environment_description other;
    other.name = "afterwards";
    auto const made = database.register_run(other, {}, sample_tests(3));
    BOOST_TEST(database.record(made.run_id, sample_executions(made.test_ids)) == 3U);
    BOOST_TEST(check(file).problems.empty());
}

constexpr std::size_t test_count = 40;
words const whole_run{"open", ",", "register", "40", ",", "record", "10", ",", "end-run", ",", "close"};

void check_run(fs::path const& file, finished_process const& participant)
{
    {
        std::vector<run> runs;
        std::int64_t tests = 0;
        if (fs::exists(file) && fs::file_size(file) > 0) {
            read_write_database database(file); // SQLite may have to finish or undo what was begun
            for (auto const& environment : database.environments()) {
                runs = database.runs(environment.id);
                tests = static_cast<std::int64_t>(database.tests(environment.id).size());
            }
        }
        // The registration happened as a whole or not at all, and what was reported is there.
        BOOST_TEST(tests == static_cast<std::int64_t>(runs.empty() ? 0 : test_count));
        BOOST_TEST((!runs.empty() || !holds(participant.output, "register ok")));
        auto const recorded = runs.empty() ? 0 : runs[0].counts.passed;
        BOOST_TEST(recorded >= reported(participant));
        BOOST_TEST(recorded % 10 == 0);
        BOOST_TEST((!holds(participant.output, "end-run ok") || runs[0].ended.has_value()));
    }
    require_sound(file);
}

void make_shard(fs::path const& file)
{
    read_write_database database(file);
    auto const made = database.register_run({}, {}, sample_tests(test_count));
    database.record(made.run_id, sample_executions(made.test_ids));
    database.end_run(made.run_id);
}

// All of a merge or nothing.
void check_merge(fs::path const& file, finished_process const& participant)
{
    {
        read_write_database database(file);
        auto const runs = database.runs(1);
        BOOST_TEST((runs.size() == 1U || runs.size() == 2U));
        BOOST_TEST((runs.size() == 2U || !holds(participant.output, "merge ok")));
        BOOST_TEST(database.tests(1).size() == (runs.size() == 2U ? test_count : 5U));
        std::int64_t passed = 0;
        for (auto const& one : runs) {
            passed += one.counts.passed;
        }
        BOOST_TEST(passed == static_cast<std::int64_t>(runs.size() == 2U ? test_count : 0));
    }
    require_sound(file);
}

void check_prune(fs::path const& file, finished_process const& participant)
{
    {
        read_write_database database(file);
        auto const runs = database.runs(1);
        BOOST_TEST((runs.size() == 1U || runs.size() == 3U));
        BOOST_TEST((runs.size() == 1U || !holds(participant.output, "prune ok")));
        for (auto const& one : runs) {
            BOOST_TEST(one.counts.passed == static_cast<std::int64_t>(test_count));
        }
    }
    require_sound(file);
}

void make_three_runs(fs::path const& file)
{
    for (int i = 0; i < 3; ++i) {
        make_shard(file);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(faults)

BOOST_AUTO_TEST_CASE(a_kill_at_each_step_of_a_run_in_a_new_database)
{
    BOOST_TEST(at_each_step(
                   "kill", whole_run, [](fs::path const&) {}, check_run) > 50);
}

BOOST_AUTO_TEST_CASE(a_kill_at_each_step_of_a_run_in_a_database_with_a_history)
{
    at_each_step(
        "kill", whole_run, [](fs::path const& file) { make_shard(file); },
        [](fs::path const& file, finished_process const& participant) {
            {
                read_write_database database(file);
                auto const runs = database.runs(1);
                BOOST_TEST((runs.size() == 2U || !holds(participant.output, "register ok")));
                BOOST_TEST(runs.back().counts.passed == static_cast<std::int64_t>(test_count));
                if (runs.size() == 2U) {
                    BOOST_TEST(runs[0].counts.passed >= reported(participant));
                }
            }
            require_sound(file);
        });
}

BOOST_AUTO_TEST_CASE(a_kill_at_each_step_of_a_merge)
{
    scratch_directory const other;
    make_shard(other.path() / "shard");
    at_each_step(
        "kill", {"open", ",", "merge", (other.path() / "shard").native(), ",", "close"},
        [](fs::path const& file) { read_write_database(file).register_run({}, {}, sample_tests(5)); },
        check_merge);
}

BOOST_AUTO_TEST_CASE(a_kill_at_each_step_of_a_pruning)
{
    at_each_step("kill", {"open", ",", "prune", "1", ",", "close"}, make_three_runs, check_prune);
}

BOOST_AUTO_TEST_CASE(a_failure_at_each_step_of_a_run)
{
    for (auto const* action : {"full", "io"}) {
        int failed = 0;
        at_each_step(
            action, whole_run, [](fs::path const&) {},
            [&](fs::path const& file, finished_process const& participant) {
                BOOST_TEST(participant.status.signal == 0);
                if (participant.status.code != 0) {
                    ++failed;
                    BOOST_TEST(holds(participant.output, "testmon.database", file.native()));
                }
                check_run(file, participant);
            });
        BOOST_TEST(failed > 20);
    }
}

BOOST_AUTO_TEST_CASE(a_failure_at_each_step_of_a_merge_and_of_a_pruning)
{
    scratch_directory const other;
    make_shard(other.path() / "shard");
    at_each_step(
        "full", {"open", ",", "merge", (other.path() / "shard").native(), ",", "close"},
        [](fs::path const& file) { read_write_database(file).register_run({}, {}, sample_tests(5)); },
        check_merge);
    at_each_step("io", {"open", ",", "prune", "1", ",", "close"}, make_three_runs, check_prune);
}

BOOST_AUTO_TEST_CASE(a_kill_in_the_middle_of_a_batch_leaves_what_was_reported)
{
    scratch_directory const root;
    auto const file = root.path() / "t.db";
    child_process controller(TESTMON_DATABASE_PARTICIPANT_PROGRAM,
                             {file.native(), "open", ",", "register", "20000", ",", "record", "500"});
    std::string last;
    for (int batch = 0; batch < 5; ++batch) {
        last = controller.wait_for_line("recorded");
    }
    controller.kill_and_wait(); // it is in one of the next batches
    auto const reported = std::stoll(last.substr(last.find(' ')));
    read_only_database const database(file); // no controller has to come first
    auto const counted = database.runs(1)[0].counts.passed;
    BOOST_TEST(counted >= reported);
    BOOST_TEST(counted % 500 == 0);
    BOOST_TEST(counted < 20'000);
    BOOST_TEST(check(file).problems.empty());
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_really_full)
{
    mounted_file_system const disk("size=2m");
    if (!disk.is_mounted()) {
        return;
    }
    auto const file = disk.path() / "t.db";
    read_write_database database(file);
    auto const made = database.register_run({}, {}, sample_tests(100));
    auto const executions = sample_executions(made.test_ids);
    disk.fill();
    auto const e = thrown_by<database_error>([&] { database.register_run({}, {}, sample_tests(20'000)); });
    BOOST_TEST((e.code() == errc::full), e.what());
    BOOST_TEST(holds(e.what(), file.native(), "register"), e.what());
    // Nothing is lost, and what can be read can be read.
    BOOST_TEST(database.tests(1).size() == 100U);
    BOOST_TEST(read_only_database(file).tests(1).size() == 100U);
    auto const of_a_new_one =
        thrown_by<database_error>([&] { read_write_database const other(disk.path() / "new.db"); });
    BOOST_TEST((of_a_new_one.code() == errc::full), of_a_new_one.what());
    disk.make_room();
    BOOST_TEST(database.record(made.run_id, executions) == 100U);
    BOOST_TEST(check(file).problems.empty());
    read_write_database(disk.path() / "new.db").register_run({}, {}, sample_tests(3));
}

BOOST_AUTO_TEST_CASE(more_than_the_disk_holds_leaves_the_earlier_batches)
{
    mounted_file_system const disk("size=2m");
    if (!disk.is_mounted()) {
        return;
    }
    auto const file = disk.path() / "t.db";
    child_process controller(TESTMON_DATABASE_PARTICIPANT_PROGRAM,
                             {file.native(), "open",     ",",        "register", "3000",   ",",      "record",
                              "100",         ",",        "register", "6000",     ",",      "record", "100",
                              ",",           "register", "12000",    ",",        "record", "100"});
    BOOST_TEST(controller.wait().code == 1);
    BOOST_TEST(holds(controller.output(), "testmon.database", file.native(), "recorded 3000"),
               controller.output());
    BOOST_TEST(check(file).problems.empty());
    read_only_database const database(file);
    BOOST_TEST(database.runs(1).back().counts.passed == 3000);
}

BOOST_AUTO_TEST_SUITE_END()
