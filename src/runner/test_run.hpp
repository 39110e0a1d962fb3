// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_TEST_RUN_HPP
#define TESTMON_SRC_RUNNER_TEST_RUN_HPP

#include "distribution.hpp"
#include "isolation.hpp"
#include "run_listener.hpp"
#include "test_item.hpp"

#include <boost/filesystem/path.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace testmon::runner
{

/// Which tests a run has, and in which order.
struct run_plan {
    std::vector<test_index> order{};
    bool keep_order = false; ///< else the order is what makes the run shortest
    /// For each worker, all its tests in their order; none: they are shared out as they come.
    std::optional<std::vector<std::vector<test_index>>> replay{};
};

struct run_settings {
    boost::filesystem::path root{}; ///< the project's directory: of the database and the coordination
    std::vector<std::string>
        command{}; ///< the test executable and its arguments, without a selection of tests
    std::uint32_t workers = 1;
    distribution mode = distribution::worksteal;
    std::uint32_t retries = 0;
    std::uint64_t most_failures = 0; ///< the run is stopped after so many failed tests; 0: it is not
    std::optional<std::uint32_t> most_restarts{};              ///< of lost workers; none: 4 for each worker
    std::chrono::nanoseconds timeout{};                        ///< of each test; 0: none
    std::chrono::nanoseconds grace = std::chrono::seconds(10); ///< between SIGTERM and SIGKILL
    isolation_settings isolation{};
    bool worker_cwd = false; ///< workers run in their scratch directories
    bool keep_scratch = false;
    std::string setup{};     ///< shell command; its output is a JSON object; empty: none
    std::string teardown{};  ///< shell command; empty: none
    bool only_lists = false; ///< nothing will be planned, the database stays as it is
    std::string preload{};   ///< path of the library to preload; empty: there is none
};

/// Runs the tests of one executable on several workers.
class test_run
{
  public:
    /// Is handed all tests, with their history. Errors: whatever it throws ends the run.
    using planner = std::function<run_plan(std::vector<test_item> const&)>;

    test_run(run_settings settings, planner plan, std::vector<run_listener*> listeners);
    ~test_run();
    test_run(test_run const&) = delete;
    test_run& operator=(test_run const&) = delete;

    /// Returns: what came of it, which the listeners are told, too; none if the plan is empty: then nothing
    /// has run, and the listeners were told nothing. Errors: `std::exception`: nothing has run.
    std::optional<run_result> run();

  private:
    class impl;
    std::unique_ptr<impl> impl_;
};

} // namespace testmon::runner

#endif
