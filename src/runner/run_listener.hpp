// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_RUN_LISTENER_HPP
#define TESTMON_SRC_RUNNER_RUN_LISTENER_HPP

#include "attempt.hpp"
#include "test_item.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace testmon::runner
{

using steady_time = std::chrono::steady_clock::time_point;

/// How the test executable is made a worker.
enum class worker_kind {
    linked,    ///< the worker is linked into it
    preloaded, ///< the worker is preloaded into it
    batches    ///< it is run anew for each batch, with --run_test
};
/// "linked", "preloaded", "batches by command line".
std::string_view to_string(worker_kind value) noexcept;

/// What is known when a run begins.
struct run_overview {
    std::string uuid{};
    std::string machine{}; ///< the name of the host
    database::timestamp started{};
    std::vector<std::string> command{}; ///< the test executable and its arguments
    worker_kind kind = worker_kind::linked;
    std::string why_not_better{}; ///< why the kind is not a better one; empty: it is the best
    std::uint32_t workers = 0;
    std::string distribution{};                    ///< "worksteal", ...
    std::vector<test_item> const* tests = nullptr; ///< all that were collected; outlives the run
    std::vector<test_index> selected{};            ///< those that run, in the order of the plan
    std::uint64_t total = 0; ///< how many final results are to come: selected, times the workers with "each"
};

/// Why a run ended.
enum class run_end {
    complete,
    max_failures, ///< --maxfail or -x
    interrupted,  ///< by a signal
    trouble       ///< no worker could go on
};

/// "complete", "max_failures", "interrupted", "trouble".
std::string_view to_string(run_end value) noexcept;
/// Why tests did not run if it ended so: "enough had failed (--maxfail)"; empty for a complete run.
std::string_view why_not_run(run_end value) noexcept;

/// What is known when a run has ended.
struct run_result {
    run_end end = run_end::complete;
    std::string trouble{};                ///< what kept it from going on; empty: nothing
    std::chrono::nanoseconds wall_time{}; ///< from the start of the runner
    std::vector<verdict> verdicts{};      ///< of each selected test, in the order of `run_overview::selected`
    std::uint32_t worker_restarts = 0;    ///< lost workers that were replaced
    bool failed_outside_tests = false;    ///< the listeners were told so
    /// Tests that failed in parallel and passed alone afterwards.
    std::vector<test_index> passed_alone{};
};

/// Is told what happens in a run, in the order in which it happens. All calls come from one thread. A
/// listener that throws ends the run with the message as trouble.
class run_listener
{
  public:
    virtual ~run_listener() = default;

    virtual void run_started(run_overview const&) {}
    /// A worker's process runs; again for each one that takes a lost one's place.
    virtual void worker_started(worker_index, ::pid_t) {}
    virtual void test_started(worker_index, test_index, std::int64_t /* attempt */) {}
    virtual void attempt_finished(attempt_result const&) {}
    /// A worker's process ended before its time; `why` as "killed by signal 11 (Segmentation fault)".
    virtual void worker_lost(worker_index, std::string const& /* why */) {}
    /// A fixture of a suite or of all tests failed, or a worker's process ended badly while it ran no test: a
    /// text of one or more lines. It makes the run fail.
    virtual void failed_outside_tests(worker_index, std::string const& /* text */) {}
    /// Something that the user should know, on one line.
    virtual void notice(std::string const&) {}
    /// From time to time, at least every 100 ms while the run goes on. `left`: an estimate of the time until
    /// the end of the run; none: there is no history to tell from.
    virtual void tick(std::optional<std::chrono::nanoseconds> /* left */) {}
    virtual void run_finished(run_result const&) {}
};

} // namespace testmon::runner

#endif
