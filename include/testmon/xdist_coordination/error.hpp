// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_XDIST_COORDINATION_ERROR_HPP
#define TESTMON_XDIST_COORDINATION_ERROR_HPP

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>

#include <type_traits>

namespace testmon::xdist_coordination
{

/// What went wrong, one value for each cause. A failed system call is reported by its own code of
/// `boost::system::system_category()` instead, so that `ENOSPC` stays `ENOSPC`.
enum class errc {
    timed_out = 1,         ///< the time given to a wait ran out
    cancelled,             ///< a wait was cancelled from another thread
    not_published,         ///< no controller has published a state
    controller_died,       ///< the controller is dead, or its pid belongs to another process now
    controller_aborted,    ///< the controller gave up and said why
    run_ended,             ///< the controller cleaned up while the state was still wanted
    another_controller,    ///< a live process is the controller of this run already
    worker_died,           ///< a worker died before the rendezvous was complete
    stale_state,           ///< the state is of another boot, or older than the configured age
    superseded,            ///< the state that was answered is not the published one any more
    invalid_state,         ///< the published state is not what the file format says
    untrusted_file,        ///< a link, a special file, another user's, or writable by others
    damaged_roster,        ///< the file of acknowledgments is not what the library wrote
    locks_unsupported,     ///< the file system does not lock files
    invalid_configuration, ///< a configuration value does not parse, or is out of range
    invalid_argument,      ///< an argument of the call itself: a worker id, a pid, a reserved key
};

/// Coarse classes of `errc` and of system errors, to compare an `error_code` with: what a caller acts on.
/// \code if (ec == condition::controller_not_ready) restart(); \endcode
enum class condition {
    timeout = 1,          ///< `timed_out`
    cancelled,            ///< `cancelled`
    controller_not_ready, ///< `not_published`, `controller_died`, `controller_aborted`, `run_ended`
    worker_not_ready,     ///< `worker_died`
    file_error,           ///< `untrusted_file`, `damaged_roster`, `locks_unsupported`, every system error
    invalid_state,        ///< `invalid_state`, `stale_state`, `superseded`
    refused,              ///< `another_controller`
    bad_input,            ///< `invalid_configuration`, `invalid_argument`
};

/// The category of `errc`. Thread safety: safe.
boost::system::error_category const& coordination_category() noexcept;

/// The category of `condition`. Thread safety: safe.
boost::system::error_category const& condition_category() noexcept;

/// Lets `errc` convert to `boost::system::error_code`.
boost::system::error_code make_error_code(errc value) noexcept;

/// Lets `condition` convert to `boost::system::error_condition`.
boost::system::error_condition make_error_condition(condition value) noexcept;

} // namespace testmon::xdist_coordination

namespace boost::system
{
template <>
struct is_error_code_enum<testmon::xdist_coordination::errc> : std::true_type {
};
template <>
struct is_error_condition_enum<testmon::xdist_coordination::condition> : std::true_type {
};
} // namespace boost::system

#endif
