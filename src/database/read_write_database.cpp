// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/database/read_write_database.hpp>

#include "connection.hpp"
#include "environment_row.hpp"

#include <testmon/database/error.hpp>

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <chrono>
#include <string>

namespace testmon::database
{

read_write_database::read_write_database(boost::filesystem::path const& path,
                                         std::chrono::milliseconds patience)
    : queries(open_read_write(path, patience)), patience_(patience)
{
}

std::int64_t read_write_database::find_or_add_environment(environment_description const& description)
{
    return opened().attempt("add an environment", [&] {
        SQLite::Transaction transaction(opened().sqlite(), SQLite::TransactionBehavior::IMMEDIATE);
        auto const id = find_or_insert(opened().sqlite(), description).id;
        transaction.commit();
        return id;
    });
}

known_tests read_write_database::read_ahead(environment_description const& description)
{
    ahead_ = read_known_tests(description);
    ::sqlite3_db_release_memory(opened().sqlite().getHandle()); // pages that nobody will read again
    return ahead_;
}

void read_write_database::end_run(std::int64_t run_id)
{
    constexpr char ending[] = "end a run";
    opened().attempt(ending, [&] {
        SQLite::Transaction transaction(opened().sqlite(), SQLite::TransactionBehavior::IMMEDIATE);
        SQLite::Statement statement(opened().sqlite(), "UPDATE run SET ended_ns = ? WHERE id = ?");
        statement.bind(1, nanoseconds_since_epoch(std::chrono::system_clock::now()));
        statement.bind(2, run_id);
        if (statement.exec() == 0) {
            throw database_error(errc::not_found, path(), ending,
                                 "there is no run " + std::to_string(run_id));
        }
        transaction.commit();
    });
}

} // namespace testmon::database
