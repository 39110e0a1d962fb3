// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "test_row.hpp"

#include "rows.hpp"

namespace testmon::database
{

namespace
{

void write(SQLite::Statement& statement, test_record const& test, bool vanished, std::int64_t key)
{
    constexpr int vanished_parameter = 10;
    constexpr int key_parameter = 11;
    bind(statement, 1, test);
    statement.bind(vanished_parameter, vanished ? 1 : 0);
    statement.bind(key_parameter, key);
    statement.exec();
    statement.reset();
}

} // namespace

test_writer::test_writer(SQLite::Database& database)
    : database_(database),
      insert_(database, "INSERT INTO test (path, suite, file, line, labels, depends_on, time_limit_ns, "
                        "expected_failures, enabled, vanished, environment_id) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      update_(database,
              "UPDATE test SET path = ?, suite = ?, file = ?, line = ?, labels = ?, depends_on = ?, "
              "time_limit_ns = ?, expected_failures = ?, enabled = ?, vanished = ? WHERE id = ?")
{
}

std::int64_t test_writer::insert(std::int64_t environment_id, test_record const& test, bool vanished)
{
    write(insert_, test, vanished, environment_id);
    return database_.getLastInsertRowid();
}

void test_writer::update(std::int64_t id, test_record const& test, bool vanished)
{
    write(update_, test, vanished, id);
}

} // namespace testmon::database
