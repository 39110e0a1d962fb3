// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// The child program of the tests with several processes and a database. It carries out operations one after
// the other,
//
//     testmon_database_participant DATABASE_OR_ROOT OPERATION [ARGUMENT...] [, OPERATION [ARGUMENT...]]...
//
// and prints one line for each: "OPERATION ok [RESULT]" or "OPERATION error CODE MESSAGE", CODE being the
// value of the error and its category. It ends with 0, or 1 if an operation failed; an unknown one ends it
// with 2.
#include "support/database_faults.hpp"
#include "support/database_samples.hpp"

#include <testmon/database.hpp>
#include <testmon/precreation.hpp>

#include <boost/system/system_error.hpp>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace
{

using namespace testmon::database;
using namespace testmon::precreation;
using namespace testmon::test;
using words = std::vector<std::string>;

// What the operations hand on to each other.
struct participant {
    std::string place; // the database, or the root directory
    std::optional<read_write_database> writer{};
    std::optional<registration> registered{};
    std::optional<controller_precreation> controller{};
    std::optional<worker_coordination> worker{};
};

std::string pause_until_told(participant&, words const&)
{
    std::cout << "pausing" << std::endl;
    std::string line;
    std::getline(std::cin, line);
    return line;
}

// ---- On a database ----

// open [MILLISECONDS]: patience
std::string open(participant& p, words const& arguments)
{
    auto const patience = arguments.empty() ? 30'000 : std::stol(arguments[0]);
    p.writer.emplace(p.place, std::chrono::milliseconds(patience));
    return {};
}

// register N
std::string register_tests(participant& p, words const& arguments)
{
    p.registered = p.writer->register_run({}, {}, sample_tests(std::stoull(arguments.at(0))));
    return std::to_string(p.registered->run_id);
}

// record BATCH: all registered tests, in batches of that size; a line for each that is committed
std::string record(participant& p, words const& arguments)
{
    std::size_t const batch = std::stoull(arguments.at(0));
    auto const all = sample_executions(p.registered->test_ids);
    for (std::size_t begin = 0; begin < all.size(); begin += batch) {
        auto const end = std::min(all.size(), begin + batch);
        std::vector<execution> const part(all.begin() + static_cast<std::ptrdiff_t>(begin),
                                          all.begin() + static_cast<std::ptrdiff_t>(end));
        p.writer->record(p.registered->run_id, part);
        std::cout << "recorded " << end << std::endl;
    }
    return std::to_string(all.size());
}

std::string end_run(participant& p, words const&)
{
    p.writer->end_run(p.registered->run_id);
    return {};
}

// merge FILE
std::string merge(participant& p, words const& arguments)
{
    return std::to_string(p.writer->merge(arguments.at(0)).executions);
}

// prune RUNS
std::string prune(participant& p, words const& arguments)
{
    return std::to_string(p.writer->prune(std::stoull(arguments.at(0))).executions);
}

std::string close(participant& p, words const&)
{
    p.writer.reset();
    return {};
}

// read: opens read-only, and counts the tests of all environments
std::string read(participant& p, words const&)
{
    read_only_database const database(p.place);
    std::size_t tests = 0;
    for (auto const& one : database.environments()) {
        tests += database.tests(one.id).size();
    }
    return std::to_string(tests);
}

// lock: keeps the lock of a writer, as a program may that does not use the library, until it is told to go on
std::string lock(participant& p, words const& arguments)
{
    sqlite3* handle = nullptr;
    if (::sqlite3_open(p.place.c_str(), &handle) != SQLITE_OK ||
        ::sqlite3_exec(handle, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) != SQLITE_OK) {
        throw std::runtime_error(::sqlite3_errmsg(handle));
    }
    pause_until_told(p, arguments);
    ::sqlite3_close(handle);
    return {};
}

// ---- In a run ----

// prepare TESTS WORKERS
std::string prepare(participant& p, words const& arguments)
{
    p.controller.emplace(p.place);
    preparation what;
    what.workers = static_cast<std::uint32_t>(std::stoul(arguments.at(1)));
    auto const state = p.controller->prepare_for_workers(what, sample_tests(std::stoull(arguments.at(0))));
    return state ? std::to_string(p.controller->registered().run_id) : "none";
}

std::string wait_for_workers(participant& p, words const&)
{
    return std::to_string(p.controller->wait_for_workers());
}

// controller-record: an execution of each registered test, in one batch
std::string controller_record(participant& p, words const&)
{
    auto const& registered = p.controller->registered();
    return std::to_string(
        p.controller->database().record(registered.run_id, sample_executions(registered.test_ids)));
}

std::string cleanup(participant& p, words const&)
{
    p.controller->cleanup();
    return {};
}

// start ID: waits for the controller, and asks the database for the environment and a test
std::string start(participant& p, words const& arguments)
{
    p.worker.emplace(p.place, arguments.at(0));
    if (!p.worker->wait_and_initialize()) {
        return "none";
    }
    auto const database = p.worker->open_database();
    auto const found = database.find_environment(p.worker->environment_id());
    if (!found) {
        throw std::runtime_error("the environment is not in the database");
    }
    auto const test = p.worker->precreated("suite_0/test_1");
    return "run " + std::to_string(p.worker->run_id()) + " environment " + found->description.name +
           " test " + (test ? std::to_string(*test) : "none");
}

// start-many ID TIMES: waits for one publication after the other, each time with a database that is opened
// anew
std::string start_many(participant& p, words const& arguments)
{
    auto const times = std::stol(arguments.at(1));
    p.worker.emplace(p.place, arguments.at(0));
    testmon::xdist_coordination::wait_for_controller_options options;
    for (long time = 0; time < times; ++time) {
        auto const state = p.worker->wait_and_initialize(options);
        options.after_generation = state.value().generation();
        auto const database = p.worker->open_database();
        if (!database.find_environment(p.worker->environment_id()) ||
            !database.find_run(p.worker->run_id())) {
            throw std::runtime_error("what was handed over is not in the database");
        }
    }
    return std::to_string(times);
}

std::string leave(participant& p, words const&)
{
    p.worker->leave();
    return {};
}

using operation = std::function<std::string(participant&, words const&)>;

std::map<std::string, operation> const& operations()
{
    static std::map<std::string, operation> const all{{"pause", pause_until_told},
                                                      {"open", open},
                                                      {"register", register_tests},
                                                      {"record", record},
                                                      {"end-run", end_run},
                                                      {"merge", merge},
                                                      {"prune", prune},
                                                      {"close", close},
                                                      {"read", read},
                                                      {"lock", lock},
                                                      {"prepare", prepare},
                                                      {"wait-for-workers", wait_for_workers},
                                                      {"controller-record", controller_record},
                                                      {"cleanup", cleanup},
                                                      {"start", start},
                                                      {"start-many", start_many},
                                                      {"leave", leave}};
    return all;
}

} // namespace

int main(int argc, char** argv)
{
    constexpr int usage = 2;
    if (argc < 3) {
        return usage;
    }
    install_database_faults();
    participant p{argv[1]};
    words const rest(argv + 2, argv + argc);
    for (auto begin = rest.begin(); begin < rest.end();) {
        auto const end = std::find(begin, rest.end(), ",");
        auto const found = operations().find(*begin);
        if (found == operations().end()) {
            std::cerr << "unknown operation " << *begin << "\n";
            return usage;
        }
        try {
            auto const result = found->second(p, words(begin + 1, end));
            std::cout << *begin << " ok" << (result.empty() ? "" : " ") << result << std::endl;
        } catch (boost::system::system_error const& e) {
            std::cout << *begin << " error " << e.code().value() << " " << e.code().category().name() << " "
                      << e.what() << std::endl;
            return 1;
        } catch (std::exception const& e) {
            std::cout << *begin << " error " << e.what() << std::endl;
            return 1;
        }
        begin = end == rest.end() ? end : end + 1;
    }
    return 0;
}
