// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/database/known_tests.hpp>

#include "known_tests_table.hpp"

#include <utility>

namespace testmon::database
{

known_tests::known_tests(std::shared_ptr<known_tests_table const> table) : table_(std::move(table)) {}

std::size_t known_tests::size() const noexcept
{
    return table_ ? table_->rows().size() : 0;
}

std::optional<known_test> known_tests::find(std::string_view path) const
{
    auto const found = table_ ? table_->find(path) : std::nullopt;
    if (!found) {
        return std::nullopt;
    }
    auto const& row = table_->rows()[*found];
    known_test result;
    result.id = row.id;
    result.vanished = row.vanished;
    if (row.measured != 0) {
        result.mean_duration = std::chrono::nanoseconds(row.mean_ns);
    }
    if (row.outcome_run >= 0) {
        result.last_outcome = row.last_outcome;
    }
    return result;
}

} // namespace testmon::database
