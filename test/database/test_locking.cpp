// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Several processes on one database: writers take turns, readers wait for nobody.
#include "database/lock_holders.hpp"

#include "support/child_process.hpp"
#include "support/database_samples.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/database.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <unistd.h>

using namespace testmon::database;
using namespace testmon::test;
using namespace std::chrono_literals;
namespace fs = boost::filesystem;

namespace
{

child_process start(fs::path const& file, std::vector<std::string> words)
{
    words.insert(words.begin(), file.native());
    return child_process(TESTMON_DATABASE_PARTICIPANT_PROGRAM, words);
}

bool operator==(database_holder const& a, database_holder const& b)
{
    return a.pid == b.pid && a.writes == b.writes;
}

} // namespace

BOOST_AUTO_TEST_SUITE(locking)

BOOST_AUTO_TEST_CASE(a_second_writer_waits_for_its_turn)
{
    scratch_directory const root;
    auto const file = root.path() / "t.db";
    read_write_database database(file);
    auto holder = start(file, {"lock"});
    holder.wait_for_line("pausing");
    auto second = start(file, {"open", ",", "pause", ",", "register", "5"});
    second.wait_for_line("pausing");
    second.write_line("");
    // It shows in the list of locks as soon as it waits, or it has asked and asks again: either way it is not
    // done.
    BOOST_TEST(!second.has_ended());
    holder.write_line("");
    BOOST_TEST(second.wait_for_line("register") == "register ok 1");
    BOOST_TEST(database.tests(1).size() == 5U);
}

BOOST_AUTO_TEST_CASE(a_second_writer_that_waits_too_long_says_who_holds_the_lock)
{
    scratch_directory const root;
    auto const file = root.path() / "t.db";
    read_write_database patient(file);
    auto const made = patient.register_run({}, {}, sample_tests(3));
    auto holder = start(file, {"lock"});
    holder.wait_for_line("pausing");
    read_write_database impatient(file, 10ms); // to open a database that is there needs no lock
    auto const refused = [&](auto operation) {
        auto const e = thrown_by<database_error>(operation);
        BOOST_TEST((e.code() == errc::busy), e.what());
        BOOST_TEST(e.holders() == std::vector{holder.pid()}, boost::test_tools::per_element());
        BOOST_TEST(holds(e.what(), "process " + std::to_string(holder.pid()) + " holds it", file.native()),
                   e.what());
    };
    refused([&] { impatient.register_run({}, {}, sample_tests(4)); });
    refused([&] { impatient.record(made.run_id, sample_executions(made.test_ids)); });
    refused([&] { impatient.end_run(made.run_id); });
    refused([&] { impatient.find_or_add_environment({}); });
    refused([&] { impatient.prune(1); });
    refused([&] {
        read_write_database const other(root.path() / "other");
        impatient.merge(other.path());
    });
    BOOST_TEST(impatient.tests(1).size() == 3U); // it can read all the while
    holder.write_line("");
    BOOST_TEST(holder.wait().code == 0);
    BOOST_TEST(impatient.record(made.run_id, sample_executions(made.test_ids)) == 3U);
}

BOOST_AUTO_TEST_CASE(a_writer_does_not_hold_up_readers)
{
    scratch_directory const root;
    auto const file = root.path() / "t.db";
    read_write_database database(file);
    database.register_run({}, {}, sample_tests(3));
    auto holder = start(file, {"lock"});
    holder.wait_for_line("pausing");
    read_only_database const reader(file, 0ms);
    BOOST_TEST(reader.tests(1).size() == 3U);
    BOOST_TEST(start(file, {"read"}).wait_for_line("read") == "read ok 3");
}

BOOST_AUTO_TEST_CASE(readers_do_not_hold_up_a_writer_and_see_one_moment)
{
    scratch_directory const root;
    auto const file = root.path() / "t.db";
    read_write_database database(file, 0ms);
    auto const made = database.register_run({}, {}, sample_tests(3));
    database.record(made.run_id, sample_executions(made.test_ids));
    read_only_database const reader(file);
    std::size_t seen = 0;
    reader.for_each_execution(made.run_id, [&](execution const&) {
        if (++seen == 1) {
            auto const more = database.register_run({}, {}, sample_tests(100));
            auto executions = sample_executions(more.test_ids);
            executions.erase(executions.begin(), executions.begin() + 3);
            database.record(made.run_id, executions);
        }
    });
    BOOST_TEST(seen == 3U);
    seen = 0;
    reader.for_each_execution(made.run_id, [&](execution const&) { ++seen; });
    BOOST_TEST(seen == 100U);
}

BOOST_AUTO_TEST_CASE(a_slow_reader_does_not_make_pruning_hold_up_writers)
{
    scratch_directory const root;
    auto const file = root.path() / "t.db";
    read_write_database database(file);
    auto const first = database.register_run({}, {}, sample_tests(3));
    database.record(first.run_id, sample_executions(first.test_ids));
    database.end_run(first.run_id);
    auto const second = database.register_run({}, {}, sample_tests(3));
    read_only_database const reader(file);
    bool was_pruned = false;
    reader.for_each_execution(first.run_id, [&](execution const&) {
        if (!was_pruned) {
            was_pruned = database.prune(1).runs == 1; // ends although the reader is in the midst of it
            database.record(second.run_id, sample_executions(second.test_ids));
        }
    });
    BOOST_TEST(was_pruned);
    BOOST_TEST(database.find_run(second.run_id).value().counts.passed == 3);
}

BOOST_AUTO_TEST_CASE(sixty_four_open_it_while_one_writes)
{
    scratch_directory const root;
    auto const file = root.path() / "t.db";
    {
        read_write_database(file).register_run({}, {}, sample_tests(10));
    }
    auto writer =
        start(file, {"open", ",", "pause", ",", "register", "2000", ",", "record", "1", ",", "pause"});
    std::vector<child_process> readers;
    for (int i = 0; i < 64; ++i) {
        readers.push_back(start(file, {"pause", ",", "read"}));
    }
    writer.wait_for_line("pausing");
    for (auto& reader : readers) {
        reader.wait_for_line("pausing");
    }
    writer.write_line("");
    writer.wait_for_line("recorded 1"); // it is in the midst of it
    for (auto& reader : readers) {
        reader.write_line("");
    }
    for (auto& reader : readers) {
        BOOST_TEST(reader.wait_for_line("read") == "read ok 2000");
    }
    writer.wait_for_line("record ok 2000");
}

BOOST_AUTO_TEST_CASE(who_has_it_open_is_told)
{
    scratch_directory const root;
    auto const file = root.path() / "t.db";
    BOOST_TEST(testmon::database::holders(file).empty());
    read_write_database const database(file);
    auto open = start(file, {"open", ",", "pause"});
    open.wait_for_line("pausing");
    auto writing = start(file, {"lock"});
    writing.wait_for_line("pausing");
    auto const found = testmon::database::holders(file);
    auto const has = [&](database_holder const& one) {
        return std::find_if(found.begin(), found.end(), [&](auto const& other) { return other == one; }) !=
               found.end();
    };
    BOOST_TEST(found.size() == 3U);
    BOOST_TEST(has({::getpid(), false}));
    BOOST_TEST(has({open.pid(), false}));
    BOOST_TEST(has({writing.pid(), true}));
    BOOST_TEST(check(file).holders.size() == 3U);
}

BOOST_AUTO_TEST_CASE(the_list_of_locks)
{
    locked_files const files{"fe:01:100", "fe:01:200"};
    struct row {
        char const* line;
        std::vector<database_holder> expected;
    };
    row const rows[] = {
        {"", {}},
        {"1: POSIX  ADVISORY  READ 10 fe:01:100 1073741826 1073742335", {{10, false}}},
        {"1: POSIX  ADVISORY  WRITE 10 fe:01:100 1073741825 1073741825", {{10, true}}},
        {"1: POSIX  ADVISORY  READ 10 fe:01:200 128 128", {{10, false}}},
        {"1: POSIX  ADVISORY  WRITE 10 fe:01:200 120 120", {{10, true}}},
        {"1: POSIX  ADVISORY  WRITE 10 fe:01:200 0 EOF", {{10, true}}},
        {"1: POSIX  ADVISORY  WRITE 10 fe:01:200 123 123", {{10, false}}},
        {"1: POSIX  ADVISORY  WRITE 10 fe:01:201 120 120", {}},
        {"1: POSIX  ADVISORY  WRITE 10 fe:02:200 120 120", {}},
        {"1: FLOCK  ADVISORY  WRITE 10 fe:01:200 0 EOF", {}},
        {"1: -> POSIX  ADVISORY  WRITE 10 fe:01:200 120 120", {}},
        {"1: POSIX  ADVISORY  READ -1 fe:01:200 128 128", {{0, false}}},
        {"1: POSIX  ADVISORY  READ 12 fe:01:200 128 128\n2: POSIX  ADVISORY  WRITE 12 fe:01:200 120 120\n"
         "3: POSIX  ADVISORY  READ 11 fe:01:200 128 128\n",
         {{11, false}, {12, true}}},
        {"nonsense\n\n1: POSIX", {}},
    };
    for (auto const& r : rows) {
        auto const found = parse_lock_holders(r.line, files);
        BOOST_TEST(std::equal(found.begin(), found.end(), r.expected.begin(), r.expected.end(),
                              [](auto const& a, auto const& b) { return a == b; }),
                   r.line);
    }
    BOOST_TEST(parse_lock_holders("1: POSIX  ADVISORY  WRITE 10  120 120", {}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
