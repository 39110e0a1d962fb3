// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_DATABASE_REPORT_HPP
#define TESTMON_SRC_COMMAND_DATABASE_REPORT_HPP

#include <testmon/database/queries.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::command
{

/// What `testmon database show` can show.
enum class section { environments, runs, slowest, failing, flaky, never_run, tests };

/// The reverse of the names for --what; none for any other text.
std::optional<section> section_from_string(std::string_view text) noexcept;

/// What there is to show of an environment.
struct environment_report {
    database::environment environment;
    std::vector<database::run> runs{};              ///< the newest first
    std::vector<database::test_statistics> tests{}; ///< by path
};

/// Reads the environment of an id, or else those of a name; without `wanted` all. Errors: `database_error`,
/// with `errc::not_found` if there is none that is wanted.
std::vector<environment_report> read_reports(database::queries const& database,
                                             std::optional<std::string> const& wanted, std::size_t history);

/// The tests of a section in the order in which they are shown: the slowest first, those that flip most
/// first, else by path. The report must outlive them.
std::vector<database::test_statistics const*> tests_of(environment_report const& report, section which);

} // namespace testmon::command

#endif
