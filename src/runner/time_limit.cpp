// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "time_limit.hpp"

#include <csignal>
#include <sstream>

namespace testmon::runner
{

namespace
{

constexpr int times_around_tests = 10;

} // namespace

std::optional<int> time_limit::due_signal(steady_time now)
{
    auto const ran = now - began_;
    auto const longest = timeout_ * (phase_ == phase::test ? 1 : times_around_tests);
    if (timeout_.count() == 0 || ran < longest) {
        return std::nullopt;
    }
    if (signals_sent_ == 0) {
        signals_sent_ = 1;
        return SIGTERM;
    }
    if (signals_sent_ == 1 && ran >= longest + grace_) {
        signals_sent_ = 2;
        return SIGKILL;
    }
    return std::nullopt;
}

std::string time_limit::explanation(std::string const& how) const
{
    std::ostringstream text;
    text << "ran longer than ";
    if (phase_ != phase::test) {
        text << times_around_tests << " times ";
    }
    text << "--timeout " << std::chrono::duration<double>(timeout_).count() << " s";
    if (!how.empty()) {
        text << ": " << how;
    }
    return text.str();
}

} // namespace testmon::runner
