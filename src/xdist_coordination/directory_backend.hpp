// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_DIRECTORY_BACKEND_HPP
#define TESTMON_SRC_XDIST_COORDINATION_DIRECTORY_BACKEND_HPP

#include "backend.hpp"
#include "record_lock.hpp"
#include "roster_file.hpp"
#include "run_directory.hpp"

#include <testmon/xdist_coordination/log.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::xdist_coordination
{

/// Keeps the state of a run in the files of a directory, as doc/file_format.md describes it.
class directory_backend final : public backend
{
  public:
    directory_backend(boost::filesystem::path const& root, xdist_config config, std::int64_t acting_for,
                      log_function log);

    xdist_config const& config() const noexcept override { return config_; }
    boost::filesystem::path const& directory() const noexcept override { return files_.directory(); }
    process_identity participant() const override;
    steady_time now() const override { return std::chrono::steady_clock::now(); }
    void debug(std::string const& message) const override;
    void warn(std::string const& message) const override;

    void begin_run() override;
    coordination_state publish(state_data const& data, std::string const* abort_reason) override;
    void reset_acknowledgments() override;
    void cleanup() override;
    void announce(std::string_view worker_id, steady_time deadline) override;
    void acknowledge(std::string_view worker_id, coordination_state const& state,
                     steady_time deadline) override;
    void leave(std::string_view worker_id) override;
    std::vector<worker_entry> withdraw(std::vector<worker_entry> const& dead, coordination_state const& state,
                                       steady_time deadline) override;
    std::unique_ptr<run_observer> observe(side who, bool prepare) override;

  private:
    steady_time default_deadline() const { return now() + config_.worker_timeout; }
    record_lock lock_for_controller() const;
    std::optional<record_lock>
    lock_existing(steady_time deadline,
                  record_lock::missing_file if_missing = record_lock::missing_file::give_up) const;
    struct claimed_run {
        roster_file roster;
        std::uint64_t last_generation;
    };
    // Makes the participant the controller, unless it is already.
    claimed_run claim(record_lock const& lock);
    // Returns the generation of the last publication, 0 if there was none.
    std::uint64_t refuse_other_controller(record_lock const& lock) const;
    // As far as the published state tells, for which no lock is needed.
    // Errors: `invalid_coordination_state` too.
    std::uint64_t refuse_other_publisher() const;
    // Before a lock is made: a controller of another language has none, and has to be able to remove its
    // directory.
    void refuse_foreign_controller() const;

    xdist_config config_;
    run_directory files_;
    process_identity acting_for_{}; // pid 0: this process
    log_function log_;
};

} // namespace testmon::xdist_coordination

#endif
