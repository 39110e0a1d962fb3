// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
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
#include <ostream>
#include <string>
#include <vector>

using namespace testmon::test;
namespace data = boost::unit_test::data;

namespace
{

struct bad_usage {
    std::vector<std::string> words;
    std::string says;
};

std::ostream& operator<<(std::ostream& out, bad_usage const& bad)
{
    for (auto const& word : bad.words) {
        out << word.substr(0, 30) << " ";
    }
    return out;
}

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
    {{"coordinate", "--stat"}, "--stat"},
    {{"coordinate", "status", "--wat"}, "--wat"}, // no abbreviations
};

} // namespace

BOOST_AUTO_TEST_SUITE(usage)

BOOST_DATA_TEST_CASE(bad_usage_is_one_line_and_exit_code_2, data::make(bad_usages), bad)
{
    scratch_directory const here;
    child_options how;
    how.working_directory = here.path();
    auto const ended = run_process(TESTMON_COMMAND_PROGRAM, bad.words, how);
    BOOST_TEST(ended.status.code == 2);
    BOOST_TEST(ended.output.empty());
    BOOST_TEST(std::count(ended.errors.begin(), ended.errors.end(), '\n') == 1);
    BOOST_TEST(holds(ended.errors, "testmon: ", bad.says), ended.errors);
    BOOST_TEST(boost::filesystem::is_empty(here.path()));
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

BOOST_AUTO_TEST_CASE(an_output_that_cannot_be_written_is_exit_code_5)
{
    auto const ended =
        run_process("/bin/sh", {"-c", std::string(TESTMON_COMMAND_PROGRAM) + " --help > /dev/full"});
    BOOST_TEST(ended.status.code == 5);
    BOOST_TEST(holds(ended.errors, "standard output"), ended.errors);
}

BOOST_AUTO_TEST_SUITE_END()
