// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
// A user's program, as small as can be: a controller that prepares a database, and a worker that starts from
// it, within one process.
#include <testmon/precreation.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>

#include <iostream>
#include <vector>

int main()
{
    namespace precreation = testmon::precreation;
    namespace fs = boost::filesystem;

    fs::path const root = fs::temp_directory_path() / fs::unique_path("testmon_consumer_%%%%%%%%");
    fs::create_directory(root);
    testmon::xdist_coordination::xdist_config config;
    config.controller_precreation = true;
    bool found = false;
    {
        testmon::database::test_record test;
        test.path = "suite/case";
        precreation::preparation what;
        what.workers = 1;
        precreation::controller_precreation controller{root, config};
        controller.prepare_for_workers(what, std::vector<testmon::database::test_record>{test});

        precreation::worker_coordination worker{root, "gw0", config};
        worker.wait_and_initialize();
        found = worker.precreated(test.path) ==
                worker.open_database().find_test(worker.environment_id(), test.path);
        std::cout << controller.wait_for_workers() << " worker in run " << worker.run_id() << '\n';
        controller.cleanup();
    }
    fs::remove_all(root);
    return found ? 0 : 1;
}
