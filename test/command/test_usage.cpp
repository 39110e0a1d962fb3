// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "command/bad_usage.hpp"

#include "support/child_process.hpp"
#include "support/scratch_directory.hpp"
#include "support/shell_command.hpp"
#include "support/thrown.hpp"

#include <testmon/version.hpp>

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
    {{}, "a command is missing"},
    {{"fly"}, "\"fly\" is no command"},
    {{"--no-such"}, "--no-such"},
    {{"coordinate"}, "needs a subcommand"},
    {{"coordinate", "fly"}, "\"fly\" is no subcommand"},
    {{"coordinate", "--no-such", "status"}, "--no-such"},
    {{"coordinate", "status", "--no-such"}, "--no-such"},
    {{"coordinate", "status", "more"}, "\"more\" is one word too many"},
    {{"coordinate", "acknowledge"}, "WORKER_ID is missing"},
    {{"coordinate", "acknowledge", ""}, "worker id is \"\""},
    {{"coordinate", "acknowledge", "../x"}, "worker id is \"../x\""},
    {{"coordinate", "acknowledge", std::string(65, 'a')}, "allowed is [A-Za-z0-9][A-Za-z0-9_.-]{0,63}"},
    {{"coordinate", "wait-for-controller", "a b", "--timeout", "0"}, "worker id is \"a b\""},
    {{"coordinate", "wait-for-controller", "gw0", "--timeout", "soon"}, "--timeout is \"soon\""},
    {{"coordinate", "wait-for-controller", "gw0", "--timeout", "-1"}, "--timeout"},
    {{"coordinate", "wait-for-controller", "gw0", "--timeout", "inf"}, "allowed is a number of seconds"},
    {{"coordinate", "wait-for-controller", "gw0", "--timeout="}, "--timeout"},
    {{"coordinate", "wait-for-controller", "gw0", "--after", "x"}, "--after is \"x\""},
    {{"coordinate", "wait-for-workers", "many"}, "N is \"many\""},
    {{"coordinate", "wait-for-workers", "1.5"}, "N is \"1.5\""},
    {{"coordinate", "wait-for-workers", "99999999999999999999"}, "from 0 to 1000000"},
    {{"coordinate", "wait-for-workers", "-1"}, "-1"},
    {{"coordinate", "publish"}, "publish needs --state"},
    {{"coordinate", "publish", "--state", "nonsense"}, "no JSON object"},
    {{"coordinate", "publish", "--state", "[1]"}, "no JSON object"},
    {{"coordinate", "publish", "--state", "{\"environment_id\": \"x\"}"},
     "\"environment_id\" of the state is \"x\""},
    {{"coordinate", "publish", "--state", "{\"database_path\": 1}"}, "\"database_path\""},
    {{"coordinate", "publish", "--state", "{\"expected_workers\": -1}"}, "\"expected_workers\""},
    {{"coordinate", "publish", "--state", "{\"timestamp\": 1}"}, "\"timestamp\""},
    {{"coordinate", "publish", "--state", "{\"precreated_entries\": 1}"}, "\"precreated_entries\""},
    {{"coordinate", "publish", "--state", "{}", "--expected-workers", "few"},
     "--expected-workers is \"few\""},
    {{"coordinate", "publish", "--state", "{}", "--pid", "0"}, "--pid is \"0\""},
    {{"coordinate", "publish", "--state", "{}", "--pid", "2000000000"}, "no living process 2000000000"},
    {{"coordinate", "abort"}, "abort needs --reason"},
    {{"coordinate", "abort", "--reason", ""}, "reason"},
    {{"coordinate", "--run-id", "../x", "status"}, "--run-id is \"../x\""},
    {{"coordinate", "--run-id", "", "status"}, "--run-id"},
    {{"coordinate", "--root", "", "status"}, "--root"},
    {{"coordinate", "--root"}, "--root"},
    {{"coordinate", "status", "--root"}, "--root"},
    {{"coordinate", "status", "--root", "/a", "--root", "/b"}, "--root"},
    {{"coordinate", "--root", "/a", "status", "--root", "/b"}, "--root"},
    {{"coordinate", "--run-id", std::string(65, 'r'), "status"}, "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"},
    {{"coordinate", "--run-id", "a/b", "begin"}, "--run-id is \"a/b\""},
    {{"coordinate", "--json=yes", "status"}, "--json"},
    {{"coordinate", "begin", "gw0"}, "\"gw0\" is one word too many"},
    {{"coordinate", "cleanup", "all"}, "\"all\" is one word too many"},
    {{"coordinate", "publish", "{}"}, "\"{}\" is one word too many"},
    {{"coordinate", "leave"}, "WORKER_ID is missing"},
    {{"coordinate", "wait-for-controller"}, "WORKER_ID is missing"},
    {{"coordinate", "wait-for-workers"}, "N is missing"},
    {{"coordinate", "wait-for-workers", "1", "2"}, "\"2\" is one word too many"},
    {{"coordinate", "wait-for-workers", ""}, "N is \"\""},
    {{"coordinate", "wait-for-workers", "+1"}, "N is \"+1\""},
    {{"coordinate", "wait-for-workers", "1 "}, "N is \"1 \""},
    {{"coordinate", "wait-for-workers", "0x10"}, "N is \"0x10\""},
    {{"coordinate", "wait-for-workers", "1000001"}, "from 0 to 1000000"},
    {{"coordinate", "wait-for-workers", "1", "--timeout", "nan"}, "--timeout is \"nan\""},
    {{"coordinate", "wait-for-workers", "1", "--timeout", "0x1"}, "--timeout is \"0x1\""},
    {{"coordinate", "wait-for-workers", "1", "--timeout", "1 "}, "--timeout is \"1 \""},
    {{"coordinate", "wait-for-workers", "1", "--timeout", "1s"}, "--timeout is \"1s\""},
    {{"coordinate", "wait-for-workers", "1", "--timeout", "1,5"}, "--timeout is \"1,5\""},
    {{"coordinate", "wait-for-workers", "1", "--timeout", "1e400"}, "--timeout is \"1e400\""},
    {{"coordinate", "wait-for-workers", "1", "--timeout", "31536001"}, "from 0 to 31536000"},
    {{"coordinate", "wait-for-controller", "gw0", "--after", "-1"}, "--after"},
    {{"coordinate", "wait-for-controller", "gw0", "--after", "9223372036854775808"}, "--after is"},
    {{"coordinate", "publish", "--state", "{}", "--expected-workers", "1000001"}, "from 0 to 1000000"},
    // An option of another subcommand.
    {{"coordinate", "read", "--timeout", "1"}, "--timeout"},
    {{"coordinate", "acknowledge", "gw0", "--state", "{}"}, "--state"},
    {{"coordinate", "ready-workers", "--watch"}, "--watch"},
    {{"--json", "coordinate", "status"}, "--json"},
    {{"coordinate", "--stat"}, "--stat"},
    {{"coordinate", "status", "--wat"}, "--wat"}, // no abbreviations
};

} // namespace

BOOST_AUTO_TEST_SUITE(usage)

BOOST_DATA_TEST_CASE(bad_usage_is_one_line_and_exit_code_2, data::make(bad_usages), bad)
{
    require_refused(bad);
}

BOOST_AUTO_TEST_CASE(a_bad_configuration_is_exit_code_2)
{
    scratch_directory const root;
    child_options how;
    how.environment["TESTMON_XDIST_MAX_INTERVAL"] = "never";
    auto const ended = coordinate(root.path(), {"status"}, how);
    BOOST_TEST(ended.status.code == 2);
    BOOST_TEST(holds(ended.errors, "TESTMON_XDIST_MAX_INTERVAL", "never"), ended.errors);
}

// Each variable, checked before anything is done (test_config.cpp has the values).
BOOST_DATA_TEST_CASE(every_variable_of_the_configuration_is_checked,
                     data::make({"CONTROLLER_PRECREATION", "DEBUG", "WORKER_TIMEOUT", "CHECK_INTERVAL",
                                 "BACKOFF_FACTOR", "MAX_INTERVAL", "STATE_MAX_AGE", "RUN_ID"}),
                     variable)
{
    scratch_directory const root;
    auto const name = std::string("TESTMON_XDIST_") + variable;
    child_options how;
    how.environment[name] = "not/good";
    auto const ended = coordinate(root.path(), {"publish", "--state", "{}"}, how);
    BOOST_TEST(ended.status.code == 2);
    BOOST_TEST(holds(ended.errors, "testmon: " + name + " is \"not/good\"; allowed is "), ended.errors);
    BOOST_TEST(std::count(ended.errors.begin(), ended.errors.end(), '\n') == 1);
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(the_environment_configures_it)
{
    scratch_directory const root;
    child_options how;
    how.environment["TESTMON_XDIST_WORKER_TIMEOUT"] = "0.01";
    how.environment["TESTMON_XDIST_DIR"] = "shared";
    how.environment["TESTMON_XDIST_RUN_ID"] = "one";
    how.environment["LC_ALL"] = "de_DE.UTF-8"; // which may not even exist
    auto const late = coordinate(root.path(), {"wait-for-controller", "gw0"}, how);
    BOOST_TEST(late.status.code == 3);
    BOOST_TEST(holds(late.errors, "within 0.01 s", (root.path() / "shared/one").native()), late.errors);
    // The option goes before the variable.
    BOOST_TEST(coordinate(root.path(), {"publish", "--state", "{}", "--run-id", "two"}, how).status.code ==
               0);
    BOOST_TEST(boost::filesystem::exists(root.path() / "shared/two/controller_ready.json"));
}

BOOST_AUTO_TEST_CASE(an_empty_environment_will_do)
{
    scratch_directory const root;
    auto const ended = run_process("/usr/bin/env", {"-i", TESTMON_COMMAND_PROGRAM, "coordinate", "--root",
                                                    root.path().native(), "status"});
    BOOST_TEST(ended.status.code == 0, ended.errors);
}

BOOST_AUTO_TEST_CASE(ways_to_write_an_option)
{
    scratch_directory const root;
    auto const directory = root.path().native();
    for (auto const& words : std::vector<std::vector<std::string>>{
             {"coordinate", "--root", directory, "publish", "--state", "{}"},
             {"coordinate", "--root=" + directory, "publish", "--state={}"},
             {"coordinate", "publish", "--state", "{}", "--root", directory},
             {"coordinate", "publish", "--root=" + directory, "--json", "--state={}"},
             {"coordinate", "--json", "publish", "--state={\"a\": \"b=c\"}", "--root", directory},
         }) {
        BOOST_TEST(run_process(TESTMON_COMMAND_PROGRAM, words).status.code == 0);
    }
    auto const at_the_end = coordinate(root.path(), {"wait-for-workers", "--timeout", "0", "1"});
    BOOST_TEST(at_the_end.status.code == 3);
    for (auto const* timeout : {"0", "0.0", "1e-3", ".001", "+0"}) {
        BOOST_TEST(coordinate(root.path(), {"wait-for-workers", "1", "--timeout", timeout}).status.code == 3);
    }
}

BOOST_AUTO_TEST_CASE(help_is_for_the_asking_whatever_else_is_said)
{
    scratch_directory const here;
    child_options how;
    how.working_directory = here.path();
    for (auto const& words :
         std::vector<std::vector<std::string>>{{"--help"},
                                               {"coordinate", "--help"},
                                               {"coordinate", "publish", "--help"},
                                               {"coordinate", "--help", "publish"},
                                               {"coordinate", "wait-for-workers", "--help"}}) {
        auto const ended = run_process(TESTMON_COMMAND_PROGRAM, words, how);
        BOOST_TEST(ended.status.code == 0, ended.errors);
        BOOST_TEST(ended.errors.empty());
        BOOST_TEST(holds(ended.output, "Usage: testmon"), ended.output);
        // Readable in a terminal of 120 columns.
        std::size_t begin = 0;
        for (auto end = ended.output.find('\n'); end != std::string::npos;
             end = ended.output.find('\n', begin)) {
            BOOST_TEST(end - begin <= 120U, ended.output.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    BOOST_TEST(boost::filesystem::is_empty(here.path()));
}

BOOST_AUTO_TEST_CASE(version)
{
    auto const ended = run_process(TESTMON_COMMAND_PROGRAM, {"--version"});
    BOOST_TEST(ended.status.code == 0);
    BOOST_TEST(ended.output == "testmon " TESTMON_VERSION_STRING "\n");
}

BOOST_AUTO_TEST_CASE(help_names_every_subcommand_and_every_exit_code)
{
    BOOST_TEST(
        holds(run_process(TESTMON_COMMAND_PROGRAM, {"--help"}).output, "Usage:", "coordinate", "--version"));
    auto const help = run_process(TESTMON_COMMAND_PROGRAM, {"coordinate", "--help"});
    BOOST_TEST(help.status.code == 0);
    BOOST_TEST(holds(help.output, "--root", "--run-id", "--json", "0 done", "2 bad usage", "3 timeout",
                     "4 the other side", "5 file"),
               help.output);
    for (auto const& [name, option] :
         std::vector<std::pair<std::string, std::string>>{{"begin", "--pid"},
                                                          {"publish", "--state"},
                                                          {"publish", "--expected-workers"},
                                                          {"wait-for-workers", "--timeout"},
                                                          {"wait-for-controller", "--no-acknowledge"},
                                                          {"wait-for-controller", "--after"},
                                                          {"read", "--root"},
                                                          {"acknowledge", "--pid"},
                                                          {"leave", "--pid"},
                                                          {"ready-workers", "--json"},
                                                          {"reset", "--pid"},
                                                          {"status", "--watch"},
                                                          {"abort", "--reason"},
                                                          {"cleanup", "--pid"}}) {
        BOOST_TEST(holds(help.output, name), name);
        auto const one = run_process(TESTMON_COMMAND_PROGRAM, {"coordinate", name, "--help"});
        BOOST_TEST(one.status.code == 0);
        BOOST_TEST(holds(one.output, "Usage: testmon coordinate " + name, option), one.output);
    }
}

#ifndef TESTMON_WITH_DATABASE
BOOST_AUTO_TEST_CASE(without_the_database_its_command_says_so)
{
    auto const ended = run_process(TESTMON_COMMAND_PROGRAM, {"database", "show"});
    BOOST_TEST(ended.status.code == 2);
    BOOST_TEST(holds(ended.errors, "this testmon was built without the database"), ended.errors);
    BOOST_TEST(!holds(run_process(TESTMON_COMMAND_PROGRAM, {"--help"}).output, "database"));
}
#endif

BOOST_AUTO_TEST_CASE(an_output_that_cannot_be_written_is_exit_code_5)
{
    auto const ended =
        run_process("/bin/sh", {"-c", std::string(TESTMON_COMMAND_PROGRAM) + " --help > /dev/full"});
    BOOST_TEST(ended.status.code == 5);
    BOOST_TEST(holds(ended.errors, "standard output"), ended.errors);
}

BOOST_AUTO_TEST_SUITE_END()
