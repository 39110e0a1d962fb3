// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/database/read_write_database.hpp>

#include "connection.hpp"
#include "environment_row.hpp"
#include "run_row.hpp"
#include "test_row.hpp"

#include <testmon/database/error.hpp>

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <sqlite3.h>

#include <array>
#include <chrono>
#include <string>
#include <unordered_map>

#include <unistd.h>

namespace testmon::database
{

namespace
{

constexpr char registering_tests[] = "register the tests";

std::string host_name()
{
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

bool are_equal(test_record const& a, test_record const& b)
{
    return a.path == b.path && a.suite == b.suite && a.file == b.file && a.line == b.line &&
           a.labels == b.labels && a.depends_on == b.depends_on && a.time_limit == b.time_limit &&
           a.expected_failures == b.expected_failures && a.enabled == b.enabled;
}

// A test that was in the database before.
struct known_test {
    stored_test stored{};
    bool was_collected = false;
};

using known_tests = std::unordered_map<std::string, known_test>;

known_tests read_known(SQLite::Database& database, std::int64_t environment_id)
{
    known_tests result;
    SQLite::Statement statement(database, std::string("SELECT ") + test_columns +
                                              ", vanished FROM test WHERE environment_id = ?");
    statement.bind(1, environment_id);
    while (statement.executeStep()) {
        known_test known{read_stored_test(statement)};
        auto path = known.stored.test.path;
        result.emplace(std::move(path), std::move(known));
    }
    return result;
}

run begin_run(std::int64_t environment_id, run_description const& what)
{
    run result;
    result.uuid = what.uuid.empty() ? to_string(boost::uuids::random_generator()()) : what.uuid;
    result.environment_id = environment_id;
    result.machine = what.machine.empty() ? host_name() : what.machine;
    result.workers = what.workers;
    result.started = std::chrono::system_clock::now();
    return result;
}

} // namespace

struct read_write_database::registering::impl {
    impl(connection& where, environment_description const& description, run_description const& new_run,
         collection how_much)
        : target(where), extent(how_much),
          transaction(where.sqlite(), SQLite::TransactionBehavior::IMMEDIATE), tests(where.sqlite())
    {
        auto& database = target.sqlite();
        result.environment_id = find_or_insert(database, description).id;
        try {
            result.run_id = insert_run(database, begin_run(result.environment_id, new_run));
        } catch (SQLite::Exception const& e) {
            if (e.getExtendedErrorCode() == SQLITE_CONSTRAINT_UNIQUE) {
                refuse("there is a run \"" + new_run.uuid + "\" already");
            }
            throw;
        }
        known = read_known(database, result.environment_id);
    }

    std::int64_t insert_new(test_record const& test)
    {
        try {
            return tests.insert(result.environment_id, test, false);
        } catch (SQLite::Exception const& e) {
            if (e.getExtendedErrorCode() == SQLITE_CONSTRAINT_UNIQUE) {
                refuse_second(test);
            }
            throw;
        }
    }

    [[noreturn]] void refuse_second(test_record const& test) const
    {
        refuse("the test \"" + test.path + "\" comes twice");
    }

    [[noreturn]] void refuse(std::string const& cause) const
    {
        throw database_error(errc::invalid_argument, target.path(), registering_tests, cause);
    }

    connection& target;
    collection extent;
    registration result{};
    known_tests known{};
    SQLite::Transaction transaction;
    test_writer tests;
};

read_write_database::registering::registering(read_write_database& target,
                                              environment_description const& description,
                                              run_description const& new_run, collection extent)
    : impl_(target.opened().attempt(registering_tests, [&] {
          return std::make_unique<impl>(target.opened(), description, new_run, extent);
      }))
{
}

read_write_database::registering::~registering() = default;

void read_write_database::registering::add(test_record const& test)
{
    auto& i = *impl_;
    if (test.path.empty()) {
        i.refuse("test " + std::to_string(i.result.test_ids.size() + 1) +
                 " has no path; allowed is any other text");
    }
    i.target.attempt(registering_tests, [&] {
        auto const found = i.known.find(test.path);
        if (found == i.known.end()) {
            i.result.test_ids.push_back(i.insert_new(test));
            ++i.result.added;
            return;
        }
        auto& one = found->second;
        if (one.was_collected) {
            i.refuse_second(test);
        }
        one.was_collected = true;
        if (one.stored.vanished || !are_equal(one.stored.test, test)) {
            i.tests.update(one.stored.id, test, false);
        }
        i.result.added += one.stored.vanished ? 1 : 0;
        i.result.test_ids.push_back(one.stored.id);
    });
}

registration read_write_database::registering::commit()
{
    auto& i = *impl_;
    return i.target.attempt(registering_tests, [&] {
        auto& database = i.target.sqlite();
        if (i.extent == collection::complete) {
            SQLite::Statement vanish(database, "UPDATE test SET vanished = 1 WHERE id = ?");
            for (auto const& [path, one] : i.known) {
                if (!one.was_collected && !one.stored.vanished) {
                    vanish.bind(1, one.stored.id);
                    vanish.exec();
                    vanish.reset();
                    ++i.result.vanished;
                }
            }
        }
        SQLite::Statement count(database, "UPDATE run SET collected = ? WHERE id = ?");
        count.bind(1, static_cast<std::int64_t>(i.result.test_ids.size()));
        count.bind(2, i.result.run_id);
        count.exec();
        i.transaction.commit();
        return std::move(i.result);
    });
}

} // namespace testmon::database
