// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "attempt.hpp"

#include <array>
#include <utility>

namespace testmon::runner
{

namespace
{

constexpr std::array<std::pair<verdict, std::string_view>, 7> names{{{verdict::passed, "passed"},
                                                                     {verdict::failed, "failed"},
                                                                     {verdict::crashed, "crashed"},
                                                                     {verdict::timed_out, "timed out"},
                                                                     {verdict::skipped, "skipped"},
                                                                     {verdict::flaky, "flaky"},
                                                                     {verdict::not_run, "not run"}}};

} // namespace

bool is_failure(verdict value) noexcept
{
    return value == verdict::failed || value == verdict::crashed || value == verdict::timed_out;
}

std::string_view to_string(verdict value) noexcept
{
    for (auto const& [which, name] : names) {
        if (which == value) {
            return name;
        }
    }
    return {};
}

verdict verdict_of(attempt_result const& attempt) noexcept
{
    switch (attempt.outcome) {
    case database::outcome::passed:
        return attempt.attempt > 1 ? verdict::flaky : verdict::passed;
    case database::outcome::failed:
        return verdict::failed;
    case database::outcome::crashed:
        return verdict::crashed;
    case database::outcome::timed_out:
        return verdict::timed_out;
    case database::outcome::skipped:
        break;
    }
    return verdict::skipped;
}

} // namespace testmon::runner
