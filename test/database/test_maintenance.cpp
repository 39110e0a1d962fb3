// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Checking, and what becomes of a damaged file when the user asks for it.
#include "database/exclusive_use.hpp"

#include "support/child_process.hpp"
#include "support/database_samples.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/database.hpp>

#include <boost/filesystem/fstream.hpp>
#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>
#include <sqlite3.h>

#include <iterator>
#include <string>
#include <vector>

using namespace testmon::database;
using namespace testmon::test;
namespace fs = boost::filesystem;

namespace
{

void damage(fs::path const& file, std::streamoff at = 4096)
{
    fs::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
    stream.seekp(at);
    stream << std::string(std::size_t{4096} * 4, 'x');
}

std::string content_of(fs::path const& file)
{
    fs::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void execute(fs::path const& file, char const* statements)
{
    sqlite3* handle = nullptr;
    BOOST_REQUIRE(::sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
    BOOST_REQUIRE(::sqlite3_exec(handle, statements, nullptr, nullptr, nullptr) == SQLITE_OK);
    ::sqlite3_close(handle);
}

struct fixture {
    fixture()
    {
        read_write_database database(file);
        auto const made = database.register_run({}, {}, sample_tests(200));
        database.record(made.run_id, sample_executions(made.test_ids));
    }
    scratch_directory root{};
    fs::path file{root.path() / "t.db"};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(maintenance, fixture)

BOOST_AUTO_TEST_CASE(a_sound_database)
{
    auto const found = check(file);
    BOOST_TEST(found.problems.empty());
    BOOST_TEST(found.schema_version == 1);
    BOOST_TEST(found.holders.empty());
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_told)
{
    struct row {
        char const* statements;
        char const* problem;
    };
    row const rows[] = {
        {"DROP TABLE test_execution", "lacks test_execution"},
        {"DROP INDEX run_by_time", "lacks run_by_time"},
        {"DROP INDEX run_by_time; CREATE INDEX run_by_time ON run (started_ns)", "another run_by_time"},
        {"UPDATE test SET labels = '[' WHERE id = 7", "labels or dependencies of test 7"},
        {"PRAGMA foreign_keys = OFF; DELETE FROM test WHERE id = 7",
         "a row of test_execution refers to a row of test"},
    };
    for (auto const& r : rows) {
        auto const copy = root.path() / "copy";
        fs::copy_file(file, copy, fs::copy_options::overwrite_existing);
        execute(copy, r.statements);
        auto const problems = check(copy).problems;
        BOOST_REQUIRE(!problems.empty());
        BOOST_TEST(holds(problems.front(), r.problem), problems.front());
    }
    damage(file);
    BOOST_TEST(!check(file).problems.empty());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_checked_is_an_error)
{
    BOOST_TEST((thrown_by<database_error>([&] { check(root.path() / "missing"); }).code() == errc::missing));
    execute(root.path() / "foreign", "CREATE TABLE t (x)");
    BOOST_TEST((thrown_by<database_error>([&] { check(root.path() / "foreign"); }).code() == errc::foreign));
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_set_aside_whole)
{
    damage(file);
    auto const before = content_of(file);
    auto const aside = rebuild(file);
    BOOST_TEST(holds(aside.native(), file.native() + ".corrupt-"));
    BOOST_TEST((content_of(aside) == before));
    BOOST_TEST(check(file).problems.empty());
    BOOST_TEST(read_only_database(file).environments().empty());
    // A second time within the same second: none is written over.
    damage(file);
    auto const second = rebuild(file);
    BOOST_TEST(second != aside);
    BOOST_TEST((content_of(aside) == before));
}

BOOST_AUTO_TEST_CASE(its_log_goes_with_it)
{
    // As a killed writer leaves them.
    auto const killed = root.path() / "killed.db";
    sqlite3* handle = nullptr;
    BOOST_REQUIRE(::sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
    BOOST_REQUIRE(::sqlite3_exec(handle, "UPDATE run SET workers = 5", nullptr, nullptr, nullptr) ==
                  SQLITE_OK);
    fs::copy_file(file, killed);
    fs::copy_file(file.native() + "-wal", killed.native() + "-wal");
    ::sqlite3_close(handle);
    constexpr std::streamoff page_of_a_test = std::streamoff{4096} * 12;
    damage(killed, page_of_a_test);
    auto const before = content_of(killed);
    auto const log = content_of(killed.native() + "-wal");
    BOOST_REQUIRE(!log.empty());

    auto const aside = rebuild(killed);
    BOOST_TEST((content_of(aside) == before));
    BOOST_TEST((content_of(aside.native() + "-wal") == log));
    BOOST_TEST(read_only_database(killed).environments().empty());
}

BOOST_AUTO_TEST_CASE(a_text_in_its_place_is_set_aside_too)
{
    auto const text = root.path() / "text";
    fs::ofstream(text) << std::string(5000, 'x');
    auto const aside = rebuild(text);
    BOOST_TEST(content_of(aside) == std::string(5000, 'x'));
    BOOST_TEST(check(text).problems.empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_damaged_is_left_alone)
{
    auto const foreign = root.path() / "foreign";
    execute(foreign, "CREATE TABLE t (x)");
    struct row {
        fs::path file;
        errc code;
    };
    for (auto const& r : {row{file, errc::invalid_argument}, row{foreign, errc::foreign},
                          row{root.path() / "missing", errc::missing}, row{root.path(), errc::foreign}}) {
        auto const before = fs::is_regular_file(r.file) ? content_of(r.file) : std::string();
        auto const e = thrown_by<database_error>([&] { rebuild(r.file); });
        BOOST_TEST((e.code() == r.code), e.what());
        BOOST_TEST((before.empty() || content_of(r.file) == before));
    }
}

BOOST_AUTO_TEST_CASE(a_list_that_is_no_list_is_damage)
{
    execute(file, "UPDATE test SET labels = '[' WHERE id = 7");
    auto const e = thrown_by<database_error>([&] { read_only_database(file).tests(1); });
    BOOST_TEST((e.code() == errc::corrupt), e.what());
    BOOST_TEST(holds(e.what(), file.native()), e.what());
}

BOOST_AUTO_TEST_CASE(exclusive_use_is_refused_while_somebody_has_it_open)
{
    {
        exclusive_use const alone(file, "test");
        BOOST_TEST(alone.is_of(file));
        fs::rename(file, file.native() + "-moved");
        BOOST_TEST(!alone.is_of(file));
        fs::rename(file.native() + "-moved", file);
    }
    for (auto const& words :
         {std::vector<std::string>{"open", ",", "pause"}, std::vector<std::string>{"lock"}}) {
        auto all = words;
        all.insert(all.begin(), file.native());
        child_process user(TESTMON_DATABASE_PARTICIPANT_PROGRAM, all);
        user.wait_for_line("pausing");
        BOOST_TEST((thrown_by<database_error>([&] { exclusive_use const alone(file, "test"); }).code() ==
                    errc::busy));
    }
}

BOOST_AUTO_TEST_CASE(a_damaged_file_that_is_open_is_left_alone)
{
    child_process user(TESTMON_DATABASE_PARTICIPANT_PROGRAM, {file.native(), "open", ",", "pause"});
    user.wait_for_line("pausing");
    damage(file);
    auto const before = content_of(file);
    auto const e = thrown_by<database_error>([&] { rebuild(file); });
    BOOST_TEST((e.code() == errc::busy), e.what());
    BOOST_TEST(holds(e.what(), std::to_string(user.pid())), e.what());
    BOOST_TEST((content_of(file) == before));
}

BOOST_AUTO_TEST_SUITE_END()
