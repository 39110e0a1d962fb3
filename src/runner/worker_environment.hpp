// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_WORKER_ENVIRONMENT_HPP
#define TESTMON_SRC_RUNNER_WORKER_ENVIRONMENT_HPP

#include "test_item.hpp"

#include <boost/filesystem/path.hpp>

#include <map>
#include <string>
#include <vector>

namespace testmon::runner
{

/// Variables by name; an empty value takes a variable away.
using variable_changes = std::map<std::string, std::string>;

/// Returns: this process' environment with changes, each as "NAME=value".
std::vector<std::string> environment_with(variable_changes const& changes);

/// What is the same for all processes of a run.
struct run_variables {
    std::string run_id{};
    boost::filesystem::path coordination{}; ///< the directory that holds this and other runs; absolute
    boost::filesystem::path database{};     ///< absolute
    std::uint32_t workers = 0;
};

/// TESTMON_XDIST_RUN_ID and what else a process needs to take part in the run.
variable_changes variables_of_run(run_variables const& run);
/// The same, and TESTMON_XDIST_WORKER, TESTMON_XDIST_WORKER_COUNT, TESTMON_XDIST_WORKER_DIR.
variable_changes variables_of_worker(run_variables const& run, worker_index worker,
                                     boost::filesystem::path const& scratch);
/// What makes an executable a worker if it can be one, and else makes it list its tests.
variable_changes variables_of_persistent_worker(boost::filesystem::path const& directory,
                                                std::string const& preload);

} // namespace testmon::runner

#endif
