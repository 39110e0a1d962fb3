// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "rows.hpp"

#include "utf8.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <sqlite3.h>

#include <chrono>
#include <limits>

namespace testmon::database
{

namespace
{

using std::chrono::nanoseconds;

timestamp instant(std::int64_t since_epoch)
{
    return timestamp(nanoseconds(since_epoch));
}

// Most lists are empty, and there can be very many.
constexpr char empty_list[] = "[]";

std::vector<std::string> read_list(SQLite::Column const& column)
{
    auto const text = column.getString();
    if (text == empty_list) {
        return {};
    }
    boost::system::error_code ec;
    auto const list = boost::json::parse(text, ec);
    auto result = ec ? boost::json::result<std::vector<std::string>>(ec)
                     : boost::json::try_value_to<std::vector<std::string>>(list);
    if (!result) {
        throw SQLite::Exception("a list of the table test is not a JSON array of strings", SQLITE_CORRUPT);
    }
    return std::move(*result);
}

void bind_list(SQLite::Statement& statement, int index, std::vector<std::string> const& list)
{
    if (list.empty()) {
        statement.bindNoCopy(index, empty_list);
    } else {
        statement.bind(index, list_text(list));
    }
}

} // namespace

std::string_view text_of(SQLite::Statement& row, int column)
{
    auto const value = row.getColumn(column);
    auto const* const text = value.getText(); // before its size is asked for
    return {text, static_cast<std::size_t>(value.getBytes())};
}

std::string list_text(std::vector<std::string> const& list)
{
    if (list.empty()) {
        return empty_list;
    }
    boost::json::array array;
    for (auto const& one : list) {
        array.emplace_back(valid_utf8(one));
    }
    return boost::json::serialize(array);
}

environment read_environment(SQLite::Statement& row)
{
    environment result;
    int column = 0;
    result.id = row.getColumn(column++).getInt64();
    for (auto* field :
         {&result.description.name, &result.description.executable, &result.description.compiler,
          &result.description.standard_library, &result.description.build_type, &result.description.flags}) {
        *field = row.getColumn(column++).getString();
    }
    return result;
}

run read_run(SQLite::Statement& row)
{
    run result;
    int column = 0;
    result.id = row.getColumn(column++).getInt64();
    result.uuid = row.getColumn(column++).getString();
    result.environment_id = row.getColumn(column++).getInt64();
    result.machine = row.getColumn(column++).getString();
    result.workers = row.getColumn(column++).getInt64();
    result.started = instant(row.getColumn(column++).getInt64());
    if (auto const ended = row.getColumn(column++); !ended.isNull()) {
        result.ended = instant(ended.getInt64());
    }
    result.collected = row.getColumn(column++).getInt64();
    for (auto* count : {&result.counts.passed, &result.counts.failed, &result.counts.crashed,
                        &result.counts.timed_out, &result.counts.skipped}) {
        *count = row.getColumn(column++).getInt64();
    }
    return result;
}

test_record read_test(SQLite::Statement& row)
{
    test_record result;
    int column = 1;
    result.path = row.getColumn(column++).getString();
    result.suite = row.getColumn(column++).getString();
    result.file = row.getColumn(column++).getString();
    result.line = row.getColumn(column++).getInt64();
    result.labels = read_list(row.getColumn(column++));
    result.depends_on = read_list(row.getColumn(column++));
    result.time_limit = nanoseconds(row.getColumn(column++).getInt64());
    result.expected_failures = row.getColumn(column++).getInt64();
    result.enabled = row.getColumn(column++).getInt64() != 0;
    return result;
}

stored_test read_stored_test(SQLite::Statement& row)
{
    constexpr int vanished_column = 10;
    return {row.getColumn(0).getInt64(), read_test(row), row.getColumn(vanished_column).getInt64() != 0};
}

execution read_execution(SQLite::Statement& row)
{
    execution result;
    int column = 0;
    result.test_id = row.getColumn(column++).getInt64();
    result.attempt = row.getColumn(column++).getInt64();
    // The schema allows nothing but our own words.
    result.outcome = outcome_from_string(row.getColumn(column++).getString()).value_or(outcome::failed);
    result.duration = nanoseconds(row.getColumn(column++).getInt64());
    result.assertions = row.getColumn(column++).getInt64();
    result.worker = row.getColumn(column++).getString();
    result.started = instant(row.getColumn(column++).getInt64());
    return result;
}

void bind(SQLite::Statement& statement, environment_description const& description)
{
    int index = 1;
    for (auto const* field : {&description.name, &description.executable, &description.compiler,
                              &description.standard_library, &description.build_type, &description.flags}) {
        statement.bindNoCopy(index++, *field);
    }
}

void bind(SQLite::Statement& statement, int first, test_record const& test)
{
    int index = first;
    statement.bindNoCopy(index++, test.path);
    statement.bindNoCopy(index++, test.suite);
    statement.bindNoCopy(index++, test.file);
    statement.bind(index++, test.line);
    bind_list(statement, index++, test.labels);
    bind_list(statement, index++, test.depends_on);
    statement.bind(index++, std::int64_t{test.time_limit.count()});
    statement.bind(index++, test.expected_failures);
    statement.bind(index++, test.enabled ? 1 : 0);
}

void bind(SQLite::Statement& statement, std::int64_t run_id, execution const& result)
{
    int index = 1;
    statement.bind(index++, run_id);
    statement.bind(index++, result.test_id);
    statement.bind(index++, result.attempt);
    statement.bindNoCopy(index++, to_string(result.outcome).data()); // a literal, and so it ends with a zero
    statement.bind(index++, std::int64_t{result.duration.count()});
    statement.bind(index++, result.assertions);
    statement.bindNoCopy(index++, result.worker);
    statement.bind(index++, nanoseconds_since_epoch(result.started));
}

std::int64_t row_limit(std::size_t limit)
{
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return limit > static_cast<std::size_t>(most) ? most : static_cast<std::int64_t>(limit);
}

std::int64_t nanoseconds_since_epoch(timestamp when)
{
    return when.time_since_epoch().count();
}

} // namespace testmon::database
