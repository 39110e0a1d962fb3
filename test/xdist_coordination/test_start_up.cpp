// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/child_process.hpp"
#include "support/scratch_directory.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

using namespace testmon::xdist_coordination;
using namespace testmon::test;

BOOST_AUTO_TEST_SUITE(start_up)

BOOST_AUTO_TEST_CASE(a_controller_and_four_workers_start_from_one_state)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    std::vector<child_process> workers;
    for (int i = 0; i < 4; ++i) {
        workers.emplace_back(TESTMON_PARTICIPANT_PROGRAM,
                             std::vector<std::string>{root.path().native(), "wait-for-controller",
                                                      "gw" + std::to_string(i), ",", "pause"});
    }
    state_data data;
    data.environment_id = 7;
    data.expected_workers = 4;
    manager.write_controller_state(data);
    BOOST_TEST(manager.wait_for_workers(4) == 4U);
    for (auto& worker : workers) {
        BOOST_TEST(worker.wait_for_line("wait-for-controller") == "wait-for-controller ok 1 7");
    }
    auto const expected = std::vector<std::string>{"gw0", "gw1", "gw2", "gw3"};
    BOOST_TEST(manager.ready_workers() == expected, boost::test_tools::per_element());
    manager.cleanup();
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_SUITE_END()
