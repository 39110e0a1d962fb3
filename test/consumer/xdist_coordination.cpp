// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
// A user's program, as small as can be: a controller and a worker that meet within one process.
#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>

#include <iostream>

int main()
{
    namespace xdist = testmon::xdist_coordination;
    namespace fs = boost::filesystem;

    fs::path const root = fs::temp_directory_path() / fs::unique_path("testmon_consumer_%%%%%%%%");
    fs::create_directory(root);

    xdist::coordination_manager controller{root, xdist::xdist_config{}};
    xdist::state_data data;
    data.environment_id = 7;
    data.expected_workers = 1;
    controller.write_controller_state(data);

    xdist::coordination_manager worker{root, xdist::xdist_config{}};
    xdist::coordination_state const state = worker.wait_for_controller("gw0");
    std::size_t const ready = controller.wait_for_workers(1);
    std::cout << TESTMON_VERSION_STRING << ": " << ready << " worker in environment "
              << state.environment_id() << '\n';

    controller.cleanup();
    return fs::remove(root) ? 0 : 1; // not empty, if cleanup left anything
}
