// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "run_options.hpp"

#include "../runner/boost_test_arguments.hpp"
#include "../runner/run_filter.hpp"
#include "../runner/test_command.hpp"
#include "../runner/worker_count.hpp"
#include "../xdist_coordination/run_errors.hpp"
#include "command_line.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/value_semantic.hpp>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace testmon::command
{

namespace po = boost::program_options;

namespace
{

using words_value = std::vector<std::string>;

po::options_description distribution_options()
{
    po::options_description options("How the tests are run");
    auto add = options.add_options();
    add("workers,n", po::value<std::string>()->value_name("N"),
        "how many workers: auto (one for each core, the default), logical (one for each CPU), or a number");
    add("dist", po::value<std::string>()->value_name("MODE"),
        "how tests are shared out: worksteal (the default), load, loadsuite, loadfile, loadgroup (labels "
        "group:NAME), each (every worker runs all)");
    add("order", po::value<std::string>()->value_name("ORDER"),
        "history (the default: what makes the run shortest), declared, random, random:SEED");
    add("timeout", po::value<std::string>()->value_name("S"),
        "seconds after which a test is ended, and in ten times that what is done around the tests; none by "
        "default");
    add("grace", po::value<std::string>()->value_name("S"),
        "seconds between SIGTERM and SIGKILL for what is ended (default 10)");
    add("retries", po::value<std::string>()->value_name("N"),
        "run a test that failed up to N times more, the last time alone; one that passes then is flaky");
    add("maxfail", po::value<std::string>()->value_name("N"), "stop after N failed tests");
    add("exitfirst,x", "stop after the first failed test");
    add("max-worker-restart", po::value<std::string>()->value_name("N"),
        "replace at most N workers that were lost (default: 4 for each worker)");
    add("setup", po::value<std::string>()->value_name("COMMAND"),
        "prepare something for all workers; the JSON object that it prints becomes a part of the state");
    add("teardown", po::value<std::string>()->value_name("COMMAND"), "run at the end");
    add("isolate", po::value<std::string>()->value_name("WHAT"),
        "give each worker files (a copy of the directory tree and of /tmp, written to apart), net (a "
        "network), or all "
        "of its own");
    add("worker-cwd", "run each worker in its own scratch directory");
    add("keep-scratch", "keep what the workers wrote in their scratch directories");
    return options;
}

po::options_description selection_options()
{
    po::options_description options("Which tests are run");
    auto add = options.add_options();
    add("run_test,t", po::value<words_value>()->value_name("FILTER"),
        "as Boost.Test's own --run_test; several add up");
    add("last-failed", "those that failed last time; all if none did");
    add("failed-first", "those that failed last time before the others");
    add("new", "those that have never run");
    add("shard", po::value<std::string>()->value_name("I/N"), "the I-th of N parts that take equally long");
    add("shard-by", po::value<std::string>()->value_name("WHAT"),
        "what makes parts equal: duration (of --shard the default; all need the same history) or count");
    add("replay", po::value<std::string>()->implicit_value("")->value_name("[=FILE]"),
        "the same tests in the same order on the same workers as in the last run, or in that of FILE");
    add("list", "list them instead");
    return options;
}

po::options_description output_options()
{
    po::options_description options("What is shown and written");
    auto add = options.add_options();
    add("verbose,v", "show every test, and how workers are made");
    add("quiet,q", "show failures and the summary only");
    add("progress", po::value<std::string>()->value_name("KIND"), "auto (the default), bar, plain");
    add("durations", po::value<std::string>()->value_name("N"), "show the N slowest tests");
    add("slow", po::value<std::string>()->value_name("S"),
        "seconds after which a running test is called slow (60)");
    add("junit", po::value<std::string>()->value_name("FILE"), "write a JUnit XML report");
    add("json", po::value<std::string>()->implicit_value("")->value_name("[=FILE]"),
        "write what happens as JSON lines (doc/run_events.md); with --list, print the list as JSON");
    add("help", "show this help");
    return options;
}

po::options_description all_options()
{
    po::options_description options;
    options.add(distribution_options()).add(selection_options()).add(output_options());
    return options;
}

class reader
{
  public:
    explicit reader(po::variables_map const& values) : values_(values) {}

    bool has(char const* name) const { return values_.count(name) != 0; }
    std::string text(char const* name) const { return has(name) ? values_[name].as<std::string>() : ""; }

    std::string command(char const* name) const
    {
        auto result = text(name);
        if (has(name) && result.empty()) {
            throw usage_error("--" + std::string(name) + " is empty");
        }
        return result;
    }

    void seconds(char const* name, std::chrono::nanoseconds& value, bool zero_is_allowed) const
    {
        if (!has(name)) {
            return;
        }
        auto const option = "--" + std::string(name);
        auto const given = parse_seconds(option, text(name));
        if (given == 0 && !zero_is_allowed) {
            throw usage_error(option + " is \"" + text(name) + "\"; allowed is a number of seconds above 0");
        }
        value = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(given));
    }

    template <class Number>
    void number(char const* name, Number& value, std::int64_t least, std::int64_t most) const
    {
        if (has(name)) {
            value =
                static_cast<std::uint32_t>(parse_integer("--" + std::string(name), text(name), least, most));
        }
    }

    template <class Value>
    Value one_of(char const* name, std::vector<std::pair<char const*, Value>> const& allowed,
                 Value otherwise) const
    {
        if (!has(name)) {
            return otherwise;
        }
        std::string names;
        for (auto const& [text_of, value] : allowed) {
            if (text(name) == text_of) {
                return value;
            }
            names += std::string(names.empty() ? "" : ", ") + text_of;
        }
        throw usage_error("--" + std::string(name) + " is \"" + text(name) + "\"; allowed is one of " +
                          names);
    }

  private:
    po::variables_map const& values_;
};

void read_distribution(reader const& given, run_options& result)
{
    constexpr std::int64_t most = 1'000'000;
    constexpr std::int64_t most_retries = 100;
    auto& settings = result.settings;
    using runner::distribution;
    settings.workers =
        runner::worker_count(given.has("workers") ? given.text("workers") : "auto", runner::observe_cpus());
    settings.mode = given.one_of<distribution>("dist",
                                               {{"worksteal", distribution::worksteal},
                                                {"load", distribution::load},
                                                {"loadsuite", distribution::loadsuite},
                                                {"loadfile", distribution::loadfile},
                                                {"loadgroup", distribution::loadgroup},
                                                {"each", distribution::each}},
                                               distribution::worksteal);
    given.seconds("timeout", settings.timeout, false);
    given.seconds("grace", settings.grace, true);
    given.number("retries", settings.retries, 0, most_retries);
    if (given.has("maxfail") && given.has("exitfirst")) {
        throw usage_error("--maxfail and --exitfirst do not go together");
    }
    given.number("maxfail", settings.most_failures, 1, most);
    if (given.has("exitfirst")) {
        settings.most_failures = 1;
    }
    given.number("max-worker-restart", settings.most_restarts, 0, most);
    settings.setup = given.command("setup");
    settings.teardown = given.command("teardown");
    settings.worker_cwd = given.has("worker-cwd");
    settings.keep_scratch = given.has("keep-scratch");
    settings.isolation = given.one_of<runner::isolation_settings>(
        "isolate",
        {{"files", {true, false, {}, {}}}, {"net", {false, true, {}, {}}}, {"all", {true, true, {}, {}}}},
        {});
}

void read_selection(reader const& given, po::variables_map const& values, run_options& result)
{
    auto& selection = result.selection;
    if (given.has("run_test")) {
        auto const& filters = values["run_test"].as<words_value>();
        selection.run_test.insert(selection.run_test.end(), filters.begin(), filters.end());
    }
    // As for the executable itself, the variable says what nothing else says. Its workers do not see it.
    auto const* const variable = std::getenv("BOOST_TEST_RUN_FILTERS");
    if (selection.run_test.empty() && variable != nullptr && *variable != '\0' && !given.has("replay")) {
        selection.run_test.emplace_back(variable);
    }
    selection.last_failed = given.has("last-failed");
    selection.failed_first = given.has("failed-first");
    selection.only_new = given.has("new");
    if (given.has("order")) {
        auto const order = runner::parse_order(given.text("order"));
        selection.order = order.kind;
        selection.seed = order.seed.value_or(0);
        result.random_seed = order.kind == runner::test_order::random && !order.seed;
    }
    if (given.has("shard")) {
        selection.part = runner::parse_shard(given.text("shard"));
    }
    selection.balance = given.one_of<runner::shard_balance>(
        "shard-by", {{"duration", runner::shard_balance::duration}, {"count", runner::shard_balance::count}},
        // Nobody who sets the variables says that all shards have the same history.
        given.has("shard") ? runner::shard_balance::duration : runner::shard_balance::count);
    result.replays = given.has("replay");
    result.replay = given.text("replay");
    if (result.replays) {
        for (auto const* other :
             {"run_test", "last-failed", "failed-first", "new", "shard", "order", "dist", "workers"}) {
            if (given.has(other)) {
                throw usage_error("--replay and --" + std::string(other) + " do not go together");
            }
        }
    }
}

void read_output(reader const& given, run_options& result)
{
    if (given.has("quiet") && given.has("verbose")) {
        throw usage_error("--quiet and --verbose do not go together");
    }
    if (given.has("quiet")) {
        result.detail = runner::verbosity::quiet;
    }
    if (given.has("verbose")) {
        result.detail = runner::verbosity::verbose;
    }
    result.progress = given.one_of<progress_kind>(
        "progress",
        {{"auto", progress_kind::automatic}, {"bar", progress_kind::bar}, {"plain", progress_kind::plain}},
        progress_kind::automatic);
    constexpr std::int64_t most = 1'000'000;
    given.number("durations", result.durations, 0, most);
    given.seconds("slow", result.slow, true);
    result.junit = given.command("junit");
    result.list = given.has("list");
    result.list_as_json = result.list && given.has("json");
    result.json = given.text("json");
    if (result.list_as_json && !result.json.empty()) {
        throw usage_error("--list prints; --json takes no file there");
    }
    if (!result.list && given.has("json") && result.json.empty()) {
        throw usage_error("--json needs a file, as --json=FILE; \"-\" is standard output");
    }
}

} // namespace

run_options parse_run_options(std::vector<std::string> const& words)
{
    auto const options = all_options();
    // What follows "--" is the executable's. It may be left out if no argument looks like an option of ours.
    auto const separator = std::find(words.begin(), words.end(), "--");
    std::vector<std::string> own(words.begin(), separator);
    std::vector<std::string> command;
    if (separator != words.end()) {
        command.assign(separator + 1, words.end());
    } else {
        auto split = split_at_first_operand(own, options);
        own = std::move(split.before);
        command = std::move(split.from_there);
    }
    auto const parsed = parse_words(own, options);
    if (!parsed.operands.empty()) {
        throw usage_error("\"" + parsed.operands.front() + "\" stands before \"--\" and is no option");
    }
    run_options result;
    reader const given(parsed.options);
    result.help = given.has("help");
    if (result.help) {
        return result;
    }
    if (command.empty()) {
        throw usage_error("a test executable is missing, as in: testmon run -- ./my_tests");
    }
    try {
        if (auto const word = runner::argument_that_runs_no_test(command); !word.empty()) {
            throw usage_error("\"" + xdist_coordination::printable(word) +
                              "\" asks the test executable to run no test; give it without testmon");
        }
        result.selection.run_test = runner::take_run_filters(command);
        result.settings.command = std::move(command);
        read_distribution(given, result);
        read_selection(given, parsed.options, result);
        read_output(given, result);
    } catch (std::invalid_argument const& e) {
        throw usage_error(e.what());
    }
    result.settings.root = boost::filesystem::current_path();
    // Wherever the workers run: it is meant from here.
    for (auto const index : {std::size_t{0}, runner::executable_of(result.settings.command)}) {
        auto& word = result.settings.command[index];
        if (result.settings.worker_cwd && word.find('/') != std::string::npos) {
            word = boost::filesystem::absolute(word).native();
        }
    }
    result.settings.isolation.tree = result.settings.root;
    return result;
}

std::string run_help()
{
    std::ostringstream text;
    text << "Usage: testmon run [OPTIONS] -- EXECUTABLE [ARGUMENTS]\n\n"
            "Runs the tests of a Boost.Test executable on several workers.\n"
         << distribution_options() << selection_options() << output_options()
         << "\nExit codes: 0 all passed, 1 tests failed, 2 bad usage, 3 nothing to run, 4 the runner or a "
            "worker is in\n"
            "trouble, 130 interrupted.\n";
    return text.str();
}

} // namespace testmon::command
