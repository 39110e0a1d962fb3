// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_TIME_LIMIT_HPP
#define TESTMON_SRC_RUNNER_TIME_LIMIT_HPP

#include "run_listener.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace testmon::runner
{

/// How long what a worker does may take, a test or what is around its tests: it is asked to end after
/// `timeout`, and killed after `grace` more.
class time_limit
{
  public:
    enum class phase { test, around_tests };

    /// `timeout` 0: there is none. Around the tests it is ten times that: to start a server takes longer than
    /// to ask it.
    time_limit(phase what, steady_time began, std::chrono::nanoseconds timeout,
               std::chrono::nanoseconds grace)
        : phase_(what), began_(began), timeout_(timeout), grace_(grace)
    {
    }

    /// Returns: the signal that is to be sent now; each is returned once.
    std::optional<int> due_signal(steady_time now);
    bool has_sent_signal() const noexcept { return signals_sent_ != 0; }
    /// "ran longer than --timeout 3 s: killed by signal 15 (Terminated)", with `how` it ended; empty: it does
    /// not say.
    std::string explanation(std::string const& how) const;

  private:
    phase phase_;
    steady_time began_;
    std::chrono::nanoseconds timeout_;
    std::chrono::nanoseconds grace_;
    int signals_sent_ = 0;
};

} // namespace testmon::runner

#endif
