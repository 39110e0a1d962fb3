// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/database_command.hpp"
#include "support/database_file.hpp"
#include "support/database_history.hpp"
#include "support/database_samples.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/database/read_only_database.hpp>
#include <testmon/database/read_write_database.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace testmon::test;
namespace database = testmon::database;
namespace fs = boost::filesystem;
namespace json = boost::json;

namespace
{

// A shard of a run: these tests, each executed once.
void record_shard(fs::path const& file, std::vector<database::test_record> const& tests)
{
    database::read_write_database database(file);
    auto const run = database.register_run(nightly(), {}, tests, database::collection::partial);
    database.record(run.run_id, sample_executions(run.test_ids));
}

struct two_shards {
    two_shards()
    {
        record_shard(first, {test_at("a"), test_at("b"), test_at("c")});
        record_shard(second, {test_at("c"), test_at("d")});
    }

    scratch_directory root{};
    fs::path file = root.path() / "data";
    fs::path first = root.path() / "shard_1";
    fs::path second = root.path() / "shard_2";
};

struct recorded {
    recorded() { record_history(file); }

    scratch_directory root{};
    fs::path file = root.path() / "data";
};

} // namespace

BOOST_AUTO_TEST_SUITE(database_maintenance)

BOOST_FIXTURE_TEST_CASE(shards_are_merged_once, two_shards)
{
    auto const ended = database_command(file, {"merge", first.native(), second.native()});
    BOOST_TEST(ended.status.code == 0, ended.errors);
    BOOST_TEST(ended.output == first.native() + ": took over 1 environment, 3 tests, 1 run, 3 executions\n" +
                                   second.native() +
                                   ": took over 0 environments, 1 test, 1 run, 2 executions\n");
    auto const again = database_command(file, {"--json", "merge", first.native(), second.native()});
    auto const seen = json::parse(again.output);
    auto const nothing_of = [](fs::path const& other) {
        return json::value{
            {"file", other.native()}, {"environments", 0}, {"tests", 0}, {"runs", 0}, {"executions", 0}};
    };
    json::value const expected{{"file", file.native()},
                               {"merged", json::array{nothing_of(first), nothing_of(second)}}};
    BOOST_TEST((seen == expected), json::serialize(seen));
    database::read_only_database const merged(file);
    BOOST_TEST(merged.tests(1).size() == 4U);
    BOOST_TEST(merged.runs(1).size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_wrong_name_among_the_others_changes_nothing, two_shards)
{
    auto const none = (root.path() / "none").native();
    auto const missing = database_command(file, {"merge", first.native(), none});
    BOOST_TEST(missing.status.code == 5);
    BOOST_TEST(missing.output.empty());
    BOOST_TEST(holds(missing.errors, "cannot open the database in " + none), missing.errors);
    BOOST_TEST(!fs::exists(file));
    damage(second, 4096);
    auto const damaged = database_command(file, {"merge", second.native()});
    BOOST_TEST(damaged.status.code == 5);
    BOOST_TEST(holds(damaged.errors, second.native(), "malformed"), damaged.errors);
    auto const itself = database_command(first, {"merge", first.native()});
    BOOST_TEST(itself.status.code == 2);
    BOOST_TEST(holds(itself.errors, first.native(), "it is the database itself"), itself.errors);
}

BOOST_FIXTURE_TEST_CASE(a_writer_makes_the_others_wait, two_shards)
{
    record_history(file);
    auto const writer = writer_of(file);
    for (auto const& words :
         std::vector<std::vector<std::string>>{{"merge", first.native(), "--timeout", "0.05"},
                                               {"prune", "--keep-runs", "1", "--timeout", "0"}}) {
        auto const busy = database_command(file, words);
        BOOST_TEST(busy.status.code == 3);
        BOOST_TEST(busy.output.empty());
        BOOST_TEST(std::count(busy.errors.begin(), busy.errors.end(), '\n') == 1);
        BOOST_TEST(holds(busy.errors, file.native(), "process " + std::to_string(writer.pid()) + " holds it"),
                   busy.errors);
    }
}

BOOST_FIXTURE_TEST_CASE(the_wait_ends_with_the_writer, recorded)
{
    auto writer = writer_of(file);
    child_process waiting(TESTMON_COMMAND_PROGRAM, {"database", "--file", file.native(), "prune",
                                                    "--keep-runs", "1", "--timeout", "1000"});
    writer.kill_and_wait();
    BOOST_TEST(waiting.wait().code == 0, waiting.errors());
}

BOOST_FIXTURE_TEST_CASE(pruning_keeps_the_newest_runs, recorded)
{
    auto const all = database_command(file, {"prune", "--keep-runs", "2"});
    BOOST_TEST(all.output == file.native() + ": removed 0 runs, 0 executions, 0 tests, 0 environments\n");
    auto const ended = database_command(file, {"prune", "--keep-runs", "1", "--json"});
    BOOST_TEST(ended.status.code == 0, ended.errors);
    auto const seen = json::parse(ended.output);
    json::value const expected{
        {"file", file.native()}, {"runs", 1}, {"executions", 5}, {"tests", 0}, {"environments", 0}};
    BOOST_TEST((seen == expected), json::serialize(seen));
    auto const runs = database::read_only_database(file).runs(1);
    BOOST_REQUIRE(runs.size() == 1U);
    BOOST_TEST(runs[0].id == 2);
}

BOOST_AUTO_TEST_CASE(pruning_makes_no_database)
{
    scratch_directory const root;
    auto const missing = database_command(root.path() / "data", {"prune", "--keep-runs", "1"});
    BOOST_TEST(missing.status.code == 5);
    BOOST_TEST(holds(missing.errors, "data: the file does not exist"), missing.errors);
    BOOST_TEST(fs::is_empty(root.path()));
}

BOOST_FIXTURE_TEST_CASE(rebuilding_keeps_the_damaged_bytes, recorded)
{
    damage(file, 100);
    auto const before = content_of(file);
    auto const ended = database_command(file, {"rebuild"});
    BOOST_TEST(ended.status.code == 0, ended.errors);
    std::string const beginning = "set aside: " + file.native() + ".corrupt-";
    BOOST_TEST(ended.output.compare(0, beginning.size(), beginning) == 0, ended.output);
    auto const end = ended.output.find('\n');
    BOOST_TEST(ended.output.substr(end) == "\nnew and empty: " + file.native() + "\n");
    auto const label = std::string("set aside: ").size();
    BOOST_TEST((content_of(ended.output.substr(label, end - label)) == before));
    BOOST_TEST(database_command(file, {"check"}).status.code == 0);
    BOOST_TEST(holds(database_command(file, {"show"}).output, "nothing is recorded yet"));

    damage(file);
    auto const again = json::parse(database_command(file, {"rebuild", "--json"}).output);
    BOOST_TEST(again.at("file").as_string() == file.c_str());
    BOOST_TEST(fs::exists(std::string(again.at("set_aside").as_string())));
    BOOST_TEST(names_in(root.path()).size() == 3U);
}

BOOST_FIXTURE_TEST_CASE(rebuilding_refuses_what_is_sound_or_not_ours, recorded)
{
    auto const sound = database_command(file, {"rebuild"});
    BOOST_TEST(sound.status.code == 5);
    BOOST_TEST(sound.output.empty());
    BOOST_TEST(holds(sound.errors, "cannot rebuild the database in " + file.native() + ": it is sound"),
               sound.errors);
    auto const missing = database_command(root.path() / "none", {"rebuild"});
    BOOST_TEST(missing.status.code == 5);
    BOOST_TEST(holds(missing.errors, "none: the file does not exist"), missing.errors);
    BOOST_TEST(names_in(root.path()).size() == 1U);
    BOOST_TEST(holds(database_command(file, {"show"}).output, "5 tests, 2 runs"));
}

BOOST_FIXTURE_TEST_CASE(rebuilding_refuses_what_another_process_has_open, recorded)
{
    auto const writer = writer_of(file);
    damage(file, 100);
    auto const before = content_of(file);
    auto const busy = database_command(file, {"rebuild"});
    BOOST_TEST(busy.status.code == 3);
    BOOST_TEST(holds(busy.errors, file.native(), std::to_string(writer.pid())), busy.errors);
    BOOST_TEST((content_of(file) == before));
}

BOOST_AUTO_TEST_SUITE_END()
