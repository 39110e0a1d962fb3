// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_DATABASE_RUN_HPP
#define TESTMON_DATABASE_RUN_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace testmon::database
{

/// A point in time as it is stored: nanoseconds since 1970-01-01 UTC.
using timestamp = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

/// How many executions of a run ended how.
struct outcome_counts {
    std::int64_t passed = 0;
    std::int64_t failed = 0;
    std::int64_t crashed = 0;
    std::int64_t timed_out = 0;
    std::int64_t skipped = 0;
};

/// A run of the tests of one environment.
struct run {
    std::int64_t id = 0;              ///< in this database
    std::string uuid{};               ///< in every database
    std::int64_t environment_id = 0;  ///< whose tests ran
    std::string machine{};            ///< the name of the host
    std::int64_t workers = 0;         ///< how many took part; 0: not known
    timestamp started{};              ///< when it was registered
    std::optional<timestamp> ended{}; ///< none: it has not ended in order, or not yet
    std::int64_t collected = 0;       ///< how many tests were registered for it
    outcome_counts counts{};          ///< of the executions recorded so far, every attempt
};

} // namespace testmon::database

#endif
