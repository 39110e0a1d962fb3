// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "run.hpp"

#include "run_options.hpp"

#include "../runner/json_events.hpp"
#include "../runner/junit_report.hpp"
#include "../runner/plain_display.hpp"
#include "../runner/preload_library.hpp"
#include "../runner/progress_display.hpp"
#include "../runner/replay_file.hpp"
#include "../runner/shard_protocol.hpp"
#include "../runner/summary.hpp"
#include "../runner/terminal.hpp"
#include "../runner/test_command.hpp"
#include "../runner/test_list.hpp"
#include "command_line.hpp"

#include <boost/filesystem/operations.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <random>
#include <stdexcept>

#include <unistd.h>

namespace testmon::command
{

namespace
{

enum run_exit_code {
    all_passed = 0,
    tests_failed = 1,
    nothing_to_run = 3,
    in_trouble = 4,
    interrupted = 130,
};

// Where the last run of an executable is kept for --replay.
boost::filesystem::path replay_file_of(run_options const& options)
{
    auto const& settings = options.settings;
    boost::filesystem::path const executable = settings.command[runner::executable_of(settings.command)];
    auto const place = executable.has_parent_path()
                           ? boost::filesystem::absolute(executable, settings.root).lexically_normal()
                           : executable; // looked for in PATH
    auto const relative = place.lexically_relative(settings.root.lexically_normal());
    bool const is_inside = !relative.empty() && *relative.begin() != "..";
    return settings.root / ".testmon_replay" /
           ((is_inside ? relative : place.relative_path()).native() + ".json");
}

// All that is told of the run.
class listeners
{
  public:
    explicit listeners(run_options const& options)
    {
        bool const prints_events = options.json == "-";
        auto const facts = runner::terminal_facts_of(STDOUT_FILENO);
        bool const colour = runner::wants_colour(facts);
        runner::display_options display{options.detail, colour, options.slow};
        bool const redraws = options.progress == progress_kind::bar ||
                             (options.progress == progress_kind::automatic && runner::can_redraw(facts) &&
                              options.detail != runner::verbosity::quiet);
        if (!prints_events) {
            if (redraws) {
                add<runner::progress_display>(
                    std::cout, [] { return runner::terminal_size_of(STDOUT_FILENO); }, display);
            } else {
                add<runner::plain_display>(std::cout, display);
            }
            add<runner::summary>(std::cout, options.durations, colour);
        } else {
            add<runner::json_events>(std::cout);
        }
        if (!options.json.empty() && !prints_events) {
            events_.open(options.json.native(), std::ios::binary | std::ios::trunc);
            if (!events_) {
                throw std::runtime_error(options.json.native() + ": cannot be written");
            }
            add<runner::json_events>(events_);
        }
        if (!options.junit.empty()) {
            add<runner::junit_report>(options.junit);
        }
        add<runner::replay_recorder>(replay_file_of(options));
    }

    std::vector<runner::run_listener*> all() const
    {
        std::vector<runner::run_listener*> result;
        for (auto const& one : owned_) {
            result.push_back(one.get());
        }
        return result;
    }

    void notice(std::string const& text) const
    {
        for (auto const& one : owned_) {
            one->notice(text);
        }
    }

  private:
    template <class Listener, class... Arguments>
    void add(Arguments&&... arguments)
    {
        owned_.push_back(std::make_unique<Listener>(std::forward<Arguments>(arguments)...));
    }

    std::ofstream events_{};
    std::vector<std::unique_ptr<runner::run_listener>> owned_{};
};

int exit_code_of(runner::run_result const& result)
{
    if (result.end == runner::run_end::interrupted) {
        return interrupted;
    }
    if (result.end == runner::run_end::trouble) {
        return in_trouble;
    }
    bool const failed = result.failed_outside_tests ||
                        std::any_of(result.verdicts.begin(), result.verdicts.end(), runner::is_failure);
    return failed ? tests_failed : all_passed;
}

void prepare_replay(run_options& options, runner::replay_record& record)
{
    if (options.replay.empty()) {
        options.replay = replay_file_of(options);
    }
    record = runner::read_replay_file(options.replay);
    options.settings.workers = static_cast<std::uint32_t>(std::max<std::size_t>(record.workers.size(), 1));
    if (record.distribution == to_string(runner::distribution::each)) {
        options.settings.mode = runner::distribution::each; // what comes again is no retry
    }
}

int nothing_to_run_of(run_options const& options, std::string const& why)
{
    std::cerr << "testmon: nothing to run of " << options.settings.command.front() << ": " << why << '\n';
    return nothing_to_run;
}

int list(run_options const& options)
{
    std::string why_empty;
    auto const plan = [&](std::vector<runner::test_item> const& tests) {
        auto const selected = runner::plan_tests(tests, options.selection);
        auto const& chosen = selected.plan.order;
        why_empty = selected.why_empty;
        std::cout << (options.list_as_json
                          ? runner::test_list_json(tests, chosen)
                          : runner::test_list_text(tests, chosen,
                                                   options.detail == runner::verbosity::verbose));
        return runner::run_plan{};
    };
    runner::test_run(options.settings, plan, {}).run();
    return why_empty.empty() ? all_passed : nothing_to_run_of(options, why_empty);
}

int run(run_options& options)
{
    options.settings.preload = runner::find_preload_library();
    auto const request = runner::choose_shard_request(options.selection.part);
    options.selection.part = request.part;
    runner::touch_status_files(request);
    if (options.random_seed) {
        options.selection.seed = std::random_device()();
    }
    if (options.list) {
        options.settings.workers = 1;
        options.settings.only_lists = true;
        return list(options);
    }
    runner::replay_record record;
    if (options.replays) {
        prepare_replay(options, record);
    }
    listeners const told(options);
    std::string why_empty = "the replay file names no test of it";
    auto const plan = [&](std::vector<runner::test_item> const& tests) {
        if (options.replays) {
            return runner::replay_plan(tests, record);
        }
        auto chosen = runner::plan_tests(tests, options.selection);
        why_empty = chosen.why_empty;
        if (options.random_seed) {
            told.notice("the order is that of --order random:" + std::to_string(options.selection.seed));
        }
        for (auto const& text : chosen.notices) {
            told.notice(text);
        }
        return std::move(chosen.plan);
    };
    auto const result = runner::test_run(options.settings, plan, told.all()).run();
    if (!result) {
        return nothing_to_run_of(options, why_empty);
    }
    return exit_code_of(*result);
}

} // namespace

int run_tests(std::vector<std::string> const& words)
{
    auto options = parse_run_options(words);
    if (options.help) {
        std::cout << run_help();
        return all_passed;
    }
    try {
        return run(options);
    } catch (std::invalid_argument const& e) {
        throw usage_error(e.what()); // a filter, or a label, that is none
    } catch (std::exception const& e) {
        std::cerr << "testmon: " << e.what() << '\n';
        return in_trouble;
    }
}

} // namespace testmon::command
