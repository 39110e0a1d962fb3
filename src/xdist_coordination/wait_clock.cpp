// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "wait_clock.hpp"

#include <testmon/xdist_coordination/coordination_error.hpp>

#include <algorithm>
#include <locale>
#include <sstream>
#include <utility>

namespace testmon::xdist_coordination
{

namespace
{

using std::chrono::nanoseconds;

nanoseconds checked(nanoseconds timeout)
{
    if (timeout < nanoseconds::zero()) {
        error_details details;
        details.message = "the timeout is " + std::to_string(timeout.count()) + " ns; allowed is 0 and more";
        throw_coordination_error(errc::invalid_argument, std::move(details));
    }
    // Keeps the deadline within what the clock can count to.
    constexpr nanoseconds longest = std::chrono::hours(24 * 365);
    return std::min(timeout, longest);
}

} // namespace

wait_clock::wait_clock(backend const& where, std::optional<nanoseconds> timeout)
    : where_(where), timeout_(checked(timeout.value_or(where.config().worker_timeout))),
      deadline_(where.now() + timeout_),
      backoff_(where.config().check_interval, where.config().backoff_factor, where.config().max_interval),
      // Different in each process and thread, which is all that spreading them out needs.
      random_(static_cast<std::minstd_rand::result_type>(deadline_.time_since_epoch().count() ^
                                                         (where.participant().pid << 16)))
{
}

steady_time wait_clock::next_look()
{
    auto const pause = backoff_.next(std::uniform_real_distribution<double>(0, 1)(random_));
    return std::min(deadline_, where_.now() + pause);
}

std::string wait_clock::text() const
{
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out << "within " << std::chrono::duration<double>(timeout_).count() << " s";
    return out.str();
}

void throw_if_cancelled(wait_cancellation const* cancellation, std::string const& what)
{
    if (cancellation == nullptr || !cancellation->is_cancelled()) {
        return;
    }
    error_details details;
    details.message = "the wait for " + what + " was cancelled";
    throw_coordination_error(errc::cancelled, std::move(details));
}

} // namespace testmon::xdist_coordination
