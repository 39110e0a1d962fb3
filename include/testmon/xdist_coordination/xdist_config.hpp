// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_XDIST_COORDINATION_XDIST_CONFIG_HPP
#define TESTMON_XDIST_COORDINATION_XDIST_CONFIG_HPP

#include <boost/filesystem/path.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::xdist_coordination
{

/// The configuration of a coordination: plain values with their defaults.
///
/// Example: \snippet example/config_from_environment.cpp config
struct xdist_config {
    /// The feature flag, TESTMON_XDIST_CONTROLLER_PRECREATION. The coordination itself does not ask it: it is
    /// for the program that decides whether to coordinate at all.
    bool controller_precreation = false;

    /// TESTMON_XDIST_DEBUG: write the debug log to standard error.
    bool debug = false;

    /// TESTMON_XDIST_WORKER_TIMEOUT: how long a wait takes at most unless the call says otherwise. Above 0,
    /// at most 31,536,000 s (a year).
    std::chrono::nanoseconds worker_timeout = std::chrono::seconds(30);

    /// TESTMON_XDIST_CHECK_INTERVAL: the first fallback poll. 1 µs to 3600 s.
    std::chrono::nanoseconds check_interval = std::chrono::milliseconds(1);

    /// TESTMON_XDIST_BACKOFF_FACTOR: by how much each poll is longer than the one before. Above 1, at most
    /// 1000.
    double backoff_factor = 1.5;

    /// TESTMON_XDIST_MAX_INTERVAL: the longest fallback poll. From `check_interval` to 3600 s.
    std::chrono::nanoseconds max_interval = std::chrono::milliseconds(50);

    /// TESTMON_XDIST_STATE_MAX_AGE: a state published longer ago than this is stale. Above 0, at most
    /// 31,536,000 s.
    std::chrono::nanoseconds state_max_age = std::chrono::seconds(300);

    /// TESTMON_XDIST_DIR: the coordination directory; relative to the root directory if it is relative. Empty
    /// means `.testmon_xdist`.
    boost::filesystem::path directory;

    /// TESTMON_XDIST_RUN_ID: when not empty, the run lives in a subdirectory of that name. It matches
    /// `[A-Za-z0-9][A-Za-z0-9_.-]{0,63}`.
    std::string run_id;

    /// Names of variables that begin with TESTMON_XDIST_ and that `from_environment` does not know, sorted.
    std::vector<std::string> unknown_variables;

    /// Reads the configuration from the environment of this process.
    ///
    /// Returns: the defaults, changed by the variables named above that are set, and validated.
    /// Errors: `coordination_error` with `errc::invalid_configuration` for a value that does not parse, is
    /// empty or is out of range; the message names the variable, the value and what is allowed. Thread
    /// safety: as `getenv`: no thread may change the environment meanwhile.
    static xdist_config from_environment();

    /// Checks every value against its range.
    ///
    /// Errors: `coordination_error` with `errc::invalid_configuration`; the message names the variable, the
    /// value and what is allowed.
    void validate() const;

    /// The directory that holds this and other runs: `directory`, or `.testmon_xdist` in `root`.
    boost::filesystem::path coordination_directory(boost::filesystem::path const& root) const;
    /// The directory of this run: the above, or its subdirectory `run_id`.
    boost::filesystem::path run_directory(boost::filesystem::path const& root) const;
    /// The file that holds the published state: `controller_ready.json`.
    boost::filesystem::path state_file(boost::filesystem::path const& root) const;
    /// The marker of an acknowledged worker: `worker_<id>_ready`.
    boost::filesystem::path worker_marker(boost::filesystem::path const& root,
                                          std::string_view worker_id) const;
};

/// Whether `text` may name a worker or a run: `[A-Za-z0-9][A-Za-z0-9_.-]{0,63}`. Nothing that matches can
/// leave the directory that it is used in.
bool is_valid_id(std::string_view text) noexcept;

} // namespace testmon::xdist_coordination

#endif
