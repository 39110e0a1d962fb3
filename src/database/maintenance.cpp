// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/database/maintenance.hpp>

#include "connection.hpp"
#include "exclusive_use.hpp"

#include <testmon/database/error.hpp>
#include <testmon/database/read_write_database.hpp>

#include <SQLiteCpp/Statement.h>
#include <boost/filesystem/operations.hpp>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <map>
#include <string>
#include <utility>

namespace testmon::database
{

namespace
{

namespace fs = boost::filesystem;

constexpr char checking[] = "check the database";
constexpr char rebuilding[] = "rebuild the database";

// What makes a schema: the statements by the names of what they create.
std::map<std::string, std::string> statements_of(SQLite::Database& database)
{
    std::map<std::string, std::string> result;
    SQLite::Statement statement(database, "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL");
    while (statement.executeStep()) {
        result.emplace(statement.getColumn(0).getString(), statement.getColumn(1).getString());
    }
    return result;
}

void compare_schema(SQLite::Database& database, std::vector<std::string>& problems)
{
    SQLite::Database sound(":memory:", SQLite::OPEN_READWRITE);
    for (auto const& step : schema::all_steps()) {
        sound.exec(step);
    }
    auto const found = statements_of(database);
    for (auto const& [name, sql] : statements_of(sound)) {
        auto const it = found.find(name);
        if (it == found.end()) {
            problems.push_back("the schema lacks " + name);
        } else if (it->second != sql) {
            problems.push_back("the schema has another " + name);
        }
    }
}

void collect_rows(SQLite::Database& database, char const* pragma, std::vector<std::string>& problems)
{
    SQLite::Statement statement(database, pragma);
    while (statement.executeStep()) {
        if (auto text = statement.getColumn(0).getString(); text != "ok") {
            problems.push_back(std::move(text));
        }
    }
}

void check_references(SQLite::Database& database, std::vector<std::string>& problems)
{
    SQLite::Statement statement(database, "PRAGMA foreign_key_check");
    while (statement.executeStep()) {
        problems.push_back("a row of " + statement.getColumn(0).getString() + " refers to a row of " +
                           statement.getColumn(2).getString() + " that is not there");
    }
}

void check_lists(SQLite::Database& database, std::vector<std::string>& problems)
{
    SQLite::Statement statement(
        database, "SELECT id FROM test WHERE NOT (json_valid(labels) AND json_valid(depends_on)) LIMIT 10");
    while (statement.executeStep()) {
        problems.push_back("the labels or dependencies of test " + statement.getColumn(0).getString() +
                           " are no JSON");
    }
}

void move(fs::path const& from, fs::path const& to)
{
    boost::system::error_code ec;
    fs::rename(from, to, ec);
    if (ec && ec != boost::system::errc::no_such_file_or_directory) {
        throw database_error(ec, from, rebuilding,
                             "it cannot be renamed to " + to.native() + ": " + ec.message());
    }
}

fs::path name_for_damaged(fs::path const& path)
{
    auto const now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
    auto const first = path.native() + ".corrupt-" + text.data();
    auto name = first;
    for (int i = 2; fs::exists(name); ++i) {
        name = first + "-" + std::to_string(i);
    }
    return name;
}

} // namespace

check_result check(fs::path const& path, std::chrono::milliseconds patience)
{
    check_result result;
    result.holders = holders(path);
    try {
        auto const opened = open_read_only(path, patience);
        opened->attempt(checking, [&] {
            auto& database = opened->sqlite();
            result.schema_version = number(database, "PRAGMA user_version");
            collect_rows(database, "PRAGMA integrity_check", result.problems);
            check_references(database, result.problems);
            compare_schema(database, result.problems);
            if (result.problems.empty()) {
                check_lists(database, result.problems);
            }
        });
    } catch (database_error const& e) {
        if (e.code() != errc::corrupt) {
            throw;
        }
        result.problems.emplace_back(e.what());
    }
    return result;
}

fs::path rebuild(fs::path const& path)
{
    auto const found = check(path);
    if (found.problems.empty()) {
        throw database_error(errc::invalid_argument, path, rebuilding, "it is sound; nothing was done");
    }
    if (!found.holders.empty()) {
        std::vector<std::int64_t> pids;
        std::string text;
        for (auto const& holder : found.holders) {
            pids.push_back(holder.pid);
            text += " " + std::to_string(holder.pid);
        }
        throw database_error(errc::busy, path, rebuilding, "these processes have it open:" + text,
                             std::move(pids));
    }
    auto aside = name_for_damaged(path);
    {
        exclusive_use const alone(path, rebuilding);
        if (!alone.is_of(path)) {
            throw database_error(
                errc::invalid_argument, path, rebuilding,
                "somebody else has put another file in its place meanwhile; nothing was done");
        }
        // First what SQLite would take for the log of the new database.
        for (auto const* suffix : {"-wal", "-journal", "-shm", ""}) {
            move(path.native() + suffix, aside.native() + suffix);
        }
    }
    read_write_database const made(path);
    return aside;
}

} // namespace testmon::database
