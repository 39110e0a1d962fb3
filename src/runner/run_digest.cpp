// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "run_digest.hpp"

#include "attempt_line.hpp"

#include <algorithm>

namespace testmon::runner
{

void run_digest::run_started(run_overview const& overview)
{
    overview_ = overview;
}

void run_digest::attempt_finished(attempt_result const& attempt)
{
    if (database::is_failure(attempt.outcome)) {
        failures_[attempt.test].push_back(
            {attempt.worker, attempt.attempt, verdict_of(attempt), attempt.is_retried,
             failure_place(overview_.tests->at(attempt.test), attempt), failure_reason(attempt)});
    }
    if (attempt.outcome != database::outcome::skipped) {
        keep_if_slow({attempt.duration, attempt.test, attempt.worker, attempt.attempt});
    }
}

void run_digest::failed_outside_tests(worker_index worker, std::string const& text)
{
    outside_.push_back({worker, text.substr(0, text.find('\n'))});
}

std::vector<failed_attempt> const& run_digest::failures_of(test_index test) const
{
    static std::vector<failed_attempt> const none;
    auto const found = failures_.find(test);
    return found == failures_.end() ? none : found->second;
}

void run_digest::keep_if_slow(timed_attempt const& attempt)
{
    auto const place = std::upper_bound(
        slowest_.begin(), slowest_.end(), attempt,
        [](timed_attempt const& a, timed_attempt const& b) { return a.duration > b.duration; });
    slowest_.insert(place, attempt);
    if (slowest_.size() > most_) {
        slowest_.pop_back();
    }
}

} // namespace testmon::runner
