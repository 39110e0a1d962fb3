// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_DATABASE_EXECUTION_HPP
#define TESTMON_DATABASE_EXECUTION_HPP

#include <testmon/database/outcome.hpp>
#include <testmon/database/run.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace testmon::database
{

/// One execution of a test in a run.
struct execution {
    std::int64_t test_id = 0; ///< as `register_tests` gave it
    database::outcome outcome = outcome::passed;
    std::chrono::nanoseconds duration{}; ///< wall-clock time
    std::int64_t assertions = 0;         ///< checks that were made
    std::string worker{};                ///< id of the worker, such as "gw0"
    std::int64_t attempt = 1;            ///< 1, and one more for each retry
    timestamp started{};                 ///< when it began
};

/// An execution as it was recorded.
struct recorded_execution {
    std::int64_t run_id = 0;
    execution result{};
};

} // namespace testmon::database

#endif
