// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "test_clock.hpp"

#include <csignal>
#include <sstream>

namespace testmon::runner
{

std::optional<int> test_clock::due_signal(steady_time now)
{
    auto const ran = now - began_;
    if (timeout_.count() == 0 || ran < timeout_) {
        return std::nullopt;
    }
    if (signals_sent_ == 0) {
        signals_sent_ = 1;
        return SIGTERM;
    }
    if (signals_sent_ == 1 && ran >= timeout_ + grace_) {
        signals_sent_ = 2;
        return SIGKILL;
    }
    return std::nullopt;
}

void test_clock::explain(attempt_result& attempt) const
{
    if (signals_sent_ == 0) {
        return;
    }
    std::ostringstream text;
    text << "ran longer than --timeout " << std::chrono::duration<double>(timeout_).count() << " s";
    if (!attempt.reason.empty()) {
        text << ": " << attempt.reason;
    }
    attempt.outcome = database::outcome::timed_out;
    attempt.reason = text.str();
}

} // namespace testmon::runner
