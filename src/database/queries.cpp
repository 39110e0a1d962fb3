// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/database/queries.hpp>

#include "connection.hpp"
#include "known_tests_table.hpp"
#include "recorded_runs.hpp"
#include "rows.hpp"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace testmon::database
{

namespace
{

constexpr char asking[] = "query the database";

template <class Read>
auto all_rows(SQLite::Statement& statement, Read read)
{
    std::vector<decltype(read(statement))> result;
    while (statement.executeStep()) {
        result.push_back(read(statement));
    }
    return result;
}

template <class Read>
auto first_row(SQLite::Statement& statement, Read read) -> std::optional<decltype(read(statement))>
{
    if (!statement.executeStep()) {
        return std::nullopt;
    }
    return read(statement);
}

std::int64_t read_id(SQLite::Statement& row)
{
    return row.getColumn(0).getInt64();
}

// Takes the executions of a test one by one, the oldest first.
class statistics_builder
{
  public:
    explicit statistics_builder(test_statistics& target) : target_(&target) {}

    void add(std::int64_t run_id, outcome result, std::chrono::nanoseconds duration)
    {
        auto& t = *target_;
        ++t.executions;
        bool const failed = is_failure(result);
        t.failures += failed ? 1 : 0;
        if (run_id != t.last_run_id) {
            failed_in_this_run_ = false;
        }
        t.last_run_id = run_id;
        t.last_outcome = result;
        if (result == outcome::skipped) {
            return;
        }
        t.passed_on_retry = t.passed_on_retry || (failed_in_this_run_ && !failed);
        failed_in_this_run_ = failed_in_this_run_ || failed;
        t.flips += measured_ > 0 && failed != failed_before_ ? 1 : 0;
        failed_before_ = failed;
        ++measured_;
        t.last_duration = duration;
        t.mean_duration += (duration - t.mean_duration) / measured_; // a sum could overflow
    }

  private:
    test_statistics* target_;
    std::int64_t measured_ = 0;
    bool failed_before_ = false;
    bool failed_in_this_run_ = false;
};

std::vector<test_statistics> gather(SQLite::Database& database, std::int64_t environment_id,
                                    std::vector<recorded_run> newest_runs)
{
    SQLite::Statement tests(database,
                            std::string("SELECT ") + test_columns +
                                " FROM test WHERE environment_id = ? AND vanished = 0 ORDER BY path");
    tests.bind(1, environment_id);
    auto result = all_rows(tests, [](SQLite::Statement& row) {
        test_statistics one;
        one.id = read_id(row);
        one.test = read_test(row);
        return one;
    });
    std::unordered_map<std::int64_t, statistics_builder> builders;
    builders.reserve(result.size());
    for (auto& one : result) {
        builders.emplace(one.id, one);
    }
    SQLite::Statement executions(database, "SELECT test_id, outcome, duration_ns FROM test_execution "
                                           "WHERE run_id = ? ORDER BY test_id, attempt");
    std::reverse(newest_runs.begin(), newest_runs.end());
    for (auto const& run : newest_runs) {
        executions.bind(1, run.id);
        while (executions.executeStep()) {
            if (auto const found = builders.find(read_id(executions)); found != builders.end()) {
                found->second.add(
                    run.id, outcome_from_string(executions.getColumn(1).getText()).value_or(outcome::failed),
                    std::chrono::nanoseconds(executions.getColumn(2).getInt64()));
            }
        }
        executions.reset();
    }
    return result;
}

} // namespace

queries::queries(std::unique_ptr<connection> opened) : connection_(std::move(opened)) {}
queries::~queries() = default;
queries::queries(queries&&) noexcept = default;
queries& queries::operator=(queries&&) noexcept = default;

boost::filesystem::path const& queries::path() const noexcept
{
    return connection_->path();
}

std::vector<environment> queries::environments() const
{
    return opened().attempt(asking, [&] {
        SQLite::Statement statement(opened().sqlite(), std::string("SELECT ") + environment_columns +
                                                           " FROM environment ORDER BY id");
        return all_rows(statement, read_environment);
    });
}

std::optional<environment> queries::find_environment(std::int64_t environment_id) const
{
    return opened().attempt(asking, [&] {
        SQLite::Statement statement(opened().sqlite(), std::string("SELECT ") + environment_columns +
                                                           " FROM environment WHERE id = ?");
        statement.bind(1, environment_id);
        return first_row(statement, read_environment);
    });
}

std::optional<environment> queries::find_environment(environment_description const& description) const
{
    return opened().attempt(asking, [&] {
        SQLite::Statement statement(
            opened().sqlite(), std::string("SELECT ") + environment_columns +
                                   " FROM environment WHERE name = ? AND executable = ? AND compiler = ? AND "
                                   "standard_library = ? AND build_type = ? AND flags = ?");
        bind(statement, description);
        return first_row(statement, read_environment);
    });
}

std::vector<run> queries::runs(std::int64_t environment_id, std::size_t limit) const
{
    return opened().attempt(asking, [&] {
        SQLite::Statement statement(
            opened().sqlite(),
            std::string("SELECT ") + run_columns +
                " FROM run WHERE environment_id = ? ORDER BY started_ns DESC, id DESC LIMIT ?");
        statement.bind(1, environment_id);
        statement.bind(2, row_limit(limit));
        return all_rows(statement, read_run);
    });
}

std::optional<run> queries::find_run(std::int64_t run_id) const
{
    return opened().attempt(asking, [&] {
        SQLite::Statement statement(opened().sqlite(),
                                    std::string("SELECT ") + run_columns + " FROM run WHERE id = ?");
        statement.bind(1, run_id);
        return first_row(statement, read_run);
    });
}

std::optional<std::int64_t> queries::find_test(std::int64_t environment_id, std::string_view path) const
{
    return opened().attempt(asking, [&] {
        SQLite::Statement statement(
            opened().sqlite(), "SELECT id FROM test WHERE environment_id = ? AND path = ? AND vanished = 0");
        statement.bind(1, environment_id);
        statement.bind(2, std::string(path));
        return first_row(statement, read_id);
    });
}

void queries::for_each_test(std::int64_t environment_id,
                            std::function<void(stored_test const&)> const& visit) const
{
    opened().attempt(asking, [&] {
        SQLite::Statement statement(opened().sqlite(),
                                    std::string("SELECT ") + test_columns +
                                        ", vanished FROM test WHERE environment_id = ? ORDER BY path");
        statement.bind(1, environment_id);
        while (statement.executeStep()) {
            visit(read_stored_test(statement));
        }
    });
}

std::vector<test_statistics> queries::tests(std::int64_t environment_id, std::size_t history) const
{
    return opened().attempt(asking, [&] {
        auto& database = opened().sqlite();
        SQLite::Transaction one_moment(database);
        return gather(database, environment_id, recorded_runs(database, environment_id, history));
    });
}

known_tests queries::read_known_tests(environment_description const& description) const
{
    return opened().attempt(asking, [&] {
        auto& database = opened().sqlite();
        SQLite::Transaction one_moment(database);
        auto const found = find_environment(description);
        if (!found) {
            return known_tests();
        }
        auto table = std::make_shared<known_tests_table>(database, found->id);
        table->add_history(database, recorded_runs(database, found->id, default_history));
        return known_tests(std::move(table));
    });
}

std::vector<test_statistics> queries::failures_of_last_run(std::int64_t environment_id) const
{
    return opened().attempt(asking, [&] {
        auto& database = opened().sqlite();
        SQLite::Transaction one_moment(database);
        auto const runs = recorded_runs(database, environment_id, default_history);
        auto all = gather(database, environment_id, runs);
        all.erase(std::remove_if(all.begin(), all.end(),
                                 [&](test_statistics const& one) {
                                     return one.never_ran() || one.last_run_id != runs.front().id ||
                                            !is_failure(*one.last_outcome);
                                 }),
                  all.end());
        return all;
    });
}

std::vector<recorded_execution> queries::history(std::int64_t test_id, std::size_t limit) const
{
    return opened().attempt(asking, [&] {
        // Runs are few: it asks each for its executions of the test.
        SQLite::Statement statement(
            opened().sqlite(),
            "SELECT e.test_id, e.attempt, e.outcome, e.duration_ns, e.assertions, e.worker, e.started_ns, "
            "e.run_id "
            "FROM run CROSS JOIN test_execution AS e ON e.run_id = run.id AND e.test_id = ?1 "
            "WHERE run.environment_id = (SELECT environment_id FROM test WHERE id = ?1) "
            "ORDER BY run.started_ns DESC, run.id DESC, e.attempt DESC LIMIT ?2");
        statement.bind(1, test_id);
        statement.bind(2, row_limit(limit));
        return all_rows(statement, [](SQLite::Statement& row) {
            constexpr int run_id_column = 7;
            return recorded_execution{row.getColumn(run_id_column).getInt64(), read_execution(row)};
        });
    });
}

void queries::for_each_execution(std::int64_t run_id,
                                 std::function<void(execution const&)> const& visit) const
{
    opened().attempt(asking, [&] {
        SQLite::Statement statement(opened().sqlite(), std::string("SELECT ") + execution_columns +
                                                           " FROM test_execution WHERE run_id = ? "
                                                           "ORDER BY test_id, attempt");
        statement.bind(1, run_id);
        while (statement.executeStep()) {
            visit(read_execution(statement));
        }
    });
}

} // namespace testmon::database
