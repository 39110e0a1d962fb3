// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_BACKEND_HPP
#define TESTMON_SRC_XDIST_COORDINATION_BACKEND_HPP

#include "process_identity.hpp"

#include <testmon/xdist_coordination/coordination_state.hpp>
#include <testmon/xdist_coordination/wait_options.hpp>
#include <testmon/xdist_coordination/xdist_config.hpp>

#include <boost/filesystem/path.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::xdist_coordination
{

using steady_time = std::chrono::steady_clock::time_point;

/// A state as it was found, fresh or not.
struct published_state {
    coordination_state state;
    process_identity controller{};
    process_liveness liveness = process_liveness::unknown;
    bool of_this_boot = true;
    std::chrono::nanoseconds age{};
};

/// The process that has begun a run, whether or not it has published yet.
struct run_claim {
    process_identity controller{};
    process_liveness liveness = process_liveness::unknown;
    std::chrono::nanoseconds age{};
    std::int64_t claimed_at = 0; // nanoseconds since 1970-01-01 UTC
};

/// A worker that has announced itself or acknowledged.
struct worker_entry {
    std::string id;
    process_identity process{}; // pid 0: not known
    bool acknowledged = false;  // the published state
    bool left = false;
    std::int64_t since = 0; // nanoseconds since 1970-01-01 UTC
};

/// What a waiting process sees of a run, and how it sleeps in between. To miss nothing: listen, look, then
/// sleep. Thread safety: one thread at a time.
class run_observer
{
  public:
    virtual ~run_observer() = default;

    /// From now on `sleep_until` ends when something was published or acknowledged.
    virtual void listen() = 0;
    /// Begins to look: the processes that are asked about until `end_look` are watched while sleeping.
    virtual void begin_look() = 0;
    virtual void end_look() = 0;
    /// The published state. Errors: `invalid_coordination_state`, `coordination_file_error`.
    virtual published_state const* published() = 0;
    virtual std::optional<run_claim> claim() = 0;
    /// The workers, sorted by id, and whether they have acknowledged this state; null: nothing is published
    /// yet. The reference is valid until the next call.
    virtual std::vector<worker_entry> const& workers(coordination_state const* state) = 0;
    virtual process_liveness look_at(process_identity const& process) = 0;
    /// Whether there may be something new since `begin_look`: far cheaper than to look. It is what a poll
    /// costs.
    virtual bool may_have_changed() = 0;
    /// Waits for a reason to look again, at most until then. `expected`: how many acknowledgments the waiter
    /// is after, 0 if it is none of its business. Returns: whether anything but the time ended it.
    virtual bool sleep_until(steady_time until, wait_cancellation const* cancellation,
                             std::uint64_t expected) = 0;
};

/// All that a coordination does to the world: files, locks, processes, clocks. What to do when is decided
/// above it (coordination_manager.cpp, decisions.hpp). There is one for a local directory; another one may
/// keep the same state elsewhere.
///
/// Every operation throws the exceptions of coordination_error.hpp. Thread safety: all members from many
/// threads.
class backend
{
  public:
    enum class side { controller, worker };

    virtual ~backend() = default;

    virtual xdist_config const& config() const noexcept = 0;
    virtual boost::filesystem::path const& directory() const noexcept = 0;
    /// The process that takes part.
    virtual process_identity participant() const = 0;
    virtual steady_time now() const = 0;
    virtual void debug(std::string const& message) const = 0;
    virtual void warn(std::string const& message) const = 0;

    virtual void begin_run() = 0;
    virtual coordination_state publish(state_data const& data, std::string const* abort_reason) = 0;
    virtual void reset_acknowledgments() = 0;
    virtual void cleanup() = 0;

    virtual void announce(std::string_view worker_id, steady_time deadline) = 0;
    virtual void acknowledge(std::string_view worker_id, coordination_state const& state,
                             steady_time deadline) = 0;
    virtual void leave(std::string_view worker_id) = 0;
    /// Takes back the acknowledgments of dead workers. Returns: those that really were these processes still.
    virtual std::vector<worker_entry> withdraw(std::vector<worker_entry> const& dead,
                                               coordination_state const& state, steady_time deadline) = 0;

    /// Begins to observe. `prepare` makes what is needed to be woken, the directory included.
    virtual std::unique_ptr<run_observer> observe(side who, bool prepare) = 0;
};

} // namespace testmon::xdist_coordination

#endif
