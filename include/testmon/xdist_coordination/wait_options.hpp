// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_XDIST_COORDINATION_WAIT_OPTIONS_HPP
#define TESTMON_XDIST_COORDINATION_WAIT_OPTIONS_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace testmon::xdist_coordination
{

/// Cancels waits from another thread. Once cancelled it stays so: a wait that begins later ends at once.
///
/// Thread safety: `cancel` and `is_cancelled` may be called from any thread, and `cancel` from a signal
/// handler. Example: \snippet example/cancel_a_wait.cpp cancel
class wait_cancellation
{
  public:
    /// Errors: `coordination_error` with the system's code if no descriptor can be had.
    wait_cancellation();
    ~wait_cancellation();
    wait_cancellation(wait_cancellation const&) = delete;
    wait_cancellation& operator=(wait_cancellation const&) = delete;

    /// Effects: every wait that was given this object ends with `errc::cancelled`.
    void cancel() noexcept;
    bool is_cancelled() const noexcept;
    /// A descriptor that is readable once cancelled, for a program's own poll. Owned by this object.
    int native_handle() const noexcept;

  private:
    int descriptor_;
};

/// How a worker waits for its controller.
struct wait_for_controller_options {
    /// How long at most; none: the configured `worker_timeout`. 0 looks once.
    std::optional<std::chrono::nanoseconds> timeout{};
    /// Ends the wait from another thread, if set. It must outlive the wait.
    wait_cancellation const* cancellation = nullptr;
    /// Whether to acknowledge the state that was found.
    bool acknowledge = true;
    /// The generation of the state that the worker has already: the wait is for another one. 0: any will do.
    std::uint64_t after_generation = 0;
    /// The run of that generation, `coordination_state::run_id`: a state of another run is another one
    /// whatever its number. Empty: only the number counts.
    std::string after_run_id{};
};

/// How far a controller's wait has come.
struct wait_progress {
    std::size_t acknowledged = 0;       ///< workers that have acknowledged
    std::size_t expected = 0;           ///< workers that are waited for
    std::vector<std::string> missing{}; ///< ids of those that are missing as far as they are known, sorted
};

/// How a controller waits for its workers.
struct wait_for_workers_options {
    /// How long at most; none: the configured `worker_timeout`. 0 looks once.
    std::optional<std::chrono::nanoseconds> timeout{};
    /// Ends the wait from another thread, if set. It must outlive the wait.
    wait_cancellation const* cancellation = nullptr;
    /// Called on the waiting thread at the beginning and whenever the number of acknowledgments has changed.
    /// What it throws ends the wait and reaches the caller.
    std::function<void(wait_progress const&)> progress{};
};

} // namespace testmon::xdist_coordination

#endif
