// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/environment.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/database.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>

using namespace testmon::database;
using namespace testmon::test;
namespace fs = boost::filesystem;

BOOST_AUTO_TEST_SUITE(data_file)

BOOST_AUTO_TEST_CASE(is_told_by_the_environment)
{
    scratch_directory const root;
    struct row {
        std::optional<std::string> variable;
        fs::path expected;
    };
    row const rows[] = {
        {std::nullopt, root.path() / ".testmondata-cpp"},
        {"other.db", root.path() / "other.db"},
        {"sub/other.db", root.path() / "sub/other.db"},
        {"../other.db", root.path().parent_path() / "other.db"},
        {"./a//b.db", root.path() / "a/b.db"},
        {"/var/tests.db", "/var/tests.db"},
        {"with blanks \"and quotes\"", root.path() / "with blanks \"and quotes\""},
    };
    for (auto const& r : rows) {
        std::optional<environment_variable> variable;
        if (r.variable) {
            variable.emplace("TESTMON_DATAFILE", *r.variable);
        }
        BOOST_TEST(testmon::database::data_file(root.path()) == r.expected);
    }
}

BOOST_AUTO_TEST_CASE(is_absolute_although_the_root_is_not)
{
    BOOST_TEST(testmon::database::data_file(".") == fs::current_path() / ".testmondata-cpp");
}

BOOST_AUTO_TEST_CASE(an_empty_variable_is_an_error)
{
    environment_variable const variable("TESTMON_DATAFILE", "");
    auto const e = thrown_by<database_error>([] { testmon::database::data_file("."); });
    BOOST_TEST((e.code() == errc::invalid_argument));
    BOOST_TEST(holds(e.what(), "TESTMON_DATAFILE is empty", "allowed is"), e.what());
}

BOOST_AUTO_TEST_CASE(that_was_named_is_used)
{
    scratch_directory const root;
    environment_variable const variable("TESTMON_DATAFILE", "here.db");
    read_write_database const made(testmon::database::data_file(root.path()));
    BOOST_TEST(fs::exists(root.path() / "here.db"));
}

BOOST_AUTO_TEST_CASE(in_a_missing_directory_is_an_error_that_names_it)
{
    scratch_directory const root;
    environment_variable const variable("TESTMON_DATAFILE", "missing/here.db");
    auto const file = testmon::database::data_file(root.path());
    for (auto const& e : {thrown_by<database_error>([&] { read_write_database const made(file); }),
                          thrown_by<database_error>([&] { read_only_database const opened(file); })}) {
        BOOST_TEST((e.code() == errc::missing));
        BOOST_TEST(holds(e.what(), file.native(), (root.path() / "missing").native() + " does not exist"),
                   e.what());
    }
    BOOST_TEST(fs::is_empty(root.path()));
}

BOOST_AUTO_TEST_SUITE_END()
