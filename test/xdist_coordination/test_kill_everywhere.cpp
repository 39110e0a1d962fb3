// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// A process is killed with SIGKILL at each step of each operation in turn (the step's number is all that
// changes), and the guarantees G1, G2, G3, G8 and G9 are checked on what it left.
#include "support/child_process.hpp"
#include "support/each_step.hpp"
#include "support/scratch_directory.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <functional>
#include <string>
#include <vector>

using namespace testmon::xdist_coordination;
using namespace testmon::test;

namespace
{

using boost::filesystem::path;

// Kills the participant at each step.
void kill_at_each_step(std::vector<std::string> const& operations,
                       std::function<void(path const&)> const& prepare,
                       std::function<void(path const&)> const& check)
{
    each_step what;
    what.operations = operations;
    what.happens = "kill";
    what.prepare = prepare;
    what.check = [&](path const& root, finished_process const& participant) {
        BOOST_TEST(participant.status.signal == SIGKILL);
        check(root);
    };
    BOOST_TEST(what.run() > 3);
}

// The next controller takes over whatever was left, serves a worker, and leaves nothing behind.
void require_recovery(path const& root)
{
    coordination_manager manager(root);
    state_data data;
    data.environment_id = 1;
    auto const published = manager.write_controller_state(data);
    BOOST_TEST(manager.ready_workers().empty()); // G2: no acknowledgment of an earlier run counts
    auto const taken = manager.wait_for_controller("fresh");
    BOOST_TEST(taken.run_id() == published.run_id());
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
    manager.cleanup();
    BOOST_TEST(boost::filesystem::is_empty(root)); // G8
}

} // namespace

BOOST_AUTO_TEST_SUITE(kill_everywhere)

BOOST_AUTO_TEST_CASE(G1_G8_a_controller_that_begins_and_publishes)
{
    kill_at_each_step({"begin", ",", "publish", "7"}, nullptr, [](path const& root) {
        {
            coordination_manager reader(root);
            boost::system::error_code ec;
            reader.read_controller_state(ec);
            // The controller is dead: there is no state, or a whole one that is passed over.
            BOOST_TEST((ec == errc::not_published || ec == errc::controller_died), ec.message());
        }
        require_recovery(root);
    });
}

BOOST_AUTO_TEST_CASE(G1_G3_the_second_publication)
{
    // This process is the controller throughout; the killed one acts for it, as the shell command does.
    kill_at_each_step(
        {"act-for-parent", ",", "publish", "2"},
        [](path const& root) {
            coordination_manager manager(root);
            state_data data;
            data.environment_id = 1;
            manager.write_controller_state(data);
            manager.acknowledge_worker_ready("gw0");
        },
        [](path const& root) {
            coordination_manager manager(root);
            auto const state = manager.read_controller_state(); // whole, whichever it is
            BOOST_TEST((state.environment_id() == 1 || state.environment_id() == 2));
            auto const ready = manager.ready_workers();
            BOOST_TEST(ready.size() == (state.environment_id() == 1 ? 1U : 0U));
            manager.acknowledge_worker_ready("gw0");
            manager.acknowledge_worker_ready("gw1");
            BOOST_TEST(manager.wait_for_workers(2) == 2U);
            manager.cleanup();
            BOOST_TEST(boost::filesystem::is_empty(root));
        });
}

BOOST_AUTO_TEST_CASE(G3_a_worker_that_acknowledges)
{
    kill_at_each_step(
        {"act-for-parent", ",", "acknowledge", "gw1"},
        [](path const& root) {
            coordination_manager manager(root);
            manager.write_controller_state({});
            manager.acknowledge_worker_ready("gw0");
        },
        [](path const& root) {
            coordination_manager manager(root);
            auto const ready = manager.ready_workers().size();
            BOOST_TEST((ready == 1 || ready == 2));
            manager.acknowledge_worker_ready("gw1"); // again, as a supervisor would
            manager.acknowledge_worker_ready("gw2");
            wait_for_workers_options options;
            options.timeout = std::chrono::seconds(0);
            boost::system::error_code ec;
            manager.wait_for_workers(4, options, ec);
            BOOST_TEST((ec == errc::timed_out), ec.message());
            BOOST_TEST(manager.wait_for_workers(3) == 3U); // exact
            BOOST_TEST(manager.ready_workers().size() == 3U);
            manager.cleanup();
            BOOST_TEST(boost::filesystem::is_empty(root));
        });
}

BOOST_AUTO_TEST_CASE(G3_a_worker_that_leaves)
{
    kill_at_each_step(
        {"act-for-parent", ",", "leave", "gw0"},
        [](path const& root) {
            coordination_manager manager(root);
            manager.write_controller_state({});
            manager.acknowledge_worker_ready("gw0");
            manager.acknowledge_worker_ready("gw1");
        },
        [](path const& root) {
            coordination_manager manager(root);
            BOOST_TEST(manager.wait_for_workers(2) == 2U);
            manager.cleanup();
            BOOST_TEST(boost::filesystem::is_empty(root));
        });
}

BOOST_AUTO_TEST_CASE(G3_a_reset)
{
    kill_at_each_step(
        {"act-for-parent", ",", "reset"},
        [](path const& root) {
            coordination_manager manager(root);
            manager.write_controller_state({});
            manager.acknowledge_worker_ready("gw0");
        },
        [](path const& root) {
            coordination_manager manager(root);
            auto const ready = manager.ready_workers().size();
            BOOST_TEST((ready == 0 || ready == 1));
            manager.acknowledge_worker_ready("gw0");
            BOOST_TEST(manager.wait_for_workers(1) == 1U);
            manager.cleanup();
            BOOST_TEST(boost::filesystem::is_empty(root));
        });
}

BOOST_AUTO_TEST_CASE(G8_a_cleanup)
{
    kill_at_each_step(
        {"act-for-parent", ",", "cleanup"},
        [](path const& root) {
            coordination_manager manager(root);
            manager.write_controller_state({});
            manager.acknowledge_worker_ready("gw0");
        },
        [](path const& root) { require_recovery(root); });
}

BOOST_AUTO_TEST_CASE(G8_a_worker_that_waits_before_any_controller)
{
    // It is killed in the middle of the wait, or gives up.
    kill_at_each_step({"wait-for-nobody", "gw0"}, nullptr, [](path const& root) { require_recovery(root); });
}

BOOST_AUTO_TEST_CASE(G7_an_abort)
{
    kill_at_each_step(
        {"act-for-parent", ",", "abort", "no", "database"},
        [](path const& root) { coordination_manager(root).begin_run(); },
        [](path const& root) {
            coordination_manager manager(root);
            boost::system::error_code ec;
            manager.read_controller_state(ec);
            BOOST_TEST((ec == errc::not_published || ec == errc::controller_aborted), ec.message());
            require_recovery(root);
        });
}

BOOST_AUTO_TEST_SUITE_END()
