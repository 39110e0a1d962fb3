// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "known_tests_table.hpp"

#include "connection.hpp"
#include "rows.hpp"
#include "test_digest.hpp"

#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <algorithm>
#include <numeric>

namespace testmon::database
{

namespace
{

// The runs that all tests are judged by. An older one is asked of those that none of these has measured.
constexpr std::int16_t newest_runs = 3;

// Reads the executions of runs, the newest run first.
class history_reader
{
  public:
    history_reader(SQLite::Database& database, std::vector<known_test_row>& rows)
        : rows_(rows), by_id_(rows.size()),
          of_run_(database, "SELECT outcome, duration_ns, test_id FROM test_execution "
                            "WHERE run_id = ? ORDER BY test_id, attempt"),
          of_test_(database, "SELECT outcome, duration_ns FROM test_execution "
                             "WHERE run_id = ? AND test_id = ? ORDER BY attempt")
    {
        std::iota(by_id_.begin(), by_id_.end(), std::uint32_t{0});
        std::sort(by_id_.begin(), by_id_.end(), [&](auto a, auto b) { return rows_[a].id < rows_[b].id; });
    }

    void read(recorded_run const& run)
    {
        bool const is_new = number_ < newest_runs;
        auto const missing = is_new ? std::vector<std::uint32_t>() : not_measured();
        // To look a test up takes longer than to pass by a row.
        if (is_new || run.executions < 2 * static_cast<std::int64_t>(missing.size())) {
            read_all(run.id);
        } else {
            for (auto const index : missing) {
                read_one(run.id, rows_[index]);
            }
        }
        ++number_;
    }

  private:
    std::vector<std::uint32_t> not_measured() const
    {
        std::vector<std::uint32_t> result;
        for (auto const index : by_id_) {
            if (!rows_[index].vanished && rows_[index].measured == 0) {
                result.push_back(index);
            }
        }
        return result;
    }

    void read_all(std::int64_t run_id)
    {
        of_run_.bind(1, run_id);
        auto next = by_id_.begin();
        while (of_run_.executeStep()) {
            auto const id = of_run_.getColumn(2).getInt64();
            next = std::find_if(next, by_id_.end(), [&](auto index) { return rows_[index].id >= id; });
            if (next == by_id_.end()) {
                break;
            }
            if (rows_[*next].id == id) {
                add(rows_[*next], of_run_);
            }
        }
        of_run_.reset();
    }

    void read_one(std::int64_t run_id, known_test_row& row)
    {
        of_test_.bind(1, run_id);
        of_test_.bind(2, row.id);
        while (of_test_.executeStep()) {
            add(row, of_test_);
        }
        of_test_.reset();
    }

    void add(known_test_row& row, SQLite::Statement& execution)
    {
        auto const result = outcome_from_string(text_of(execution, 0)).value_or(outcome::failed);
        if (row.outcome_run < 0 || row.outcome_run == number_) {
            row.outcome_run = number_;
            row.last_outcome = result;
        }
        auto const duration = execution.getColumn(1).getInt64();
        // A failure of no duration is one of what is around the test, which says nothing of its own time.
        bool const is_measured = result != outcome::skipped && !(is_failure(result) && duration == 0);
        bool const counts = row.measured == 0 || row.measured_run == number_ || number_ < newest_runs;
        if (is_measured && counts) {
            row.measured_run = number_;
            ++row.measured;
            row.mean_ns += (duration - row.mean_ns) / row.measured; // no overflow
        }
    }

    std::vector<known_test_row>& rows_;
    std::vector<std::uint32_t> by_id_;
    std::int16_t number_ = 0; // of the run that is read
    SQLite::Statement of_run_;
    SQLite::Statement of_test_;
};

} // namespace

database_moment moment_of(SQLite::Database& database)
{
    return {number(database, "PRAGMA data_version"), ::sqlite3_total_changes(database.getHandle())};
}

known_tests_table::known_tests_table(SQLite::Database& database, std::int64_t environment_id)
    : environment_id_(environment_id)
{
    constexpr int vanished_column = 10;
    SQLite::Statement tests(database, std::string("SELECT ") + test_columns +
                                          ", vanished FROM test WHERE environment_id = ?");
    tests.bind(1, environment_id);
    while (tests.executeStep()) {
        auto const path = text_of(tests, 1);
        known_test_row row;
        row.id = tests.getColumn(0).getInt64();
        row.path_begin = paths_.size();
        row.path_size = path.size();
        row.digest = digest_of(tests);
        row.vanished = tests.getColumn(vanished_column).getInt64() != 0;
        paths_ += path;
        rows_.push_back(row);
    }
    moment_ = moment_of(database);
    by_path_.reserve(rows_.size());
    for (std::uint32_t i = 0; i < rows_.size(); ++i) {
        by_path_.emplace(path_of(rows_[i]), i);
    }
}

void known_tests_table::add_history(SQLite::Database& database, std::vector<recorded_run> const& runs)
{
    history_reader reader(database, rows_);
    for (auto const& run : runs) {
        reader.read(run);
    }
}

std::optional<std::size_t> known_tests_table::find(std::string_view path) const
{
    auto const found = by_path_.find(path);
    return found == by_path_.end() ? std::nullopt : std::optional<std::size_t>(found->second);
}

} // namespace testmon::database
