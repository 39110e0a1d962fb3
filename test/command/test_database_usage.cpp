// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "command/bad_usage.hpp"

#include "support/child_process.hpp"
#include "support/database_command.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace testmon::test;
namespace data = boost::unit_test::data;

namespace
{

bad_usage const bad_usages[] = {
    {{}, "database needs a subcommand"},
    {{"fly"}, "\"fly\" is no subcommand of database"},
    {{"--no-such", "show"}, "--no-such"},
    {{"show", "--no-such"}, "--no-such"},
    {{"show", "--wha", "runs"}, "--wha"}, // no abbreviations
    {{"show", "more"}, "\"more\" is one word too many"},
    {{"show", "--what", "everything"}, "--what is \"everything\"; allowed is environments, runs"},
    {{"show", "--limit", "few"}, "--limit is \"few\""},
    {{"show", "--limit", "-1"}, "--limit"},
    {{"show", "--history", "1.5"}, "--history is \"1.5\""},
    {{"show", "--history", "99999999999999999999"}, "--history is \"99999999999999999999\""},
    {{"show", "--timeout", "soon"}, "--timeout is \"soon\""},
    {{"show", "--keep-runs", "1"}, "--keep-runs"}, // of another subcommand
    {{"check", "more"}, "\"more\" is one word too many"},
    {{"check", "--timeout", "-1"}, "--timeout"},
    {{"export", "more"}, "\"more\" is one word too many"},
    {{"export", "--format", "xml"}, "--format is \"xml\"; allowed is json or csv"},
    {{"export", "--output", ""}, "--output is \"\""},
    {{"export", "--json"}, "--json"},
    {{"merge"}, "OTHER... is missing"},
    {{"prune"}, "prune needs --keep-runs"},
    {{"prune", "--keep-runs", "0"}, "--keep-runs is \"0\"; allowed is a whole number from 1"},
    {{"prune", "--keep-runs", "all"}, "--keep-runs is \"all\""},
    {{"rebuild", "more"}, "\"more\" is one word too many"},
    {{"rebuild", "--timeout", "1"}, "--timeout"},
    {{"--file", "", "show"}, "--file is \"\""},
    {{"--root", "", "show"}, "--root is \"\""},
};

} // namespace

BOOST_AUTO_TEST_SUITE(database_usage)

BOOST_DATA_TEST_CASE(bad_usage_is_one_line_and_exit_code_2, data::make(bad_usages), bad)
{
    auto words = bad.words;
    words.insert(words.begin(), "database");
    require_refused({words, bad.says});
}

BOOST_AUTO_TEST_CASE(a_bad_configuration_is_exit_code_2)
{
    child_options how;
    how.environment["TESTMON_DATAFILE"] = "";
    auto const ended = run_process(TESTMON_COMMAND_PROGRAM, {"database", "show"}, how);
    BOOST_TEST(ended.status.code == 2);
    BOOST_TEST(holds(ended.errors, "TESTMON_DATAFILE is empty"), ended.errors);
}

BOOST_AUTO_TEST_CASE(help_names_every_subcommand_option_and_exit_code)
{
    BOOST_TEST(holds(run_process(TESTMON_COMMAND_PROGRAM, {"--help"}).output, "  database    Show"));
    auto const help = run_process(TESTMON_COMMAND_PROGRAM, {"database", "--help"});
    BOOST_TEST(help.status.code == 0);
    BOOST_TEST(holds(help.output, "Usage: testmon database [--file FILE] [--root DIR] [--json] SUBCOMMAND",
                     "--file", "--root", "--json", "0 done", "2 bad usage", "3 another process",
                     "5 the database"),
               help.output);
    for (auto const& [name, options] : std::vector<std::pair<std::string, std::vector<std::string>>>{
             {"show", {"--what", "--environment", "--limit", "--history", "--timeout"}},
             {"check", {"--timeout"}},
             {"export", {"--format", "--output", "--timeout"}},
             {"merge", {"--timeout"}},
             {"prune", {"--keep-runs", "--timeout"}},
             {"rebuild", {}}}) {
        BOOST_TEST(holds(help.output, "\n  " + name + " "), name);
        auto const one = run_process(TESTMON_COMMAND_PROGRAM, {"database", name, "--help"});
        BOOST_TEST(one.status.code == 0);
        BOOST_TEST(holds(one.output, "Usage: testmon database " + name, "--file"), one.output);
        for (auto const& option : options) {
            BOOST_TEST(holds(one.output, option), one.output);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_file_is_named_by_an_option_a_variable_or_the_root)
{
    scratch_directory const root;
    auto const seen = [&](std::vector<std::string> words, char const* variable) {
        child_options how;
        how.working_directory = root.path();
        if (variable != nullptr) {
            how.environment["TESTMON_DATAFILE"] = variable;
        }
        words.insert(words.begin(), "database");
        words.insert(words.end(), "show"); // it looks for the file, and does not find it
        return run_process(TESTMON_COMMAND_PROGRAM, words, how).errors;
    };
    auto const in_root = [&](char const* name) { return " in " + (root.path() / name).native() + ": "; };
    boost::filesystem::create_directory(root.path() / "sub");
    BOOST_TEST(holds(seen({}, nullptr), in_root(".testmondata-cpp")));
    BOOST_TEST(holds(seen({"--root", "sub"}, nullptr), in_root("sub/.testmondata-cpp")));
    BOOST_TEST(holds(seen({"--root", "sub"}, "data"), in_root("sub/data")));
    BOOST_TEST(holds(seen({"--root", "sub", "--file", "other"}, "data"), " in other: "));
    BOOST_TEST(holds(seen({"--root", "nowhere"}, nullptr), in_root("nowhere/.testmondata-cpp"), "directory"));
}

BOOST_AUTO_TEST_SUITE_END()
