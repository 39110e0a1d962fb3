// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "worker_environment.hpp"

#include "../boost_test_worker/protocol.hpp"

#include <cstdlib>
#include <string_view>

#include <unistd.h>

namespace testmon::runner
{

std::vector<std::string> environment_with(variable_changes const& changes)
{
    std::vector<std::string> result;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        std::string_view const variable = *entry;
        if (changes.count(std::string(variable.substr(0, variable.find('=')))) == 0) {
            result.emplace_back(variable);
        }
    }
    for (auto const& [name, value] : changes) {
        if (!value.empty()) {
            result.push_back(name + '=' + value);
        }
    }
    return result;
}

variable_changes variables_of_run(run_variables const& run)
{
    return {
        {"TESTMON_XDIST_RUN_ID", run.run_id},
        {"TESTMON_XDIST_DIR", run.coordination.native()},
        {"TESTMON_XDIST_CONTROLLER_PRECREATION", "true"},
        {"TESTMON_DATAFILE", run.database.native()},
        {"TESTMON_XDIST_WORKER_COUNT", std::to_string(run.workers)},
    };
}

variable_changes variables_of_worker(run_variables const& run, worker_index worker,
                                     boost::filesystem::path const& scratch)
{
    auto result = variables_of_run(run);
    result["TESTMON_XDIST_WORKER"] = "gw" + std::to_string(worker);
    result["TESTMON_XDIST_WORKER_DIR"] = scratch.native();
    // A crash shall end the process by its signal. Otherwise Boost.Test goes on to tear down what is broken.
    result["BOOST_TEST_CATCH_SYSTEM_ERRORS"] = "no";
    result["BOOST_TEST_COLOR_OUTPUT"] = "no";
    result["BOOST_TEST_REPORT_SINK"] = ""; // takes the list of tests with it
    result["BOOST_TEST_RUN_FILTERS"] = ""; // what is selected is the runner's affair
    return result;
}

variable_changes variables_of_persistent_worker(boost::filesystem::path const& directory,
                                                std::string const& preload)
{
    variable_changes result{
        {boost_test::directory_variable, directory.native()},
        {"BOOST_TEST_LIST_CONTENT", "DOT"},
    };
    if (!preload.empty()) {
        auto const* const others = std::getenv("LD_PRELOAD");
        // AddressSanitizer refuses to be loaded behind another library, although this one takes nothing of
        // it.
        auto const* const options = std::getenv("ASAN_OPTIONS");
        result["ASAN_OPTIONS"] = std::string(options == nullptr ? "" : options) + ":verify_asan_link_order=0";
        result["LD_PRELOAD"] = others == nullptr || *others == '\0' ? preload : preload + ':' + others;
    }
    return result;
}

} // namespace testmon::runner
