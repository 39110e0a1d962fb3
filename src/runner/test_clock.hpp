// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_TEST_CLOCK_HPP
#define TESTMON_SRC_RUNNER_TEST_CLOCK_HPP

#include "attempt.hpp"
#include "run_listener.hpp"

#include <chrono>
#include <optional>

namespace testmon::runner
{

/// How long a test may run: it is asked to end after `timeout`, and killed after `grace` more.
class test_clock
{
  public:
    /// `timeout` 0: there is none.
    test_clock(test_index test, steady_time began, std::chrono::nanoseconds timeout,
               std::chrono::nanoseconds grace)
        : test_(test), began_(began), timeout_(timeout), grace_(grace)
    {
    }

    test_index test() const noexcept { return test_; }
    /// Returns: the signal that is to be sent now; each is returned once.
    std::optional<int> due_signal(steady_time now);
    bool has_sent_signal() const noexcept { return signals_sent_ != 0; }
    /// Makes the attempt a timed-out one if its time was over.
    void explain(attempt_result& attempt) const;

  private:
    test_index test_;
    steady_time began_;
    std::chrono::nanoseconds timeout_;
    std::chrono::nanoseconds grace_;
    int signals_sent_ = 0;
};

} // namespace testmon::runner

#endif
