// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/database/read_write_database.hpp>

#include "connection.hpp"
#include "environment_row.hpp"
#include "run_row.hpp"
#include "test_row.hpp"

#include <testmon/database/error.hpp>

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <boost/filesystem/operations.hpp>
#include <sqlite3.h>

#include <string>
#include <unordered_map>

namespace testmon::database
{

namespace
{

constexpr char merging[] = "merge a database";

// Takes over all rows of one database into another. Ids differ between the two: an environment is known by
// its description, a test by its path in it, a run by its uuid.
class merger
{
  public:
    merger(connection& source, SQLite::Database& target) : source_(source), target_(target) {}

    merge_result run()
    {
        auto environments = ask(std::string("SELECT ") + environment_columns + " FROM environment");
        while (next(environments)) {
            auto const from = read_environment(environments);
            auto const to = find_or_insert(target_, from.description);
            result_.environments += to.is_new ? 1 : 0;
            merge_tests(from.id, to.id);
            merge_runs(from.id, to.id);
        }
        return result_;
    }

  private:
    // What goes wrong with the other database is told of that one.
    SQLite::Statement ask(std::string const& query)
    {
        return source_.attempt(merging, [&] { return SQLite::Statement(source_.sqlite(), query); });
    }
    bool next(SQLite::Statement& statement)
    {
        return source_.attempt(merging, [&] { return statement.executeStep(); });
    }

    std::int64_t id_in_target(std::int64_t test_id)
    {
        auto const found = tests_.find(test_id);
        if (found == tests_.end()) {
            source_.attempt(merging, []() -> void {
                throw SQLite::Exception("an execution refers to a test of another environment",
                                        SQLITE_CORRUPT);
            });
        }
        return found->second;
    }

    static std::int64_t newest_run(SQLite::Database& database, std::int64_t environment_id)
    {
        SQLite::Statement statement(database,
                                    "SELECT coalesce(max(started_ns), 0) FROM run WHERE environment_id = ?");
        statement.bind(1, environment_id);
        statement.executeStep();
        return statement.getColumn(0).getInt64();
    }

    // What the two sides say of the same test may differ: the one with the newer run is right.
    bool is_source_newer(std::int64_t from, std::int64_t to)
    {
        auto const of_source = source_.attempt(merging, [&] { return newest_run(source_.sqlite(), from); });
        return of_source > newest_run(target_, to);
    }

    void merge_tests(std::int64_t from, std::int64_t to)
    {
        auto tests =
            ask(std::string("SELECT ") + test_columns + ", vanished FROM test WHERE environment_id = ?");
        tests.bind(1, from);
        SQLite::Statement find(target_, "SELECT id FROM test WHERE environment_id = ? AND path = ?");
        test_writer writer(target_);
        bool const update_known = is_source_newer(from, to);
        while (next(tests)) {
            auto const one = read_stored_test(tests);
            auto& id = tests_[one.id];
            find.bind(1, to);
            find.bindNoCopy(2, one.test.path);
            if (find.executeStep()) {
                id = find.getColumn(0).getInt64();
                if (update_known) {
                    writer.update(id, one.test, one.vanished);
                }
            } else {
                id = writer.insert(to, one.test, one.vanished);
                ++result_.tests;
            }
            find.reset();
        }
    }

    void merge_runs(std::int64_t from, std::int64_t to)
    {
        auto runs = ask(std::string("SELECT ") + run_columns + " FROM run WHERE environment_id = ?");
        runs.bind(1, from);
        while (next(runs)) {
            auto const one = read_run(runs);
            auto const id = find_or_insert_run(one, to);
            merge_executions(one.id, id);
            finish(one, id);
        }
    }

    std::int64_t find_or_insert_run(database::run one, std::int64_t environment_id)
    {
        SQLite::Statement find(target_, "SELECT id FROM run WHERE uuid = ? AND environment_id = ?");
        find.bindNoCopy(1, one.uuid);
        find.bind(2, environment_id);
        if (find.executeStep()) {
            return find.getColumn(0).getInt64();
        }
        one.environment_id = environment_id;
        ++result_.runs;
        return insert_run(target_, one);
    }

    void merge_executions(std::int64_t from, std::int64_t to)
    {
        auto executions =
            ask(std::string("SELECT ") + execution_columns + " FROM test_execution WHERE run_id = ?");
        executions.bind(1, from);
        SQLite::Statement insert(target_, insert_execution);
        while (next(executions)) {
            auto one = read_execution(executions);
            one.test_id = id_in_target(one.test_id);
            bind(insert, to, one);
            result_.executions += insert.exec();
            insert.reset();
        }
    }

    // The other database may hold an earlier or a later state of the same run.
    void finish(database::run const& one, std::int64_t id)
    {
        SQLite::Statement statement(
            target_,
            "UPDATE run SET collected = max(collected, ?1), ended_ns = coalesce(ended_ns, ?2), "
            "(passed, failed, crashed, timed_out, skipped) = (SELECT "
            "count(*) FILTER (WHERE outcome = 'passed'), count(*) FILTER (WHERE outcome = 'failed'), "
            "count(*) FILTER (WHERE outcome = 'crashed'), count(*) FILTER (WHERE outcome = 'timed_out'), "
            "count(*) FILTER (WHERE outcome = 'skipped') FROM test_execution WHERE run_id = ?3) "
            "WHERE id = ?3");
        statement.bind(1, one.collected);
        if (one.ended) {
            statement.bind(2, nanoseconds_since_epoch(*one.ended));
        }
        statement.bind(3, id);
        statement.exec();
    }

    connection& source_;
    SQLite::Database& target_;
    std::unordered_map<std::int64_t, std::int64_t> tests_{};
    merge_result result_{};
};

} // namespace

merge_result read_write_database::merge(boost::filesystem::path const& other)
{
    boost::system::error_code ignored;
    if (boost::filesystem::equivalent(other, path(), ignored)) {
        throw database_error(errc::invalid_argument, path(), merging, "it is the database itself");
    }
    auto const source = open_read_only(other, patience_);
    return opened().attempt(merging, [&] {
        SQLite::Transaction one_moment(source->sqlite());
        SQLite::Transaction transaction(opened().sqlite(), SQLite::TransactionBehavior::IMMEDIATE);
        auto const result = merger(*source, opened().sqlite()).run();
        transaction.commit();
        return result;
    });
}

} // namespace testmon::database
