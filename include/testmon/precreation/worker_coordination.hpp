// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_PRECREATION_WORKER_COORDINATION_HPP
#define TESTMON_PRECREATION_WORKER_COORDINATION_HPP

#include <testmon/database/read_only_database.hpp>
#include <testmon/xdist_coordination/coordination_manager.hpp>
#include <testmon/xdist_coordination/coordination_state.hpp>
#include <testmon/xdist_coordination/wait_options.hpp>
#include <testmon/xdist_coordination/xdist_config.hpp>

#include <boost/filesystem/path.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace testmon::precreation
{

/// A worker's side of a run with a database: it reads. The environment is handed over by its id; what a
/// worker thinks of its own environment does not matter.
///
/// Thread safety: one thread at a time.
/// Example: \snippet example/06_database_for_workers.cpp worker
class worker_coordination
{
  public:
    /// Effects: none on disk. The configuration is read from the environment.
    /// Errors: `coordination_error` as `xdist_config::from_environment`; `errc::invalid_argument` for a
    /// worker id that does not match `is_valid_id`.
    worker_coordination(boost::filesystem::path const& root, std::string worker_id);
    worker_coordination(boost::filesystem::path const& root, std::string worker_id,
                        xdist_coordination::xdist_config config,
                        xdist_coordination::manager_options options = {});
    ~worker_coordination();
    worker_coordination(worker_coordination&&) noexcept;
    worker_coordination& operator=(worker_coordination&&) noexcept;

    /// The feature flag.
    bool is_enabled() const noexcept;

    /// Waits for the controller's state and acknowledges it.
    ///
    /// Returns: the state; none, at once and without a look at any file, with the feature flag off.
    /// Errors: as `coordination_manager::wait_for_controller`; `invalid_coordination_state` if the state
    /// names no database. The state that is held, if any, stays after an error.
    std::optional<xdist_coordination::coordination_state>
    wait_and_initialize(xdist_coordination::wait_for_controller_options const& options = {});

    /// Whether `wait_and_initialize` has returned a state. The members below need that.
    bool is_ready() const noexcept;

    std::int64_t environment_id() const;
    boost::filesystem::path database_path() const;
    /// The run in the database.
    std::int64_t run_id() const;
    /// Returns: the id in the database of a test of the environment, by its path; none if there is no such
    /// test, or it has vanished. Complexity: one look-up in the state or, where the tests are too many to be
    /// published, in the database.
    std::optional<std::int64_t> precreated(std::string_view key) const;
    /// Opens the database. Errors: as the constructor of `read_only_database`.
    database::read_only_database open_database() const;

    /// Leaves in order. Errors: as `coordination_manager::leave`. With the feature flag off, or not ready: no
    /// effect.
    void leave();

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace testmon::precreation

#endif
