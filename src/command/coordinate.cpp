// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "coordinate.hpp"

#include "command_line.hpp"
#include "state_argument.hpp"
#include "status_text.hpp"
#include "subcommand.hpp"

#include <testmon/xdist_coordination/coordination_manager.hpp>

#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include <chrono>
#include <functional>
#include <iostream>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace testmon::command
{

namespace
{

namespace po = boost::program_options;
namespace json = boost::json;
using namespace xdist_coordination;

constexpr char run_id_name[] = "run-id";
constexpr char pid_name[] = "pid";
constexpr char timeout_name[] = "timeout";
constexpr char state_name[] = "state";
constexpr char expected_name[] = "expected-workers";
constexpr char no_acknowledge_name[] = "no-acknowledge";
constexpr char after_name[] = "after";
constexpr char reason_name[] = "reason";
constexpr char watch_name[] = "watch";

constexpr std::int64_t most_workers = 1'000'000;

// What a subcommand of this command is handed.
struct call : subcommand_call {
    coordination_manager manager;

    std::optional<std::chrono::nanoseconds> timeout() const
    {
        auto const text = text_of(timeout_name);
        if (!text) {
            return std::nullopt;
        }
        return std::chrono::nanoseconds(
            static_cast<std::chrono::nanoseconds::rep>(parse_seconds("--timeout", *text) * 1e9));
    }
};

exit_code begin(call& c)
{
    c.manager.begin_run();
    print_if_json(c, {{"directory", c.manager.directory().native()}});
    return exit_code::done;
}

exit_code publish(call& c)
{
    auto const text = c.text_of(state_name);
    if (!text) {
        throw usage_error("publish needs --state JSON, --state @FILE, or --state - for standard input");
    }
    auto data = read_state_argument(*text);
    if (auto const expected = c.text_of(expected_name)) {
        data.expected_workers =
            static_cast<std::uint32_t>(parse_integer("--expected-workers", *expected, 0, most_workers));
    }
    print_if_json(c, c.manager.write_controller_state(data).to_json());
    return exit_code::done;
}

exit_code wait_for_workers(call& c)
{
    auto const count = static_cast<std::size_t>(parse_integer("N", c.operands.front(), 0, most_workers));
    wait_for_workers_options options;
    options.timeout = c.timeout();
    auto const acknowledged = c.manager.wait_for_workers(count, options);
    if (c.as_json()) {
        print({{"acknowledged", acknowledged}, {"workers", json::value_from(c.manager.ready_workers())}});
    } else {
        std::cout << acknowledged << (acknowledged == 1 ? " worker is" : " workers are") << " ready\n";
    }
    return exit_code::done;
}

exit_code wait_for_controller(call& c)
{
    wait_for_controller_options options;
    options.timeout = c.timeout();
    options.acknowledge = c.options.count(no_acknowledge_name) == 0;
    if (auto const after = c.text_of(after_name)) {
        options.after_generation = static_cast<std::uint64_t>(
            parse_integer("--after", *after, 0, std::numeric_limits<std::int64_t>::max()));
    }
    print(c.manager.wait_for_controller(c.operands.front(), options).to_json());
    return exit_code::done;
}

exit_code read(call& c)
{
    print(c.manager.read_controller_state().to_json());
    return exit_code::done;
}

exit_code acknowledge(call& c)
{
    c.manager.acknowledge_worker_ready(c.operands.front());
    print_if_json(c, {{"worker_id", c.operands.front()}});
    return exit_code::done;
}

exit_code leave(call& c)
{
    c.manager.leave(c.operands.front());
    print_if_json(c, {{"worker_id", c.operands.front()}});
    return exit_code::done;
}

exit_code ready_workers(call& c)
{
    auto const ready = c.manager.ready_workers();
    if (c.as_json()) {
        print(json::value_from(ready));
        return exit_code::done;
    }
    for (auto const& id : ready) {
        std::cout << id << "\n";
    }
    return exit_code::done;
}

exit_code reset(call& c)
{
    c.manager.reset_worker_acknowledgments();
    print_if_json(c, {{"acknowledged", 0}});
    return exit_code::done;
}

void print_status(call const& c, coordination_status const& status)
{
    if (c.as_json()) {
        print(status.to_json());
        return;
    }
    auto const now =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    std::cout << status_text(status, now);
}

exit_code status(call& c)
{
    if (c.options.count(watch_name) == 0) {
        print_status(c, c.manager.status());
        return exit_code::done;
    }
    bool const on_terminal = ::isatty(STDOUT_FILENO) != 0 && !c.as_json();
    // On a terminal the seconds count on; elsewhere there is a new block when something has changed.
    auto const longest = on_terminal ? std::chrono::seconds(1) : std::chrono::hours(24);
    while (std::cout.good()) {
        constexpr char clear_screen[] = "\033[H\033[2J";
        auto const seen = c.manager.status();
        std::cout << (on_terminal ? clear_screen : "");
        print_status(c, seen);
        std::cout << (on_terminal || c.as_json() ? "" : "\n") << std::flush;
        while (!c.manager.wait_for_change(seen, longest) && !on_terminal) {
        }
    }
    return exit_code::done;
}

exit_code abort_run(call& c)
{
    auto const reason = c.text_of(reason_name);
    if (!reason) {
        throw usage_error("abort needs --reason TEXT");
    }
    c.manager.abort(*reason);
    print_if_json(c, {{"reason", *reason}});
    return exit_code::done;
}

exit_code cleanup(call& c)
{
    c.manager.cleanup();
    print_if_json(c, {{"directory", c.manager.directory().native()}});
    return exit_code::done;
}

coordination_manager make_manager(subcommand_call const& plain)
{
    auto config = xdist_config::from_environment();
    if (auto const id = plain.text_of(run_id_name)) {
        config.run_id = *id;
        if (!is_valid_id(config.run_id)) {
            throw usage_error("--run-id is \"" + config.run_id +
                              "\"; allowed is [A-Za-z0-9][A-Za-z0-9_.-]{0,63}");
        }
    }
    auto const directory = plain.root();
    manager_options more;
    more.log = standard_error_log(config.debug ? log_level::debug : log_level::warning);
    // A command is over in a moment: what the others shall watch is the life of whoever gave it.
    auto const pid = plain.text_of(pid_name);
    more.acting_for = pid ? parse_integer("--pid", *pid, 1, std::numeric_limits<int>::max()) : ::getppid();
    if (more.acting_for == 0) {
        throw usage_error(
            "the parent process is outside of this pid namespace; say with --pid whom to act for");
    }
    return coordination_manager(directory, std::move(config), std::move(more));
}

std::function<exit_code(subcommand_call&)> with_manager(exit_code (*operation)(call&))
{
    return [operation](subcommand_call& plain) {
        auto manager = make_manager(plain);
        call c{std::move(plain), std::move(manager)};
        return operation(c);
    };
}

std::vector<subcommand> subcommands()
{
    return {
        {"begin",
         "",
         "Become the controller before anything is prepared. Optional: publish does it too.",
         {pid_name},
         with_manager(begin)},
        {"publish",
         "",
         "Publish a state; waiting workers take it at once. Again: a new generation.",
         {state_name, expected_name, pid_name},
         with_manager(publish)},
        {"wait-for-workers",
         "N",
         "Wait until N workers have acknowledged the published state.",
         {timeout_name, pid_name},
         with_manager(wait_for_workers)},
        {"wait-for-controller",
         "WORKER_ID",
         "Wait for a state, acknowledge it, and print it as JSON.",
         {timeout_name, no_acknowledge_name, after_name, pid_name},
         with_manager(wait_for_controller)},
        {"read", "", "Print the published state as JSON, without waiting.", {}, with_manager(read)},
        {"acknowledge",
         "WORKER_ID",
         "Acknowledge the published state.",
         {pid_name},
         with_manager(acknowledge)},
        {"leave",
         "WORKER_ID",
         "Leave in order: the worker's end is no death to report.",
         {pid_name},
         with_manager(leave)},
        {"ready-workers",
         "",
         "Print the ids of the workers that have acknowledged, one a line.",
         {},
         with_manager(ready_workers)},
        {"reset", "", "Forget all acknowledgments of the published state.", {pid_name}, with_manager(reset)},
        {"status",
         "",
         "Show who is the controller, since when, who is ready, missing or dead.",
         {watch_name},
         with_manager(status)},
        {"abort",
         "",
         "Give up: every waiting worker fails at once with the reason.",
         {reason_name, pid_name},
         with_manager(abort_run)},
        {"cleanup", "", "End the run and remove what it has made.", {pid_name}, with_manager(cleanup)},
    };
}

po::options_description common_options()
{
    po::options_description options("Options of every subcommand");
    options.add_options()(root_name, po::value<std::string>()->value_name("DIR"),
                          "root directory of the project (default: the current directory)")(
        run_id_name, po::value<std::string>()->value_name("ID"),
        "which of several runs in the directory (default: TESTMON_XDIST_RUN_ID)")(
        json_name, "print one JSON document instead of text")(help_name, "show help");
    return options;
}

po::options_description other_options()
{
    po::options_description all;
    auto const seconds = [] { return po::value<std::string>()->value_name("SECONDS"); };
    all.add_options()(
        pid_name, po::value<std::string>()->value_name("PID"),
        "act for this process (default: the parent process); the others watch whether it lives")(
        timeout_name, seconds(),
        "how long at most; 0 looks once (default: TESTMON_XDIST_WORKER_TIMEOUT, 30)")(
        state_name, po::value<std::string>()->value_name("JSON|@FILE|-"),
        "a JSON object, itself, in a file, or on standard input: environment_id, database_path, "
        "expected_workers, "
        "precreated_entries, and keys of your own")(expected_name, po::value<std::string>()->value_name("N"),
                                                    "how many workers take part, as part of the state")(
        no_acknowledge_name, "announce the worker, but do not acknowledge yet")(
        after_name, po::value<std::string>()->value_name("GENERATION"),
        "the generation that the worker has already: wait for another one")(
        reason_name, po::value<std::string>()->value_name("TEXT"),
        "why")(watch_name, "keep showing it, until interrupted");
    return all;
}

} // namespace

exit_code coordinate(std::vector<std::string> const& words)
{
    static subcommand_group const group{
        "coordinate",
        "[--root DIR] [--run-id ID] [--json]",
        "Takes part in a run: as its controller, which publishes one state, or as a worker, which waits for\n"
        "the state and acknowledges it. The command acts for its parent process, or for --pid.\n",
        "Exit codes: 0 done, 2 bad usage or configuration, 3 timeout, 4 the other side died or aborted,\n"
        "5 file or state error. ",
        subcommands(),
        common_options,
        other_options};
    return run_subcommand(group, words);
}

} // namespace testmon::command
