// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// What made the original fail, each cause rebuilt, and how often it happens here: never.
#include "support/child_process.hpp"
#include "support/database_run.hpp"
#include "support/database_samples.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/database.hpp>
#include <testmon/precreation.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

using namespace testmon::precreation;
using namespace testmon::test;
namespace database = testmon::database;
namespace fs = boost::filesystem;

BOOST_AUTO_TEST_SUITE(never_locked)

// Cause 1: every worker wrote when it opened the database. Here a worker opens one that has the lock of a
// writer on it all the time, and nothing of the files changes by it.
BOOST_AUTO_TEST_CASE(a_worker_that_opens_the_database_writes_nothing)
{
    scratch_directory const root;
    controller_precreation controller(root.path(), enabled());
    preparation what;
    what.workers = 1;
    controller.prepare_for_workers(what, sample_tests(10));
    auto const file = controller.database().path();
    auto holder = start_in_run(file, {"lock"}); // whoever writes now is told "database is locked"
    holder.wait_for_line("pausing");
    auto const log = fs::file_size(file.native() + "-wal");
    auto const changed = fs::last_write_time(file);
    auto worker = start_in_run(root.path(), {"start", "gw0", ",", "leave"});
    BOOST_TEST(worker.wait_for_line("start") == "start ok run 1 environment default test 2");
    BOOST_TEST(fs::file_size(file.native() + "-wal") == log);
    BOOST_TEST(fs::last_write_time(file) == changed);
}

// Cause 2: workers computed the environment again, differed by a little, and had to insert a row through a
// handle that may only read. Here the id is handed over, whatever a worker may think of its environment.
BOOST_AUTO_TEST_CASE(an_environment_that_differs_between_controller_and_worker_does_not_matter)
{
    scratch_directory const root;
    controller_precreation controller(root.path(), enabled());
    preparation what;
    what.environment.compiler = "GNU 12.2.0";
    what.workers = 1;
    controller.prepare_for_workers(what, sample_tests(10));
    worker_coordination worker(root.path(), "gw0", enabled());
    worker.wait_and_initialize();
    auto const reader = worker.open_database();
    auto mine = what.environment;
    mine.compiler = "GNU 12.2.1";
    BOOST_TEST(!reader.find_environment(mine).has_value());
    BOOST_TEST(reader.find_environment(worker.environment_id()).value().description.compiler == "GNU 12.2.0");
    BOOST_TEST(reader.tests(worker.environment_id()).size() == 10U);
}

// Cause 3: on one code path nobody waited for the controller, and all workers began to write at once. Here
// they cannot begin before the controller has published: without one they wait, and there is no file that
// they could make.
BOOST_AUTO_TEST_CASE(no_worker_begins_before_the_controller_is_done)
{
    scratch_directory const root;
    std::vector<child_process> workers;
    for (int i = 0; i < 8; ++i) {
        workers.push_back(start_in_run(root.path(), {"start", "gw" + std::to_string(i), ",", "leave"}));
    }
    controller_precreation controller(root.path(), enabled());
    auto& manager = controller.manager();
    manager.begin_run();
    auto const deadline = std::chrono::steady_clock::now() + child_process::patience;
    auto status = manager.status();
    while (status.workers.size() < workers.size() && std::chrono::steady_clock::now() < deadline) {
        manager.wait_for_change(status, std::chrono::seconds(1));
        status = manager.status();
    }
    BOOST_REQUIRE(status.workers.size() == workers.size());
    BOOST_TEST(!fs::exists(root.path() / ".testmondata-cpp"));
    auto const e = thrown_by<database::database_error>(
        [&] { database::read_only_database const early(root.path() / ".testmondata-cpp"); });
    BOOST_TEST((e.code() == database::errc::missing), e.what());

    preparation what;
    what.workers = 8;
    controller.prepare_for_workers(what, sample_tests(500));
    BOOST_TEST(controller.wait_for_workers() == 8U);
    for (auto& worker : workers) {
        BOOST_TEST(worker.wait_for_line("start") == "start ok run 1 environment default test 2");
    }
}

// Publication after publication, with 8 workers that open the database anew each time, while the controller
// registers runs, records, and now and then closes the database, so that SQLite removes its log and makes it
// again. How often is for the environment to say: .ci/run does it 10,000 times.
BOOST_AUTO_TEST_CASE(thousands_of_starts_of_eight_workers)
{
    auto const* wanted = std::getenv("TESTMON_TEST_STARTS");
    int const starts = wanted == nullptr ? 500 : std::stoi(wanted);
    constexpr std::uint32_t worker_count = 8;
    scratch_directory const root;
    std::vector<child_process> workers;
    for (std::uint32_t i = 0; i < worker_count; ++i) {
        workers.push_back(start_in_run(
            root.path(), {"start-many", "gw" + std::to_string(i), std::to_string(starts), ",", "leave"}));
    }
    controller_precreation controller(root.path(), enabled());
    preparation what;
    what.workers = worker_count;
    auto const tests = sample_tests(20);
    std::optional<database::read_write_database> other;
    for (int i = 0; i < starts; ++i) {
        // Every second time another writer keeps the log from being removed.
        if (i % 2 == 0) {
            other.reset();
        } else if (!other && i > 0) {
            other.emplace(root.path() / ".testmondata-cpp");
        }
        controller.prepare_for_workers(what, tests);
        // While the workers open it.
        controller.database().record(controller.registered().run_id,
                                     sample_executions(controller.registered().test_ids));
        if (controller.wait_for_workers() != worker_count) {
            BOOST_FAIL("a worker is missing");
        }
        if (i % 100 == 99) {
            controller.database().prune(5);
        }
    }
    for (auto& worker : workers) {
        BOOST_TEST(worker.wait_for_line("start-many") == "start-many ok " + std::to_string(starts));
    }
    controller.cleanup();
}

BOOST_AUTO_TEST_SUITE_END()
