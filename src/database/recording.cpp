// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/database/read_write_database.hpp>

#include "connection.hpp"
#include "rows.hpp"
#include "run_row.hpp"

#include <testmon/database/error.hpp>

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <string>

namespace testmon::database
{

namespace
{

constexpr char recording_executions[] = "record executions";

} // namespace

struct read_write_database::recording::impl {
    impl(connection& where, std::int64_t which)
        : target(where), run_id(which), transaction(where.sqlite(), SQLite::TransactionBehavior::IMMEDIATE),
          insert(where.sqlite(), insert_execution),
          find_test(where.sqlite(), "SELECT environment_id FROM test WHERE id = ?")
    {
        SQLite::Statement find(target.sqlite(), "SELECT environment_id FROM run WHERE id = ?");
        find.bind(1, run_id);
        if (find.executeStep()) {
            environment_id = find.getColumn(0).getInt64();
        } else {
            throw database_error(errc::not_found, target.path(), recording_executions,
                                 "there is no run " + std::to_string(run_id));
        }
    }

    void check(execution const& result)
    {
        find_test.bind(1, result.test_id);
        bool const is_known = find_test.executeStep() && find_test.getColumn(0).getInt64() == environment_id;
        find_test.reset();
        if (!is_known) {
            throw database_error(errc::not_found, target.path(), recording_executions,
                                 "the environment of run " + std::to_string(run_id) + " has no test " +
                                     std::to_string(result.test_id));
        }
        auto const refuse = [&](char const* field, std::int64_t value, char const* allowed) {
            throw database_error(errc::invalid_argument, target.path(), recording_executions,
                                 std::string("the ") + field + " of test " + std::to_string(result.test_id) +
                                     " is " + std::to_string(value) + "; allowed is " + allowed + " or more");
        };
        if (result.attempt < 1) {
            refuse("attempt", result.attempt, "1");
        }
        if (result.duration.count() < 0) {
            refuse("duration", result.duration.count(), "0");
        }
        if (result.assertions < 0) {
            refuse("number of assertions", result.assertions, "0");
        }
    }

    void replace(execution const& result)
    {
        SQLite::Statement remove(target.sqlite(),
                                 "DELETE FROM test_execution WHERE run_id = ? AND test_id = ? AND "
                                 "attempt = ? RETURNING outcome");
        remove.bind(1, run_id);
        remove.bind(2, result.test_id);
        remove.bind(3, result.attempt);
        remove.executeStep();
        if (auto const was = outcome_from_string(remove.getColumn(0).getText())) {
            --count_of(changes, *was);
        }
        remove.reset();
        bind(insert, run_id, result);
        insert.exec();
        insert.reset();
    }

    connection& target;
    std::int64_t run_id;
    std::int64_t environment_id = 0;
    std::size_t recorded = 0;
    outcome_counts changes{};
    SQLite::Transaction transaction;
    SQLite::Statement insert;
    SQLite::Statement find_test;
};

read_write_database::recording::recording(read_write_database& target, std::int64_t run_id)
    : impl_(target.opened().attempt(recording_executions,
                                    [&] { return std::make_unique<impl>(target.opened(), run_id); }))
{
}

read_write_database::recording::~recording() = default;

void read_write_database::recording::add(execution const& result)
{
    auto& i = *impl_;
    i.target.attempt(recording_executions, [&] {
        i.check(result);
        bind(i.insert, i.run_id, result);
        bool const is_new = i.insert.exec() != 0;
        i.insert.reset();
        if (!is_new) {
            i.replace(result);
        }
    });
    ++count_of(i.changes, result.outcome);
    ++i.recorded;
}

std::size_t read_write_database::recording::commit()
{
    auto& i = *impl_;
    return i.target.attempt(recording_executions, [&] {
        add_counts(i.target.sqlite(), i.run_id, i.changes);
        i.transaction.commit();
        return i.recorded;
    });
}

} // namespace testmon::database
