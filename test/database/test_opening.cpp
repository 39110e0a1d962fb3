// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// What is in the way of a database, or in its place, and what becomes of it: nothing.
#include "database/connection.hpp"

#include "support/child_process.hpp"
#include "support/database_samples.hpp"
#include "support/mounted_file_system.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/database.hpp>

#include <boost/filesystem/fstream.hpp>
#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>
#include <sqlite3.h>

#include <functional>
#include <iterator>
#include <string>
#include <type_traits>
#include <vector>

#include <sys/stat.h>

using namespace testmon::database;
using namespace testmon::test;
namespace fs = boost::filesystem;

namespace
{

std::string content_of(fs::path const& file)
{
    fs::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void write(fs::path const& file, std::string const& content)
{
    fs::ofstream(file, std::ios::binary) << content;
}

// As another program would.
void execute(fs::path const& file, std::string const& statements)
{
    sqlite3* handle = nullptr;
    BOOST_REQUIRE(::sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
    BOOST_REQUIRE(::sqlite3_exec(handle, statements.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    ::sqlite3_close(handle);
}

std::size_t files_in(fs::path const& directory)
{
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(opening)

BOOST_AUTO_TEST_CASE(makes_a_database_that_can_be_opened_again)
{
    scratch_directory const root;
    auto const file = root.path() / "t.db";
    {
        read_write_database made(file);
        BOOST_TEST(made.path() == file);
        made.register_run({}, {}, sample_tests(3));
    }
    BOOST_TEST(files_in(root.path()) == 1U); // SQLite removes its log at the end
    BOOST_TEST(read_only_database(file).environments().size() == 1U);
    BOOST_TEST(read_write_database(file).environments().size() == 1U);
    BOOST_TEST(check(file).problems.empty());
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_one_to_be_made)
{
    scratch_directory const root;
    auto const file = root.path() / "t.db";
    write(file, "");
    auto const e = thrown_by<database_error>([&] { read_only_database const opened(file); });
    BOOST_TEST((e.code() == errc::not_initialized));
    read_write_database const made(file);
    BOOST_TEST(check(file).problems.empty());
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_none_to_read)
{
    scratch_directory const root;
    auto const file = root.path() / "t.db";
    auto const e = thrown_by<database_error>([&] { read_only_database const opened(file); });
    BOOST_TEST((e.code() == errc::missing));
    BOOST_TEST(holds(e.what(), file.native(), "does not exist"), e.what());
    BOOST_TEST(fs::is_empty(root.path())); // and it is not made
}

BOOST_AUTO_TEST_CASE(a_path_with_every_printable_character)
{
    scratch_directory const root;
    std::string name;
    for (char c = ' '; c <= '~'; ++c) {
        name += c == '/' ? 'x' : c;
    }
    name += "\xc3\xa4";
    auto const file = root.path() / name;
    read_write_database(file).register_run({}, {}, sample_tests(3));
    BOOST_TEST(read_only_database(file).tests(1).size() == 3U);
    BOOST_TEST(fs::exists(file));
}

BOOST_AUTO_TEST_CASE(what_is_not_ours_is_refused_and_not_touched)
{
    struct row {
        char const* what;
        std::function<void(fs::path const&)> make;
        errc code;
        char const* message;
    };
    std::string const ours = "PRAGMA application_id = 1953329006;";
    row const rows[] = {
        {"text",
         [](auto const& f) {
             write(f, "This is a text of more than a hundred bytes. " + std::string(200, 'x'));
         },
         errc::corrupt, "not a database"},
        {"a few bytes", [](auto const& f) { write(f, "x"); }, errc::foreign, "another program"},
        {"a database with nothing in it", [](auto const& f) { execute(f, "PRAGMA journal_mode = WAL"); },
         errc::foreign, "another program"},
        {"the database of another program", [](auto const& f) { execute(f, "CREATE TABLE t (x)"); },
         errc::foreign, "another program"},
        {"the log of another program",
         [](auto const& f) { execute(f, "PRAGMA journal_mode = WAL; CREATE TABLE t (x)"); }, errc::foreign,
         "another program"},
        {"another application id",
         [](auto const& f) { execute(f, "PRAGMA application_id = 7; CREATE TABLE t (x)"); }, errc::foreign,
         "another program"},
        {"pytest-testmon",
         [](auto const& f) {
             execute(f,
                     "PRAGMA journal_mode = WAL; CREATE TABLE metadata (dataid TEXT PRIMARY KEY, data TEXT);"
                     "CREATE TABLE environment (id INTEGER PRIMARY KEY, environment_name TEXT, "
                     "system_packages TEXT, "
                     "python_version TEXT);"
                     "CREATE TABLE test_execution (id INTEGER PRIMARY KEY, environment_id INTEGER, test_name "
                     "TEXT, "
                     "duration FLOAT, failed BIT, forced BIT); CREATE TABLE file_fp (id INTEGER PRIMARY KEY);"
                     "PRAGMA user_version = 14");
         },
         errc::foreign, "pytest-testmon"},
        {"newer",
         [&](auto const& f) { execute(f, ours + "CREATE TABLE t (x); PRAGMA user_version = 1000000"); },
         errc::newer, "1000000"},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.what)
        {
            scratch_directory const root;
            auto const file = root.path() / "t.db";
            r.make(file);
            auto const before = content_of(file);
            auto const files = files_in(root.path());
            for (auto const& e :
                 {thrown_by<database_error>([&] { read_write_database const opened(file); }),
                  thrown_by<database_error>([&] { read_only_database const opened(file); })}) {
                BOOST_TEST((e.code() == r.code), e.what());
                BOOST_TEST(holds(e.what(), file.native(), r.message), e.what());
                BOOST_TEST(e.path() == file);
                BOOST_TEST(!e.operation().empty());
            }
            BOOST_TEST((content_of(file) == before));
            BOOST_TEST(files_in(root.path()) == files);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_log_of_another_program_stays)
{
    scratch_directory const root;
    auto const file = root.path() / "t.db";
    {
        // As another program leaves it that is killed before its log is brought into the file.
        auto const original = root.path() / "original.db";
        sqlite3* handle = nullptr;
        BOOST_REQUIRE(::sqlite3_open(original.c_str(), &handle) == SQLITE_OK);
        BOOST_REQUIRE(::sqlite3_exec(handle, "PRAGMA journal_mode = WAL; CREATE TABLE t (x)", nullptr,
                                     nullptr, nullptr) == SQLITE_OK);
        fs::copy_file(original, file);
        fs::copy_file(original.native() + "-wal", file.native() + "-wal");
        ::sqlite3_close(handle);
    }
    auto const before = content_of(file);
    auto const log = content_of(file.native() + "-wal");
    auto const e = thrown_by<database_error>([&] { read_write_database const opened(file); });
    BOOST_TEST((e.code() == errc::foreign), e.what());
    BOOST_TEST((content_of(file) == before));
    BOOST_TEST((content_of(file.native() + "-wal") == log));
}

BOOST_AUTO_TEST_CASE(a_file_that_another_program_makes_its_own_meanwhile_is_refused)
{
    scratch_directory const root;
    auto const file = root.path() / "t.db";
    sqlite3* handle = nullptr;
    BOOST_REQUIRE(::sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
    BOOST_REQUIRE(::sqlite3_exec(handle, "BEGIN IMMEDIATE; CREATE TABLE precious (x)", nullptr, nullptr,
                                 nullptr) == SQLITE_OK);
    // It sees an empty file, and waits for the lock.
    child_process late(TESTMON_DATABASE_PARTICIPANT_PROGRAM, {file.native(), "pause", ",", "open"});
    late.wait_for_line("pausing");
    late.write_line("");
    BOOST_TEST(!late.has_ended());
    BOOST_REQUIRE(::sqlite3_exec(handle, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK);
    ::sqlite3_close(handle);
    auto const line = late.wait_for_line("open error");
    BOOST_TEST(holds(line, "another program"), line);
    auto opened = SQLite::Database(file.native(), SQLite::OPEN_READONLY);
    BOOST_TEST(opened.execAndGet("PRAGMA journal_mode").getString() == "delete");
}

BOOST_AUTO_TEST_CASE(what_is_no_regular_file_is_refused)
{
    scratch_directory const root;
    auto const directory = root.path() / "directory";
    fs::create_directory(directory);
    auto const fifo = root.path() / "fifo";
    BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    auto const dangling = root.path() / "dangling";
    fs::create_symlink(root.path() / "nowhere" / "t.db", dangling);
    for (auto const& file : {directory, fifo}) {
        for (auto const& e : {thrown_by<database_error>([&] { read_write_database const opened(file); }),
                              thrown_by<database_error>([&] { read_only_database const opened(file); })}) {
            BOOST_TEST((e.code() == errc::foreign), e.what());
            BOOST_TEST(holds(e.what(), file.native(), "regular file"), e.what());
        }
    }
    BOOST_CHECK_THROW(read_write_database{dangling}, database_error);
}

BOOST_AUTO_TEST_CASE(a_damaged_page_shows_when_it_is_read)
{
    scratch_directory const root;
    auto const file = root.path() / "t.db";
    read_write_database(file).register_run({}, {}, sample_tests(2000));
    {
        fs::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
        stream.seekp(std::streamoff{4096} * 3);
        stream << std::string(std::size_t{4096} * 20, 'x');
    }
    BOOST_TEST(!check(file).problems.empty());
    auto const e = thrown_by<database_error>([&] { read_only_database(file).tests(1); });
    BOOST_TEST((e.code() == errc::corrupt), e.what());
    BOOST_TEST(holds(e.what(), file.native(), "rebuild"), e.what());
}

BOOST_AUTO_TEST_CASE(a_read_only_disk_can_be_read)
{
    mounted_file_system const disk("size=4m");
    if (!disk.is_mounted()) {
        return;
    }
    auto const file = disk.path() / "t.db";
    read_write_database(file).register_run({}, {}, sample_tests(3));
    disk.make_read_only();
    BOOST_TEST(read_only_database(file).tests(1).size() == 3U);
    BOOST_TEST(check(file).problems.empty());
    for (auto const& path : {file, disk.path() / "new.db"}) {
        auto const e = thrown_by<database_error>([&] { read_write_database const opened(path); });
        BOOST_TEST((e.code() == errc::read_only), e.what());
        BOOST_TEST(holds(e.what(), path.native()), e.what());
    }
}

BOOST_AUTO_TEST_CASE(a_log_on_a_disk_that_has_become_read_only_is_an_error)
{
    mounted_file_system const disk("size=4m");
    if (!disk.is_mounted()) {
        return;
    }
    auto const file = disk.path() / "t.db";
    child_process writer(TESTMON_DATABASE_PARTICIPANT_PROGRAM,
                         {file.native(), "open", ",", "register", "3", ",", "pause"});
    writer.wait_for_line("pausing");
    writer.kill_and_wait(); // and its log stays
    fs::remove(file.native() + "-shm");
    disk.make_read_only();
    auto const e = thrown_by<database_error>([&] { read_only_database(file).tests(1); });
    BOOST_TEST((e.code() == errc::read_only), e.what());
    BOOST_TEST(holds(e.what(), file.native(), "-wal"), e.what());
}

BOOST_AUTO_TEST_CASE(an_older_version_is_brought_up_to_date_after_a_copy)
{
    scratch_directory const root;
    auto const file = root.path() / "t.db";
    auto const copy = root.path() / "t.db.version-1";
    schema::steps steps = schema::all_steps();
    steps.resize(1);
    read_write_database(file).register_run({}, {}, sample_tests(3));
    auto const version = [&](fs::path const& path) {
        auto opened = SQLite::Database(path.native(), SQLite::OPEN_READONLY);
        return number(opened, "PRAGMA user_version");
    };
    BOOST_TEST(version(file) == 1);

    steps.emplace_back("ALTER TABLE test ADD COLUMN colour TEXT; nonsense");
    auto const e = thrown_by<database_error>([&] { open_read_write(file, std::chrono::seconds(1), steps); });
    BOOST_TEST(holds(e.what(), file.native(), "migrate"), e.what());
    BOOST_TEST(version(file) == 1); // all of it or nothing
    BOOST_TEST(version(copy) == 1);
    // What was there before is not written over.
    BOOST_CHECK_THROW(open_read_write(file, std::chrono::seconds(1), steps), database_error);
    BOOST_TEST(version(copy.native() + "-2") == 1);

    steps.back() = "ALTER TABLE test ADD COLUMN colour TEXT";
    auto opened = open_read_write(file, std::chrono::seconds(1), steps);
    BOOST_TEST(number(opened->sqlite(), "SELECT count(colour IS NULL) FROM test") == 3);
    opened.reset();
    BOOST_TEST(version(file) == 2);
    BOOST_TEST(read_only_database(copy).tests(1).size() == 3U);
    // To the library as it is, the file is of a newer one now.
    BOOST_TEST(
        (thrown_by<database_error>([&] { read_write_database const newer(file); }).code() == errc::newer));
}

BOOST_AUTO_TEST_CASE(many_that_make_it_at_once_make_one)
{
    scratch_directory const root;
    auto const file = root.path() / "t.db";
    std::vector<child_process> processes;
    for (int i = 0; i < 16; ++i) {
        processes.emplace_back(TESTMON_DATABASE_PARTICIPANT_PROGRAM,
                               std::vector<std::string>{file.native(), "pause", ",", "open", ",", "register",
                                                        "20", ",", "record", "7", ",", "end-run"});
        processes.back().wait_for_line("pausing");
    }
    for (auto& process : processes) {
        process.write_line("");
    }
    for (auto& process : processes) {
        auto const status = process.wait();
        BOOST_TEST(status.code == 0, process.output());
    }
    read_only_database const database(file);
    BOOST_TEST(database.environments().size() == 1U);
    BOOST_TEST(database.tests(1).size() == 20U);
    BOOST_TEST(database.runs(1).size() == 16U);
    for (auto const& run : database.runs(1)) {
        BOOST_TEST(run.counts.passed == 20);
    }
    BOOST_TEST(check(file).problems.empty());
}

BOOST_AUTO_TEST_CASE(a_database_that_is_read_has_no_member_that_writes)
{
    static_assert(!std::is_base_of_v<read_write_database, read_only_database>);
    static_assert(!std::is_convertible_v<read_only_database&, read_write_database&>);
    static_assert(!std::is_constructible_v<read_write_database, read_only_database&&>);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_SUITE_END()
