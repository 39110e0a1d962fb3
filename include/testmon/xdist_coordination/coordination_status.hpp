// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_XDIST_COORDINATION_COORDINATION_STATUS_HPP
#define TESTMON_XDIST_COORDINATION_COORDINATION_STATUS_HPP

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace testmon::xdist_coordination
{

/// What can be said about a process of the run.
enum class process_liveness {
    alive,
    dead,
    unknown, ///< it gave no identity, or lives in a pid namespace that cannot be seen from here
};

/// The name of a value: "alive", "dead" or "unknown".
char const* to_string(process_liveness value) noexcept;

/// Where a run stands, for a person to read: a snapshot that may be out of date when it arrives.
struct coordination_status {
    struct controller_status {
        std::int64_t pid = 0;
        process_liveness liveness = process_liveness::unknown;
        bool published = false;             ///< a state is there; otherwise it is still preparing
        bool native = true;                 ///< it uses this library
        double since = 0;                   ///< seconds since 1970-01-01 UTC: the publication or the claim
        std::uint64_t generation = 0;       ///< 0 before the first publication
        std::uint32_t expected_workers = 0; ///< 0: not known
        std::optional<std::string> abort_reason{}; ///< set if it aborted
    };
    enum class worker_stage {
        ready,   ///< acknowledged the published state
        missing, ///< announced itself, or acknowledged an earlier state only
        left,    ///< left in order
    };
    struct worker_status {
        std::string worker_id;
        std::int64_t pid = 0; ///< 0: not known
        process_liveness liveness = process_liveness::unknown;
        worker_stage stage = worker_stage::missing;
        double since = 0; ///< seconds since 1970-01-01 UTC: its last step
    };

    std::string directory; ///< the run's directory
    std::optional<controller_status> controller{};
    std::vector<worker_status> workers{}; ///< sorted by id
    std::size_t acknowledged = 0;         ///< how many are ready

    /// The same as JSON, as `testmon coordinate --json status` prints it.
    boost::json::object to_json() const;
};

/// The name of a stage: "ready", "missing" or "left".
char const* to_string(coordination_status::worker_stage value) noexcept;

} // namespace testmon::xdist_coordination

#endif
