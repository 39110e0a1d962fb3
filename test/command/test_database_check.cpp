// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/database_command.hpp"
#include "support/database_file.hpp"
#include "support/database_history.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>
#include <sqlite3.h>

#include <algorithm>
#include <string>

using namespace testmon::test;
namespace json = boost::json;

namespace
{

void execute(boost::filesystem::path const& file, char const* statement)
{
    sqlite3* handle = nullptr;
    BOOST_REQUIRE(::sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
    BOOST_TEST(::sqlite3_exec(handle, statement, nullptr, nullptr, nullptr) == SQLITE_OK, statement);
    ::sqlite3_close(handle);
}

struct recorded {
    recorded() { record_history(file); }

    scratch_directory root{};
    boost::filesystem::path file = root.path() / "data";
};

} // namespace

BOOST_AUTO_TEST_SUITE(database_check)

BOOST_FIXTURE_TEST_CASE(a_sound_database, recorded)
{
    auto const text = database_command(file, {"check"});
    BOOST_TEST(text.status.code == 0);
    BOOST_TEST(text.output == "database: " + file.native() + "\nsound, schema version 1\n");
    auto const seen = json::parse(database_command(file, {"check", "--json"}).output);
    json::value const expected{{"file", file.native()},
                               {"sound", true},
                               {"schema_version", 1},
                               {"problems", json::array()},
                               {"holders", json::array()}};
    BOOST_TEST((seen == expected), json::serialize(seen));
}

BOOST_FIXTURE_TEST_CASE(it_tells_who_writes, recorded)
{
    auto const writer = writer_of(file);
    auto const text = database_command(file, {"check", "--timeout", "0"});
    BOOST_TEST(text.status.code == 0);
    BOOST_TEST(holds(text.output, "\nprocess " + std::to_string(writer.pid()) + " is writing to it\n"),
               text.output);
    auto const seen = json::parse(database_command(file, {"check", "--json"}).output).at("holders");
    json::array const expected{json::object{{"pid", writer.pid()}, {"writes", true}}};
    BOOST_TEST((seen == expected), json::serialize(seen));
}

BOOST_FIXTURE_TEST_CASE(damaged_bytes_are_problems, recorded)
{
    damage(file, 4096);
    auto const before = content_of(file);
    auto const text = database_command(file, {"check"});
    BOOST_TEST(text.status.code == 5);
    BOOST_TEST(holds(text.output, "database: " + file.native() + "\nproblem: "), text.output);
    BOOST_TEST(!holds(text.output, "sound"), text.output);
    BOOST_TEST(std::count(text.errors.begin(), text.errors.end(), '\n') == 1);
    BOOST_TEST(holds(text.errors, "the database " + file.native() + " is not sound: the check found "),
               text.errors);
    auto const document = database_command(file, {"check", "--json"});
    BOOST_TEST(document.status.code == 5);
    auto const seen = json::parse(document.output);
    BOOST_TEST(!seen.at("sound").as_bool());
    BOOST_TEST(!seen.at("problems").as_array().empty());
    BOOST_TEST((content_of(file) == before));
}

BOOST_FIXTURE_TEST_CASE(another_schema_and_a_dangling_reference_are_problems, recorded)
{
    execute(file, "DROP INDEX run_by_time");
    execute(file, "DELETE FROM test WHERE path = 'a/fast'");
    auto const seen = database_command(file, {"check"});
    BOOST_TEST(seen.status.code == 5);
    BOOST_TEST(holds(seen.output, "problem: the schema lacks run_by_time\n",
                     "problem: a row of test_execution refers to a row of test that is not there\n"),
               seen.output);
    BOOST_TEST(holds(seen.errors, "3 problems"), seen.errors); // two executions refer to the test
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_of_ours)
{
    scratch_directory const root;
    auto const missing = database_command(root.path() / "none", {"check"});
    BOOST_TEST(missing.status.code == 5);
    BOOST_TEST(holds(missing.errors, "none: the file does not exist"), missing.errors);
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
    auto const other = root.path() / "other";
    execute(other, "CREATE TABLE metadata (x); CREATE TABLE environment (x); CREATE TABLE file_fp (x)");
    auto const before = content_of(other);
    auto const foreign = database_command(other, {"check"});
    BOOST_TEST(foreign.status.code == 5);
    BOOST_TEST(foreign.output.empty());
    BOOST_TEST(holds(foreign.errors, other.native(), "pytest-testmon"), foreign.errors);
    BOOST_TEST((content_of(other) == before));
}

BOOST_AUTO_TEST_SUITE_END()
