// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Another thread ends a wait.
#include <testmon/xdist_coordination.hpp>

#include <cstdlib>
#include <iostream>
#include <thread>

using namespace testmon::xdist_coordination;

int main()
{
    try {
        //! [cancel]
        coordination_manager manager(".");
        wait_cancellation cancellation;
        std::thread another([&] { cancellation.cancel(); });

        wait_for_controller_options options;
        options.cancellation = &cancellation;
        boost::system::error_code ec;
        manager.wait_for_controller("gw0", options, ec);
        if (ec == errc::cancelled) {
            std::cout << "cancelled\n";
        }
        another.join();
        //! [cancel]
    } catch (coordination_error const& e) {
        std::cerr << e.what() << "\n";
        return EXIT_FAILURE;
    }
}
