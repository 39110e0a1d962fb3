// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_TEST_ITEM_HPP
#define TESTMON_SRC_RUNNER_TEST_ITEM_HPP

#include <testmon/database/outcome.hpp>
#include <testmon/database/test_record.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace testmon::runner
{

/// The place of a test in the list of the run's tests, which is in the order of their declaration.
using test_index = std::uint32_t;
/// gw0 is 0.
using worker_index = std::uint32_t;
/// "gw0".
std::string worker_name(worker_index worker);

/// A test of the run: as it was collected, and what the history says of it.
struct test_item {
    database::test_record test{};
    std::uint32_t unit_id = 0; ///< in Boost.Test's tree; 0: it was listed, not reported by a worker
    std::string
        fixture_suite{}; ///< path of the outermost suite around it that has a fixture; empty: none has
    std::int64_t database_id = 0;

    std::optional<std::chrono::nanoseconds> expected{}; ///< mean duration of past runs; none: it never ran
    std::optional<database::outcome> last_outcome{};    ///< in the last run that had it; none: it never ran
};

} // namespace testmon::runner

#endif
