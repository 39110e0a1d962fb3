// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_DECISIONS_HPP
#define TESTMON_SRC_XDIST_COORDINATION_DECISIONS_HPP

#include <testmon/xdist_coordination/coordination_status.hpp>

#include <chrono>
#include <cstddef>

namespace testmon::xdist_coordination
{

// What to do next, decided from what was observed and from nothing else: no function here reads a file or a
// clock.

/// Whether a state can be used.
enum class freshness {
    fresh,
    controller_dead, ///< or its pid is another process' now
    other_boot,
    too_old,
};

struct state_facts {
    bool of_this_boot = true;
    process_liveness controller = process_liveness::alive;
    std::chrono::nanoseconds age{};
};

/// A state of another boot says nothing about this one's pids, so that comes first.
freshness judge_state(state_facts const& facts, std::chrono::nanoseconds max_age) noexcept;

/// What a process that wants to be the controller does about the one that is there.
enum class claim_action {
    take_over, ///< nobody is there, or what is left of a dead one
    go_on,     ///< it is the controller already
    refuse,    ///< another one lives
};

struct claim_facts {
    bool exists = false;
    bool is_own = false;
    bool of_this_boot = true;
    process_liveness controller = process_liveness::dead;
    std::chrono::nanoseconds age{};
};

/// A controller that cannot be seen from here counts as living until its claim is over-age.
claim_action decide_claim(claim_facts const& facts, std::chrono::nanoseconds max_age) noexcept;

/// What a waiting worker does next.
enum class worker_action {
    wait,
    take,         ///< the state
    fail_aborted, ///< the controller gave up
    fail_died,    ///< the controller that this worker waited on is dead
    fail_ended,   ///< the run that this worker waited on is over
};

struct worker_facts {
    bool published = false;             ///< a state is there
    freshness state = freshness::fresh; ///< of the published state
    bool is_abort = false;              ///< the published state says that the controller gave up
    bool abort_is_for_us = false;       ///< it did so after this worker's process was started
    bool is_new = true;                 ///< not the generation that the worker has already
    bool claimed = false;               ///< a controller has begun a run
    bool followed = false;              ///< this worker has waited on a controller that it saw alive
    bool followed_is_dead = false;      ///< and which is dead now
};

worker_action decide_worker(worker_facts const& facts) noexcept;

/// What a waiting controller does next.
enum class controller_action {
    wait,
    done,
    fail_worker_died,
    fail_controller_died, ///< the process that waits is not the controller, and the controller is dead
    fail_aborted,
    fail_ended, ///< nothing is published any more
};

struct rendezvous_facts {
    bool published = true;
    bool is_abort = false;
    bool controller_is_dead = false;
    std::size_t acknowledged = 0;
    std::size_t expected = 0;
    std::size_t dead_workers = 0; ///< that acknowledged or announced themselves, and did not leave
};

controller_action decide_rendezvous(rendezvous_facts const& facts) noexcept;

/// The pauses of the fallback poll: each is longer than the one before by a factor, up to a limit, and
/// shortened by a random share so that many waiters spread out.
class poll_backoff
{
  public:
    poll_backoff(std::chrono::nanoseconds first, double factor, std::chrono::nanoseconds longest) noexcept;

    /// The next pause. `random` is from 0 to 1 and takes off up to 25 %.
    std::chrono::nanoseconds next(double random) noexcept;
    /// Begins anew, after something has happened.
    void reset() noexcept { current_ = first_; }

  private:
    std::chrono::nanoseconds first_;
    double factor_;
    std::chrono::nanoseconds longest_;
    std::chrono::nanoseconds current_;
};

} // namespace testmon::xdist_coordination

#endif
