// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_DISTRIBUTION_HPP
#define TESTMON_SRC_RUNNER_DISTRIBUTION_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace testmon::runner
{

/// How tests are spread over the workers; the names are those of pytest-xdist.
enum class distribution {
    worksteal, ///< from one queue, and what a worker has not started can go to an idle one
    load,      ///< from one queue
    loadsuite, ///< the tests of a suite run on one worker
    loadfile,  ///< the tests of a file run on one worker
    loadgroup, ///< tests with the same label "group:NAME" or "xdist_group:NAME" run on one worker
    each       ///< every worker runs all tests
};

/// "worksteal", "load", ...
std::string_view to_string(distribution value) noexcept;
/// The reverse of `to_string`; none for any other text.
std::optional<distribution> distribution_from_string(std::string_view text) noexcept;

struct schedule_settings {
    distribution mode = distribution::worksteal;
    std::uint32_t workers = 1; ///< at least 1
    bool keep_order = false;   ///< tests begin in the order of the plan
    /// How long it takes to start the process that there is for each batch; none: a batch is a message, which
    /// takes 0.1 to 0.2 ms.
    std::optional<std::chrono::nanoseconds> process_start{};
};

} // namespace testmon::runner

#endif
