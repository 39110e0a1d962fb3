// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_KNOWN_TESTS_TABLE_HPP
#define TESTMON_SRC_DATABASE_KNOWN_TESTS_TABLE_HPP

#include "recorded_runs.hpp"

#include <testmon/database/outcome.hpp>

#include <SQLiteCpp/Database.h>
#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::database
{

/// A moment of a database, as one of its connections sees it: if it is the same again, nothing has been
/// written in between, by whomever.
struct database_moment {
    std::int64_t version = 0;     // changes with what other connections write
    std::int64_t own_changes = 0; // rows that this connection has written

    bool operator==(database_moment const& other) const
    {
        return version == other.version && own_changes == other.own_changes;
    }
};

/// Within a transaction of the caller.
database_moment moment_of(SQLite::Database& database);

/// A row of `known_tests_table`.
struct known_test_row {
    std::int64_t id = 0;
    std::uint64_t digest = 0; // see digest_of
    std::size_t path_begin = 0;
    std::size_t path_size = 0;
    std::int64_t mean_ns = 0;
    std::int32_t measured = 0;      // how many executions the mean is of
    std::int16_t measured_run = -1; // the oldest of these: 0 is of the newest run
    std::int16_t outcome_run = -1;  // the run of the outcome; below 0: none
    outcome last_outcome = outcome::passed;
    bool vanished = false;
};

/// What `known_tests` is made of.
class known_tests_table
{
  public:
    /// Knows no history. Part of a transaction of the caller.
    known_tests_table(SQLite::Database& database, std::int64_t environment_id);
    known_tests_table(known_tests_table const&) = delete;
    known_tests_table& operator=(known_tests_table const&) = delete;

    /// Takes in what the runs say, the newest of which comes first. Part of the same transaction.
    void add_history(SQLite::Database& database, std::vector<recorded_run> const& runs);

    std::int64_t environment_id() const { return environment_id_; }
    database_moment const& moment() const { return moment_; }
    std::vector<known_test_row> const& rows() const { return rows_; }
    std::optional<std::size_t> find(std::string_view path) const;

  private:
    std::string_view path_of(known_test_row const& row) const
    {
        return std::string_view(paths_).substr(row.path_begin, row.path_size);
    }

    std::int64_t environment_id_;
    database_moment moment_{};
    std::string paths_{}; // one behind the other
    std::vector<known_test_row> rows_{};
    boost::unordered_flat_map<std::string_view, std::uint32_t, std::hash<std::string_view>> by_path_{};
};

} // namespace testmon::database

#endif
