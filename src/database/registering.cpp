// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/database/read_write_database.hpp>

#include "connection.hpp"
#include "environment_row.hpp"
#include "known_tests_table.hpp"
#include "run_row.hpp"
#include "test_digest.hpp"
#include "test_row.hpp"

#include <testmon/database/error.hpp>

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <sqlite3.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

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
         collection how_much, std::shared_ptr<known_tests_table const> ahead)
        : target(where), extent(how_much),
          transaction(where.sqlite(), SQLite::TransactionBehavior::IMMEDIATE), tests(where.sqlite())
    {
        auto& database = target.sqlite();
        bool const is_ahead = ahead && ahead->moment() == moment_of(database);
        result.environment_id = find_or_insert(database, description).id;
        if (is_ahead && ahead->environment_id() == result.environment_id) {
            known = std::move(ahead);
        } else {
            known = std::make_shared<known_tests_table>(database, result.environment_id);
        }
        was_collected.resize(known->rows().size());
        try {
            result.run_id = insert_run(database, begin_run(result.environment_id, new_run));
        } catch (SQLite::Exception const& e) {
            if (e.getExtendedErrorCode() == SQLITE_CONSTRAINT_UNIQUE) {
                refuse("there is a run \"" + new_run.uuid + "\" already");
            }
            throw;
        }
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
    std::shared_ptr<known_tests_table const> known{};
    std::vector<bool> was_collected{}; // of each row of it
    SQLite::Transaction transaction;
    test_writer tests;
};

read_write_database::registering::registering(read_write_database& target,
                                              environment_description const& description,
                                              run_description const& new_run, collection extent)
    : impl_(target.opened().attempt(registering_tests, [&] {
          return std::make_unique<impl>(target.opened(), description, new_run, extent,
                                        std::exchange(target.ahead_, {}).table_);
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
        auto const found = i.known->find(test.path);
        if (!found) {
            i.result.test_ids.push_back(i.insert_new(test));
            ++i.result.added;
            return;
        }
        if (i.was_collected[*found]) {
            i.refuse_second(test);
        }
        i.was_collected[*found] = true;
        auto const& row = i.known->rows()[*found];
        if (row.vanished || row.digest != digest_of(test)) {
            i.tests.update(row.id, test, false);
        }
        i.result.added += row.vanished ? 1 : 0;
        i.result.test_ids.push_back(row.id);
    });
}

registration read_write_database::registering::commit()
{
    auto& i = *impl_;
    return i.target.attempt(registering_tests, [&] {
        auto& database = i.target.sqlite();
        if (i.extent == collection::complete) {
            SQLite::Statement vanish(database, "UPDATE test SET vanished = 1 WHERE id = ?");
            auto const& rows = i.known->rows();
            for (std::size_t row = 0; row < rows.size(); ++row) {
                if (!i.was_collected[row] && !rows[row].vanished) {
                    vanish.bind(1, rows[row].id);
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
        ::sqlite3_db_release_memory(database.getHandle()); // there can be very many pages
        return std::move(i.result);
    });
}

} // namespace testmon::database
