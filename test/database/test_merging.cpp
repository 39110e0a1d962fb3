// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Databases of several machines or shards in one, and the pruning of what has grown.
#include "support/database_samples.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/database.hpp>

#include <boost/filesystem/fstream.hpp>
#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace testmon::database;
using namespace testmon::test;
namespace fs = boost::filesystem;

namespace
{

environment_description named(std::string const& name)
{
    environment_description result;
    result.name = name;
    return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(merging)

BOOST_AUTO_TEST_CASE(of_shards_takes_over_what_is_not_there)
{
    scratch_directory const root;
    auto const tests = sample_tests(6);
    std::vector<fs::path> files;
    for (int shard = 0; shard < 3; ++shard) {
        files.push_back(root.path() / ("shard" + std::to_string(shard)));
        read_write_database database(files.back());
        // Other ids than in the other shards.
        for (int i = 0; i < shard; ++i) {
            database.register_run(named("only in " + std::to_string(shard)), {}, sample_tests(7));
        }
        auto const made = database.register_run(named("all"), {}, tests);
        auto const first = static_cast<std::size_t>(shard) * 2;
        database.record(made.run_id, std::vector{execution_of(made.test_ids[first], outcome::passed),
                                                 execution_of(made.test_ids[first + 1], outcome::failed)});
        database.end_run(made.run_id);
    }
    read_write_database target(root.path() / "all");
    auto const once = target.merge(files[0]);
    BOOST_TEST(once.environments == 1);
    BOOST_TEST(once.tests == 6);
    BOOST_TEST(once.runs == 1);
    BOOST_TEST(once.executions == 2);
    target.merge(files[1]);
    auto const third = target.merge(files[2]);
    BOOST_TEST(third.environments == 1);
    BOOST_TEST(third.tests == 7);
    BOOST_TEST(third.runs == 3);
    BOOST_TEST(third.executions == 2);
    for (auto const& file : files) {
        auto const again = target.merge(file);
        BOOST_TEST(again.environments + again.tests + again.runs + again.executions == 0);
    }
    auto const environment = target.find_environment(named("all")).value().id;
    BOOST_TEST(target.runs(environment).size() == 3U);
    for (auto const& run : target.runs(environment)) {
        BOOST_TEST(run.counts.passed == 1);
        BOOST_TEST(run.counts.failed == 1);
        BOOST_TEST(run.collected == 6);
        BOOST_TEST(run.ended.has_value());
    }
    auto const found = target.tests(environment);
    BOOST_REQUIRE(found.size() == 6U);
    for (auto const& one : found) {
        BOOST_TEST(one.executions == 1);
        // test_0 passed, test_1 failed, and so on: every execution is with its own test.
        bool const odd = (one.test.path.back() - '0') % 2 == 1;
        BOOST_TEST(one.failures == (odd ? 1 : 0));
        BOOST_TEST(one.test.line == one.test.path.back() - '0' + 1);
    }
    BOOST_TEST(check(target.path()).problems.empty());
}

BOOST_AUTO_TEST_CASE(of_a_later_state_of_the_same_run_completes_it)
{
    scratch_directory const root;
    read_write_database source(root.path() / "source");
    read_write_database target(root.path() / "target");
    auto const made = source.register_run({}, {}, sample_tests(4));
    source.record(made.run_id, std::vector{execution_of(made.test_ids[0], outcome::passed)});
    target.merge(source.path());
    BOOST_TEST(!target.runs(1)[0].ended.has_value());
    source.record(made.run_id, std::vector{execution_of(made.test_ids[1], outcome::crashed)});
    source.end_run(made.run_id);
    BOOST_TEST(target.merge(source.path()).executions == 1);
    auto const run = target.runs(1)[0];
    BOOST_TEST(run.uuid == source.find_run(made.run_id).value().uuid);
    BOOST_TEST(run.counts.passed == 1);
    BOOST_TEST(run.counts.crashed == 1);
    BOOST_TEST((run.ended == source.find_run(made.run_id).value().ended));
}

BOOST_AUTO_TEST_CASE(of_what_is_no_database_changes_nothing)
{
    scratch_directory const root;
    read_write_database target(root.path() / "target");
    target.register_run({}, {}, sample_tests(2));
    fs::ofstream(root.path() / "text") << "this is no database";
    struct row {
        fs::path other;
        errc code;
    };
    for (auto const& r :
         {row{target.path(), errc::invalid_argument}, row{root.path() / "missing", errc::missing},
          row{root.path() / "text", errc::corrupt}}) {
        auto const e = thrown_by<database_error>([&] { target.merge(r.other); });
        BOOST_TEST((e.code() == r.code), e.what());
        BOOST_TEST(e.path() == r.other);
    }
    BOOST_TEST(target.runs(1).size() == 1U);
}

BOOST_AUTO_TEST_CASE(of_a_damaged_database_names_that_and_changes_nothing)
{
    scratch_directory const root;
    auto const bad = root.path() / "bad";
    read_write_database(bad).register_run({}, {}, sample_tests(3000));
    {
        fs::fstream stream(bad, std::ios::binary | std::ios::in | std::ios::out);
        stream.seekp(std::streamoff{4096} * 20);
        stream << std::string(std::size_t{4096} * 40, 'x');
    }
    read_write_database target(root.path() / "target");
    auto const e = thrown_by<database_error>([&] { target.merge(bad); });
    BOOST_TEST((e.code() == errc::corrupt), e.what());
    BOOST_TEST(e.path() == bad);
    BOOST_TEST(target.environments().empty());
}

BOOST_AUTO_TEST_CASE(pruning_keeps_the_newest_runs_of_each_environment)
{
    scratch_directory const root;
    read_write_database database(root.path() / "t.db");
    auto const record = [&](std::string const& name, std::size_t tests) {
        auto made = database.register_run(named(name), {}, sample_tests(tests));
        database.record(made.run_id, sample_executions(made.test_ids));
        database.end_run(made.run_id);
        return made;
    };
    auto const first = record("a", 30); // of these, 20 vanish
    record("a", 10);
    auto const last = record("a", 10);
    record("b", 5);
    database.find_or_add_environment(named("without a run"));
    auto const size = fs::file_size(database.path());

    auto const nothing = database.prune(1000);
    BOOST_TEST(nothing.runs == 0);
    BOOST_TEST(nothing.environments == 1);
    BOOST_TEST(database.history(first.test_ids[29]).size() == 1U);

    auto const removed = database.prune(1);
    BOOST_TEST(removed.runs == 2);
    BOOST_TEST(removed.executions == 40);
    BOOST_TEST(removed.tests == 20);
    BOOST_TEST(removed.environments == 0);
    BOOST_TEST(database.runs(first.environment_id).size() == 1U);
    BOOST_TEST(database.runs(first.environment_id)[0].id == last.run_id);
    BOOST_TEST(database.tests(first.environment_id).size() == 10U);
    BOOST_TEST(database.environments().size() == 2U);
    BOOST_TEST(fs::file_size(database.path()) <= size);
    BOOST_TEST(check(database.path()).problems.empty());

    auto const e = thrown_by<database_error>([&] { database.prune(0); });
    BOOST_TEST((e.code() == errc::invalid_argument));
    BOOST_TEST(holds(e.what(), "allowed is 1"), e.what());
    // References are checked again.
    BOOST_CHECK_THROW(database.record(last.run_id, std::vector{execution_of(9999, outcome::passed)}),
                      database_error);
}

BOOST_AUTO_TEST_CASE(pruning_leaves_a_run_that_goes_on)
{
    scratch_directory const root;
    read_write_database database(root.path() / "t.db");
    auto const going_on = database.register_run({}, {}, sample_tests(2));
    auto const ended = database.register_run({}, {}, sample_tests(2));
    database.end_run(ended.run_id);
    auto const last = database.register_run({}, {}, sample_tests(2));
    BOOST_TEST(database.prune(1).runs == 1);
    BOOST_TEST(!database.find_run(ended.run_id).has_value());
    BOOST_TEST(database.record(going_on.run_id, sample_executions(going_on.test_ids)) == 2U);
    BOOST_TEST(database.find_run(last.run_id).has_value());
}

BOOST_AUTO_TEST_CASE(of_the_same_run_id_in_two_environments_keeps_them_apart)
{
    scratch_directory const root;
    run_description job;
    job.uuid = "ci-job-42";
    read_write_database target(root.path() / "target");
    for (auto const* name : {"one", "two"}) {
        read_write_database shard(root.path() / name);
        auto const made = shard.register_run(named(name), job, sample_tests(2));
        shard.record(made.run_id, std::vector{execution_of(made.test_ids[0], outcome::failed)});
        BOOST_TEST(target.merge(shard.path()).runs == 1);
        auto const e =
            thrown_by<database_error>([&] { shard.register_run(named(name), job, sample_tests(1)); });
        BOOST_TEST((e.code() == errc::invalid_argument), e.what());
        BOOST_TEST(holds(e.what(), "ci-job-42"), e.what());
    }
    for (auto const& environment : target.environments()) {
        BOOST_TEST(target.failures_of_last_run(environment.id).size() == 1U);
    }
    target.prune(1);
    BOOST_TEST(check(target.path()).problems.empty());
}

BOOST_AUTO_TEST_CASE(takes_the_word_of_the_newer_run_on_a_test)
{
    scratch_directory const root;
    read_write_database older(root.path() / "older");
    older.register_run({}, {}, sample_tests(3));
    older.register_run({}, {}, sample_tests(2)); // the third has vanished
    read_write_database newer(root.path() / "newer");
    auto tests = sample_tests(3);
    tests[2].line = 1000;
    auto const made = newer.register_run({}, {}, tests);
    newer.record(made.run_id, std::vector{execution_of(made.test_ids[2], outcome::failed)});
    for (auto const& [first, second] : {std::pair(&older, &newer), std::pair(&newer, &older)}) {
        auto const file = root.path() / ("target" + first->path().filename().native());
        read_write_database target(file);
        target.merge(first->path());
        target.merge(second->path());
        auto const failed = target.failures_of_last_run(1);
        BOOST_REQUIRE(failed.size() == 1U);
        BOOST_TEST(failed[0].test.line == 1000);
    }
}

BOOST_AUTO_TEST_CASE(pruning_gives_the_room_back)
{
    scratch_directory const root;
    auto const file = root.path() / "t.db";
    {
        read_write_database database(file);
        for (int i = 0; i < 5; ++i) {
            auto const made = database.register_run({}, {}, sample_tests(2000));
            database.record(made.run_id, sample_executions(made.test_ids));
            database.end_run(made.run_id);
        }
    }
    auto const size = fs::file_size(file);
    read_write_database(file).prune(1);
    BOOST_TEST(fs::file_size(file) < size * 2 / 3);
}

BOOST_AUTO_TEST_SUITE_END()
