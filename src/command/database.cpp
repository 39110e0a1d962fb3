// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "database.hpp"

#include "database_call.hpp"
#include "database_subcommands.hpp"
#include "subcommand.hpp"

#include <boost/program_options/value_semantic.hpp>

namespace testmon::command
{

namespace
{

namespace po = boost::program_options;

auto text(char const* name)
{
    return po::value<std::string>()->value_name(name);
}

po::options_description common_options()
{
    po::options_description options("Options of every subcommand");
    options.add_options()(file_name, text("FILE"),
                          "the database (default: TESTMON_DATAFILE, .testmondata-cpp in the root directory)")(
        root_name, text("DIR"), "root directory of the project (default: the current directory)")(
        json_name, "print one JSON document instead of text")(help_name, "show help");
    return options;
}

po::options_description other_options()
{
    po::options_description all;
    auto more = all.add_options();
    more(what_name, text("WHAT"),
         "environments, runs, slowest, failing, flaky, never-run or tests (default: an overview)");
    more(environment_name, text("ID|NAME|EXECUTABLE"),
         "only the environment of this id, or those of this name or executable");
    more(limit_name, text("N"),
         "at most N rows of each kind; 0: all (default: 5 in the overview, 10 runs, the 10 slowest tests, "
         "all of the others)");
    more(history_name, text("RUNS"),
         "judge tests by the newest RUNS runs of their environment; 0: by all (default: 20)");
    more(format_name, text("json|csv"),
         "json: a line for each record of any kind; csv: a row for each execution (default: json)");
    more(output_name, text("FILE"),
         "write to this file, which is replaced when all has been written (default: standard output)");
    more(keep_runs_name, text("N"), "how many runs of each environment to keep, 1 or more");
    more(patience_name, text("SECONDS"), "how long to wait for another process' lock (default: 30)");
    return all;
}

std::vector<subcommand> subcommands()
{
    using namespace database_subcommands;
    return {
        {"show",
         "",
         "Show environments, runs and tests: the slowest, failing, flaky ones.",
         {what_name, environment_name, limit_name, history_name, patience_name},
         show},
        {"check",
         "",
         "Check the integrity and the schema, and tell who has it open.",
         {patience_name},
         check},
        {"export",
         "",
         "Write all that is recorded as lines of JSON, or the executions as CSV.",
         {format_name, output_name, patience_name},
         export_all},
        {"merge",
         "OTHER...",
         "Take over what other databases have and this one lacks.",
         {patience_name},
         merge},
        {"prune",
         "",
         "Keep the newest runs, and give the room of the others back.",
         {keep_runs_name, patience_name},
         prune},
        {"rebuild", "", "Set a damaged database aside and begin a new one.", {}, rebuild},
    };
}

} // namespace

exit_code database(std::vector<std::string> const& words)
{
    static subcommand_group const group{
        "database",
        "[--file FILE] [--root DIR] [--json]",
        "Shows what is recorded of the tests of a project, and looks after the file that holds it.\n",
        "Exit codes: 0 done, 2 bad usage or configuration, 3 another process held the database for too "
        "long,\n"
        "5 the database or a file cannot be used, or is not sound.\n",
        subcommands(),
        common_options,
        other_options};
    return run_subcommand(group, words);
}

} // namespace testmon::command
