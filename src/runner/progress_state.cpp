// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "progress_state.hpp"

#include "../database/printable.hpp"
#include "../database/time_text.hpp"

#include <algorithm>

namespace testmon::runner
{

namespace
{

std::uint64_t& counter_of(progress_state& state, verdict value)
{
    switch (value) {
    case verdict::passed:
        return state.passed;
    case verdict::flaky:
        return state.flaky;
    case verdict::skipped:
        return state.skipped;
    default:
        return state.failed;
    }
}

} // namespace

void progress_state::begin(worker_index worker, std::string const& path, steady_time now,
                           std::chrono::nanoseconds slow)
{
    forget(worker);
    running.push_back({worker, path, now, slow});
}

void progress_state::finish(attempt_result const& attempt)
{
    forget(attempt.worker);
    if (!attempt.is_retried) {
        ++done;
        ++counter_of(*this, verdict_of(attempt));
    }
}

void progress_state::forget(worker_index worker)
{
    running.erase(std::remove_if(running.begin(), running.end(),
                                 [&](running_test const& one) { return one.worker == worker; }),
                  running.end());
}

std::vector<std::string> due_slow_notices(progress_state& state, steady_time now)
{
    std::vector<std::string> result;
    for (auto& one : state.running) {
        auto const duration = now - one.since;
        if (one.slow_at.count() <= 0 || duration < one.slow_at) {
            continue;
        }
        auto reached = one.slow_at;
        while (2 * reached <= duration) {
            reached *= 2;
        }
        result.push_back("slow: " + worker_name(one.worker) + " has been running " +
                         database::printable(one.path) + " for " +
                         (reached < std::chrono::seconds(1) ? database::duration_text(reached)
                                                            : database::passing_time_text(reached)));
        one.slow_at = 2 * reached;
    }
    return result;
}

} // namespace testmon::runner
