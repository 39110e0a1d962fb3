// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_XDIST_COORDINATION_COORDINATION_ERROR_HPP
#define TESTMON_XDIST_COORDINATION_COORDINATION_ERROR_HPP

#include <testmon/xdist_coordination/error.hpp>

#include <boost/assert/source_location.hpp>
#include <boost/system/system_error.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace testmon::xdist_coordination
{

/// A worker that died, by name and pid.
struct dead_worker {
    std::string worker_id;
    std::int64_t pid = 0; ///< process id
};

/// What is known about a failure beyond its code. Fields that do not apply to it are empty or 0.
struct error_details {
    std::string message;                   ///< one line: what, where, and what to do about it
    std::string path;                      ///< the file or directory concerned
    std::string operation;                 ///< what was being done to `path`, such as "write"
    std::vector<std::string> acknowledged; ///< ids of the workers that had acknowledged, sorted
    std::vector<std::string> missing;      ///< ids of the workers known to be missing, sorted
    std::vector<dead_worker> dead;         ///< the workers that died
    std::string reason;                    ///< the reason that an aborting controller gave
    std::int64_t pid = 0;                  ///< the other process concerned: the controller
};

/// The base of everything this library throws of its own: a `boost::system::system_error` whose `what()` is
/// the one-line message.
class coordination_error : public boost::system::system_error
{
  public:
    coordination_error(boost::system::error_code code, error_details details,
                       boost::source_location const& where = BOOST_CURRENT_LOCATION);

    char const* what() const noexcept override;
    /// All that is known about the failure.
    error_details const& details() const noexcept;
    /// The public function that was called, and from where, as far as the compiler can tell.
    boost::source_location const& where() const noexcept;

  private:
    error_details details_;
    boost::source_location where_;
};

/// A wait ran out of time (`condition::timeout`).
class coordination_timeout : public coordination_error
{
  public:
    using coordination_error::coordination_error;
    /// Ids of the workers that had acknowledged, sorted.
    std::vector<std::string> const& acknowledged() const noexcept;
    /// Ids of the workers that are missing as far as their names are known, sorted.
    std::vector<std::string> const& missing() const noexcept;
};

/// A worker died before the rendezvous was complete (`condition::worker_not_ready`).
class worker_not_ready : public coordination_error
{
  public:
    using coordination_error::coordination_error;
    /// The workers that died.
    std::vector<dead_worker> const& dead() const noexcept;
};

/// There is no controller to start from: none published, or it died, aborted, or ended the run
/// (`condition::controller_not_ready`).
class controller_not_ready : public coordination_error
{
  public:
    using coordination_error::coordination_error;
    /// The controller's process id, 0 if there never was one.
    std::int64_t controller_pid() const noexcept;
    /// The reason that an aborting controller gave; empty otherwise.
    std::string const& reason() const noexcept;
};

/// A file, a directory or a lock could not be used (`condition::file_error`).
class coordination_file_error : public coordination_error
{
  public:
    using coordination_error::coordination_error;
    /// The file or directory.
    std::string const& path() const noexcept;
    /// What was being done to it.
    std::string const& operation() const noexcept;
};

/// The published state cannot be used (`condition::invalid_state`).
class invalid_coordination_state : public coordination_error
{
  public:
    using coordination_error::coordination_error;
    /// The file that holds the state.
    std::string const& path() const noexcept;
};

/// Throws the exception of the six that belongs to `code`.
///
/// Effects: `coordination_timeout`, `worker_not_ready`, `controller_not_ready`, `coordination_file_error` or
/// `invalid_coordination_state` by the condition of `code`; `coordination_error` for the rest.
[[noreturn]] void throw_coordination_error(boost::system::error_code code, error_details details,
                                           boost::source_location const& where = BOOST_CURRENT_LOCATION);

} // namespace testmon::xdist_coordination

#endif
