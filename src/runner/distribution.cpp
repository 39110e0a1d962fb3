// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "distribution.hpp"

#include <array>
#include <utility>

namespace testmon::runner
{

namespace
{

constexpr std::array<std::pair<distribution, std::string_view>, 6> names{
    {{distribution::worksteal, "worksteal"},
     {distribution::load, "load"},
     {distribution::loadsuite, "loadsuite"},
     {distribution::loadfile, "loadfile"},
     {distribution::loadgroup, "loadgroup"},
     {distribution::each, "each"}}};

} // namespace

std::string_view to_string(distribution value) noexcept
{
    for (auto const& [which, name] : names) {
        if (which == value) {
            return name;
        }
    }
    return {};
}

std::optional<distribution> distribution_from_string(std::string_view text) noexcept
{
    for (auto const& [which, name] : names) {
        if (name == text) {
            return which;
        }
    }
    return std::nullopt;
}

} // namespace testmon::runner
