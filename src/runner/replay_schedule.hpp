// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_REPLAY_SCHEDULE_HPP
#define TESTMON_SRC_RUNNER_REPLAY_SCHEDULE_HPP

#include "schedule.hpp"
#include "test_item.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace testmon::runner
{

/// Has each worker run its own list, in this order. What a worker gives back, it gets again itself, before
/// the rest of its list.
///
/// It hands out at most `most_in_batch` at once. In batches by command line there is a process for each, in
/// which all that the tests depend on runs anew: then there should be no limit.
///
/// `tests`: those of the run; their labels "lock:NAME" and "slots:N" are heeded, a worker waits where it is.
/// None: the tests claim nothing, and nothing is known of how long they take.
/// Throws: std::invalid_argument for a label "lock:" or "slots:" that makes no sense.
std::unique_ptr<schedule> replay(std::vector<std::vector<test_index>> per_worker,
                                 std::vector<test_item> const& tests = {}, std::size_t most_in_batch = 64);

} // namespace testmon::runner

#endif
