// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_SCHEDULE_HPP
#define TESTMON_SRC_RUNNER_SCHEDULE_HPP

#include "test_item.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace testmon::runner
{

/// Tests to take back from a worker: this one, and all that it got after it.
struct revocation {
    worker_index worker = 0;
    test_index first = 0;
};

/// Decides which worker runs which tests, in which order. It has no clock and starts nothing: it is told what
/// happens and asked what to do.
///
/// Each test that was given to it is handed out exactly once, and once more for each `give_back` of it.
class schedule
{
  public:
    virtual ~schedule() = default;

    /// Returns: the tests that the worker shall run next, in this order; empty: none for it now, ask again
    /// after any test was finished or given back, by whichever worker. May be asked again while the worker
    /// still runs an earlier batch, so that it need not wait for the next one; it answers then only if the
    /// tests are too short for that to harm the balance.
    virtual std::vector<test_index> take(worker_index worker) = 0;

    /// Returns: what shall be taken back, because `idle` got nothing from `take` and that worker has more
    /// than it is about to run; none: leave all as it is. The caller gives back, in their order, those tests
    /// that had not been started, and lets `idle` take again; it is up to the caller to await one answer of a
    /// worker before it asks that worker again.
    virtual std::optional<revocation> victim_for(worker_index idle) = 0;

    /// The worker has begun with a test that was handed out to it.
    virtual void started(worker_index worker, test_index test) = 0;
    /// A test is done, in whatever way, and took so long. Also for one that was never started, as one that
    /// was skipped with its suite.
    virtual void finished(worker_index worker, test_index test, std::chrono::nanoseconds duration) = 0;
    /// A test that was handed out to the worker has to be run later, here or elsewhere: it was taken back, or
    /// the worker died before its turn, or it is retried. `finished` is not called for it then.
    virtual void give_back(worker_index worker, test_index test) = 0;

    /// Nothing more is handed out; what runs, ends.
    virtual void stop() = 0;
    /// Returns: whether nothing is left to hand out, and nothing handed out is unfinished.
    virtual bool is_done() const = 0;
    /// Returns: an estimate of the time until the end, if all workers go on; none without any history.
    /// `busy`: of each worker, for how long it has been at what it holds.
    virtual std::optional<std::chrono::nanoseconds>
    time_left(std::vector<std::chrono::nanoseconds> const& busy) const = 0;
};

} // namespace testmon::runner

#endif
