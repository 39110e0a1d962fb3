// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_XDIST_COORDINATION_COORDINATION_MANAGER_HPP
#define TESTMON_XDIST_COORDINATION_COORDINATION_MANAGER_HPP

#include <testmon/xdist_coordination/coordination_error.hpp>
#include <testmon/xdist_coordination/coordination_state.hpp>
#include <testmon/xdist_coordination/coordination_status.hpp>
#include <testmon/xdist_coordination/log.hpp>
#include <testmon/xdist_coordination/wait_options.hpp>
#include <testmon/xdist_coordination/xdist_config.hpp>

#include <boost/assert/source_location.hpp>
#include <boost/filesystem/path.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::xdist_coordination
{

class backend;

/// What a manager needs beyond its configuration.
struct manager_options {
    /// The process that takes part: its life is what the others watch. 0: the process that makes the call. A
    /// short-lived command names the process that it acts for.
    std::int64_t acting_for = 0;
    /// Where the log goes. Empty: to standard error if `xdist_config::debug` is set, else nowhere.
    log_function log{};
};

/// Takes part in a run: as its controller, which prepares everything and publishes one state, or as a worker,
/// which waits for the state and acknowledges it. The files of the run are described in doc/file_format.md,
/// the guarantees G1–G14 in doc/guarantees.md.
///
/// Every operation but `wait_for_change` has two forms. One throws an exception of coordination_error.hpp.
/// The other takes an `error_code&`, which it clears or sets, and may be handed an `error_details` to fill
/// in; it throws only what is not of this library: `std::bad_alloc`, and what the caller's own functions
/// throw.
///
/// Errors common to all: `coordination_file_error` for what a file, a directory or a lock refuses,
/// `coordination_timeout` if the lock of the run is not to be had within the configured `worker_timeout` or
/// the timeout of the call.
///
/// Thread safety: all members may be called from many threads at once, on one manager or on several. After a
/// fork the child may use the manager too; it then takes part as itself.
///
/// Example: \snippet example/01_start_up.cpp start-up
class coordination_manager
{
  public:
    /// Effects: none on disk. The configuration is read from the environment.
    /// Errors: `coordination_error` as `xdist_config::from_environment`.
    explicit coordination_manager(boost::filesystem::path const& root);

    /// Effects: none on disk.
    /// Errors: `coordination_error` if the configuration is invalid, or `options.acting_for` is no process.
    coordination_manager(boost::filesystem::path const& root, xdist_config config,
                         manager_options options = {});

    ~coordination_manager();
    coordination_manager(coordination_manager&&) noexcept;
    coordination_manager& operator=(coordination_manager&&) noexcept;

    /// The configuration in force.
    xdist_config const& config() const noexcept;
    /// The directory of the run.
    boost::filesystem::path const& directory() const noexcept;

    // ---- Controller ----

    /// Makes this process the controller before it prepares anything: from now on waiting workers notice its
    /// death, and a second controller is refused. Optional: `write_controller_state` does it if it has not
    /// been done.
    ///
    /// Effects: creates the run's directory if need be, takes over what a killed run left in it, and removes
    /// the directories of other killed runs beside it. Errors: `errc::another_controller` if a live process
    /// is the controller.
    void begin_run(boost::source_location const& where = BOOST_CURRENT_LOCATION);
    void begin_run(boost::system::error_code& ec, error_details* details = nullptr);

    /// Publishes a state. Every waiting worker takes it, at once. Publishing again begins a new generation,
    /// with no acknowledgments.
    ///
    /// Returns: the state as workers get it.
    /// Errors: `errc::another_controller`; `errc::invalid_argument` for a value or an extra key that the file
    /// format does not allow. After an error the earlier state, if any, is still published.
    coordination_state write_controller_state(state_data const& data,
                                              boost::source_location const& where = BOOST_CURRENT_LOCATION);
    coordination_state write_controller_state(state_data const& data, boost::system::error_code& ec,
                                              error_details* details = nullptr);

    /// Waits until `count` workers have acknowledged the published state. Any process of the run may wait.
    ///
    /// Returns: how many have acknowledged.
    /// Errors: `coordination_timeout` with who has acknowledged and who is missing; `worker_not_ready` if a
    /// worker that has acknowledged or announced itself died: it is reported once, and its acknowledgment is
    /// taken back; `controller_not_ready` if nothing is published, or the controller (another process) died,
    /// aborted or ended the run; `errc::cancelled`.
    std::size_t wait_for_workers(std::size_t count, wait_for_workers_options const& options = {},
                                 boost::source_location const& where = BOOST_CURRENT_LOCATION);
    std::size_t wait_for_workers(std::size_t count, wait_for_workers_options const& options,
                                 boost::system::error_code& ec, error_details* details = nullptr);

    /// Returns: the ids of the workers that have acknowledged the published state, sorted; none if none is
    /// published.
    std::vector<std::string> ready_workers(boost::source_location const& where = BOOST_CURRENT_LOCATION);
    std::vector<std::string> ready_workers(boost::system::error_code& ec, error_details* details = nullptr);

    /// Forgets all acknowledgments of the published state, which stays published. Workers may acknowledge it
    /// again.
    ///
    /// Errors: `controller_not_ready` if nothing is published, `errc::another_controller`.
    void reset_worker_acknowledgments(boost::source_location const& where = BOOST_CURRENT_LOCATION);
    void reset_worker_acknowledgments(boost::system::error_code& ec, error_details* details = nullptr);

    /// Gives up: every waiting worker, and every one whose process exists already and waits later, raises
    /// `controller_not_ready` with the reason.
    ///
    /// Preconditions: none; the run need not have begun.
    /// Errors: `errc::another_controller`; `errc::invalid_argument` for an empty reason.
    void abort(std::string const& reason, boost::source_location const& where = BOOST_CURRENT_LOCATION);
    void abort(std::string const& reason, boost::system::error_code& ec, error_details* details = nullptr);

    /// Ends the run: removes what the library has made and nothing else, the directory only if it is empty
    /// then. Workers that still wait raise `controller_not_ready`. Nothing to remove is no error.
    ///
    /// Errors: `errc::another_controller` if a live process other than this one is the controller.
    void cleanup(boost::source_location const& where = BOOST_CURRENT_LOCATION);
    void cleanup(boost::system::error_code& ec, error_details* details = nullptr);

    // ---- Worker ----

    /// Returns: the published state.
    /// Errors: `controller_not_ready` if there is none, or its controller died or aborted;
    /// `invalid_coordination_state` if it is malformed or stale.
    coordination_state read_controller_state(boost::source_location const& where = BOOST_CURRENT_LOCATION);
    coordination_state read_controller_state(boost::system::error_code& ec, error_details* details = nullptr);

    /// Waits for a state that is neither stale nor `options.after_generation`, and acknowledges it unless
    /// told not to. What a dead controller left is passed over.
    ///
    /// Returns: the state.
    /// Errors: `coordination_timeout`; `controller_not_ready` if the controller aborted, or died or ended the
    /// run while this worker waited on it; `invalid_coordination_state` if the state is malformed;
    /// `errc::cancelled`; `errc::invalid_argument` for a worker id that does not match `is_valid_id`.
    coordination_state wait_for_controller(std::string_view worker_id,
                                           wait_for_controller_options const& options = {},
                                           boost::source_location const& where = BOOST_CURRENT_LOCATION);
    coordination_state wait_for_controller(std::string_view worker_id,
                                           wait_for_controller_options const& options,
                                           boost::system::error_code& ec, error_details* details = nullptr);

    /// Acknowledges a state: the one given, or the published one. Doing it again changes nothing.
    ///
    /// Errors: as `read_controller_state`; `errc::superseded` if `state` is not the published one any more.
    void acknowledge_worker_ready(std::string_view worker_id,
                                  boost::source_location const& where = BOOST_CURRENT_LOCATION);
    void acknowledge_worker_ready(std::string_view worker_id, boost::system::error_code& ec,
                                  error_details* details = nullptr);
    void acknowledge_worker_ready(std::string_view worker_id, coordination_state const& state,
                                  boost::source_location const& where = BOOST_CURRENT_LOCATION);
    void acknowledge_worker_ready(std::string_view worker_id, coordination_state const& state,
                                  boost::system::error_code& ec, error_details* details = nullptr);

    /// Leaves in order: the worker's acknowledgment still counts, and its end is no death to report. A run
    /// that is over, or does not know the worker, is no error.
    void leave(std::string_view worker_id, boost::source_location const& where = BOOST_CURRENT_LOCATION);
    void leave(std::string_view worker_id, boost::system::error_code& ec, error_details* details = nullptr);

    // ---- Both ----

    /// Returns: where the run stands. A run that does not exist has no controller and no workers.
    coordination_status status(boost::source_location const& where = BOOST_CURRENT_LOCATION);
    coordination_status status(boost::system::error_code& ec, error_details* details = nullptr);

    /// Waits until something may have changed in what `status` shows, at most for `timeout`.
    ///
    /// Returns: whether something may have changed; false once the time is over or `cancellation` was
    /// cancelled.
    bool wait_for_change(coordination_status const& seen, std::chrono::nanoseconds timeout,
                         wait_cancellation const* cancellation = nullptr,
                         boost::source_location const& where = BOOST_CURRENT_LOCATION);

  private:
    std::unique_ptr<backend> backend_;
};

} // namespace testmon::xdist_coordination

#endif
