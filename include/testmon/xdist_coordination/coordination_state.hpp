// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_XDIST_COORDINATION_COORDINATION_STATE_HPP
#define TESTMON_XDIST_COORDINATION_COORDINATION_STATE_HPP

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <string>

namespace testmon::xdist_coordination
{

/// What a controller publishes: plain values with their defaults.
struct state_data {
    std::int64_t environment_id = 0;    ///< the row of the environment in the database; 0: there is none
    std::string database_path;          ///< where the database is; empty: there is none
    std::uint32_t expected_workers = 0; ///< how many workers take part; 0: not known yet
    boost::json::value
        precreated_entries{};    ///< what was pre-created, an object or an array; null: an empty object
    boost::json::object extra{}; ///< whatever else the workers need; may not use a key of the library
};

/// A state as it was published: what the controller said, and what the library added. A value, never changed.
///
/// Thread safety: distinct objects: safe; a shared one: safe, since it has no member that changes it.
class coordination_state
{
  public:
    /// No state: what a call that failed returns beside its error code.
    coordination_state() = default;

    /// Reads a state from a JSON document, as a worker reads it from the file.
    ///
    /// Preconditions: none; the document may come from anywhere.
    /// Errors: `invalid_coordination_state`: the document is not an object, lacks a key, has a value of the
    /// wrong type or out of range, or is of a format version that this library does not know. `name` stands
    /// for the document in the message.
    static coordination_state from_json(boost::json::value const& document, std::string const& name);

    /// The JSON document as it was published, every key of it.
    boost::json::object const& to_json() const noexcept;

    std::int64_t environment_id() const noexcept;                  ///< see `state_data`
    std::string const& database_path() const noexcept;             ///< see `state_data`
    std::uint32_t expected_workers() const noexcept;               ///< see `state_data`
    boost::json::value const& precreated_entries() const noexcept; ///< an object or an array
    boost::json::object const& extra() const noexcept;             ///< the keys that are not the library's

    double timestamp() const noexcept;            ///< when it was published: seconds since 1970-01-01 UTC
    std::int64_t controller_pid() const noexcept; ///< process id of the controller

    /// Whether a controller that uses this library published the state. A program of another language that
    /// writes only the keys of the original has no run id, generation and start identity.
    bool is_native() const noexcept;
    /// Distinguishes this run from every other one that ever was; empty if not `is_native()`.
    std::string const& run_id() const noexcept;
    /// Changes with each publication of a run. It counts from 1 if `is_native()`; otherwise it is the time of
    /// the file's last change in nanoseconds.
    std::uint64_t generation() const noexcept;
    /// Whether the controller aborted; then only `abort_reason`, `timestamp` and `controller_pid` mean
    /// anything.
    bool is_abort() const noexcept;
    /// The reason that the aborting controller gave.
    std::string const& abort_reason() const noexcept;

    std::int64_t published_since_boot() const noexcept;   ///< nanoseconds of CLOCK_BOOTTIME; 0 if not native
    std::uint64_t controller_start_time() const noexcept; ///< clock ticks after boot; 0 if not native
    std::string const& boot_id() const noexcept;          ///< the kernel's boot id; empty if not native
    std::uint64_t pid_namespace() const noexcept;         ///< inode of the pid namespace; 0 if not known

  private:
    friend struct state_document;

    boost::json::object document_;
    boost::json::object extra_;
    std::int64_t environment_id_ = 0;
    std::string database_path_;
    std::uint32_t expected_workers_ = 0;
    double timestamp_ = 0;
    std::int64_t controller_pid_ = 0;
    std::string run_id_;
    std::uint64_t generation_ = 0;
    bool aborted_ = false;
    std::string abort_reason_;
    std::int64_t published_since_boot_ = 0;
    std::uint64_t controller_start_time_ = 0;
    std::string boot_id_;
    std::uint64_t pid_namespace_ = 0;
};

} // namespace testmon::xdist_coordination

#endif
