// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/database/outcome.hpp>

#include <array>
#include <utility>

namespace testmon::database
{

namespace
{

constexpr std::array<std::pair<outcome, std::string_view>, 5> names{{{outcome::passed, "passed"},
                                                                     {outcome::failed, "failed"},
                                                                     {outcome::crashed, "crashed"},
                                                                     {outcome::timed_out, "timed_out"},
                                                                     {outcome::skipped, "skipped"}}};

} // namespace

bool is_failure(outcome value) noexcept
{
    return value == outcome::failed || value == outcome::crashed || value == outcome::timed_out;
}

std::string_view to_string(outcome value) noexcept
{
    for (auto const& [which, name] : names) {
        if (which == value) {
            return name;
        }
    }
    return {};
}

std::optional<outcome> outcome_from_string(std::string_view text) noexcept
{
    for (auto const& [which, name] : names) {
        if (name == text) {
            return which;
        }
    }
    return std::nullopt;
}

} // namespace testmon::database
