// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// What the environment says, and a manager that is given another timeout.
#include <testmon/xdist_coordination.hpp>

#include <chrono>
#include <cstdlib>
#include <iostream>

using namespace testmon::xdist_coordination;

int main()
{
    try {
        //! [config]
        auto config = xdist_config::from_environment();
        if (!config.controller_precreation) {
            std::cout << "TESTMON_XDIST_CONTROLLER_PRECREATION is off\n";
        }
        config.worker_timeout = std::chrono::seconds(5);
        coordination_manager manager(".", config);
        //! [config]
        std::cout << "a wait takes at most " << manager.config().worker_timeout.count() / 1'000'000'000
                  << " s\n";
    } catch (coordination_error const& e) {
        std::cerr << e.what() << "\n";
        return EXIT_FAILURE;
    }
}
