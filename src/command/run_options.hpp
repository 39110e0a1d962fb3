// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_RUN_OPTIONS_HPP
#define TESTMON_SRC_COMMAND_RUN_OPTIONS_HPP

#include "../runner/selection.hpp"
#include "../runner/test_run.hpp"
#include "../runner/verbosity.hpp"

#include <boost/filesystem/path.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace testmon::command
{

enum class progress_kind { automatic, bar, plain };

/// What a command line of `testmon run` asks for.
struct run_options {
    runner::run_settings settings{};
    runner::selection_settings selection{};
    bool random_seed = false; ///< `selection.seed` is to be chosen
    bool replays = false;     ///< the run that `replay` is about is repeated
    boost::filesystem::path
        replay{}; ///< the file of a run to repeat; empty: of the last run of the executable
    runner::verbosity detail = runner::verbosity::normal;
    progress_kind progress = progress_kind::automatic;
    std::size_t durations = 0;
    std::chrono::nanoseconds slow = std::chrono::seconds(60);
    boost::filesystem::path junit{}; ///< empty: no report
    boost::filesystem::path json{};  ///< of the events; empty: none, "-": standard output
    bool list = false;
    bool list_as_json = false;
    bool help = false;
};

/// Errors: `usage_error`.
run_options parse_run_options(std::vector<std::string> const& words);
std::string run_help();

} // namespace testmon::command

#endif
