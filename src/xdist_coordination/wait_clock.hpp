// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_WAIT_CLOCK_HPP
#define TESTMON_SRC_XDIST_COORDINATION_WAIT_CLOCK_HPP

#include "backend.hpp"
#include "decisions.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>

namespace testmon::xdist_coordination
{

/// The time side of one wait: when it has to end, and when to look again if nothing wakes it (guarantees G4,
/// G6, G13).
class wait_clock
{
  public:
    /// Errors: `errc::invalid_argument` for a negative timeout.
    wait_clock(backend const& where, std::optional<std::chrono::nanoseconds> timeout);

    steady_time deadline() const noexcept { return deadline_; }
    std::chrono::nanoseconds timeout() const noexcept { return timeout_; }
    bool is_over() const { return where_.now() >= deadline_; }
    /// When to look again, unless woken earlier.
    steady_time next_look();
    /// Something has happened: more may follow soon.
    void reset() noexcept { backoff_.reset(); }
    /// "within 30 s"
    std::string text() const;

  private:
    backend const& where_;
    std::chrono::nanoseconds timeout_;
    steady_time deadline_;
    poll_backoff backoff_;
    std::minstd_rand random_;
};

/// Throws `errc::cancelled` if the wait was cancelled.
void throw_if_cancelled(wait_cancellation const* cancellation, std::string const& what);

} // namespace testmon::xdist_coordination

#endif
