// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "database_report.hpp"

#include <testmon/database/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace testmon::command
{

namespace
{

using database::environment;
using database::test_statistics;

std::optional<std::int64_t> id_from_string(std::string const& text)
{
    std::int64_t id = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, id);
    return error == std::errc() && stop == end ? std::optional(id) : std::nullopt;
}

std::vector<environment> select(database::queries const& database, std::string const& wanted)
{
    auto all = database.environments();
    auto const keep = [&](auto const& is_it) {
        std::vector<environment> kept;
        std::copy_if(all.begin(), all.end(), std::back_inserter(kept), is_it);
        return kept;
    };
    auto const id = id_from_string(wanted);
    auto found = keep([&](environment const& one) { return id && one.id == *id; });
    if (found.empty()) {
        found = keep([&](environment const& one) { return one.description.name == wanted; });
    }
    if (found.empty()) {
        found = keep([&](environment const& one) { return one.description.executable == wanted; });
    }
    if (found.empty()) {
        std::string there;
        for (auto const& one : all) {
            there += (there.empty() ? "" : ", ") + std::to_string(one.id) + " (" + one.description.name +
                     (one.description.executable.empty() ? "" : ", " + one.description.executable) + ")";
        }
        throw database::database_error(
            database::errc::not_found, database.path(), "find an environment",
            "\"" + wanted + "\" is neither the id nor the name or the executable of one; there " +
                (there.empty() ? "is none" : "are: " + there));
    }
    return found;
}

bool belongs_to(test_statistics const& test, section which)
{
    switch (which) {
    case section::slowest:
        return test.last_duration.count() > 0;
    case section::failing:
        return test.last_outcome && database::is_failure(*test.last_outcome);
    case section::flaky:
        return test.is_flaky();
    case section::never_run:
        return test.never_ran();
    default:
        return true;
    }
}

} // namespace

std::optional<section> section_from_string(std::string_view text) noexcept
{
    constexpr std::array<std::pair<std::string_view, section>, 7> names{
        {{"environments", section::environments},
         {"runs", section::runs},
         {"slowest", section::slowest},
         {"failing", section::failing},
         {"flaky", section::flaky},
         {"never-run", section::never_run},
         {"tests", section::tests}}};
    for (auto const& [name, which] : names) {
        if (name == text) {
            return which;
        }
    }
    return std::nullopt;
}

std::vector<environment_report> read_reports(database::queries const& database,
                                             std::optional<std::string> const& wanted, std::size_t history)
{
    std::vector<environment_report> result;
    for (auto& one : wanted ? select(database, *wanted) : database.environments()) {
        auto const id = one.id;
        result.push_back({std::move(one), database.runs(id), database.tests(id, history)});
    }
    return result;
}

std::vector<test_statistics const*> tests_of(environment_report const& report, section which)
{
    std::vector<test_statistics const*> result;
    for (auto const& test : report.tests) {
        if (belongs_to(test, which)) {
            result.push_back(&test);
        }
    }
    auto const sort_by = [&](auto const& key) {
        std::stable_sort(result.begin(), result.end(),
                         [&](auto const* a, auto const* b) { return key(*a) > key(*b); });
    };
    if (which == section::slowest) {
        sort_by([](test_statistics const& test) { return test.last_duration; });
    } else if (which == section::flaky) {
        sort_by([](test_statistics const& test) { return std::pair(test.flips, test.failures); });
    }
    return result;
}

} // namespace testmon::command
