// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// More than one rendezvous in a run, and the progress of each.
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(generations)

BOOST_AUTO_TEST_CASE(several_rendezvous_of_the_same_processes)
{
    constexpr int rounds = 20;
    constexpr int workers = 4;
    scratch_directory const root;
    coordination_manager manager(root.path());
    std::vector<std::thread> threads;
    for (int i = 0; i < workers; ++i) {
        threads.emplace_back([&, i] {
            coordination_manager worker(root.path());
            wait_for_controller_options options;
            for (int round = 1; round <= rounds; ++round) {
                auto const state = worker.wait_for_controller("gw" + std::to_string(i), options);
                options.after_generation = state.generation();
            }
        });
    }
    for (int round = 1; round <= rounds; ++round) {
        BOOST_TEST(manager.write_controller_state({}).generation() == static_cast<std::uint64_t>(round));
        BOOST_TEST(manager.wait_for_workers(workers) == static_cast<std::size_t>(workers));
    }
    for (auto& thread : threads) {
        thread.join();
    }
}

BOOST_AUTO_TEST_CASE(a_worker_of_the_last_generation_is_missing_by_name_in_the_next)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    manager.acknowledge_worker_ready("gw0");
    manager.acknowledge_worker_ready("gw1");
    manager.write_controller_state({});
    manager.acknowledge_worker_ready("gw1");
    wait_for_workers_options once;
    once.timeout = 0s;
    auto const e = thrown_by<coordination_timeout>([&] { manager.wait_for_workers(2, once); });
    BOOST_TEST(e.missing() == std::vector<std::string>{"gw0"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_wait_for_the_next_generation_ends_with_the_run)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    auto const state = manager.write_controller_state({});
    manager.cleanup();
    wait_for_controller_options next;
    next.after_generation = state.generation();
    auto const e = thrown_by<controller_not_ready>([&] { manager.wait_for_controller("gw0", next); });
    BOOST_TEST((e.code() == errc::run_ended));
}

BOOST_AUTO_TEST_CASE(progress_is_reported_whenever_it_changes)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    wait_for_controller_options announce;
    announce.acknowledge = false;
    manager.wait_for_controller("gw2", announce);
    std::vector<std::size_t> seen;
    wait_for_workers_options options;
    options.progress = [&](wait_progress const& progress) {
        BOOST_TEST(progress.expected == 3U);
        BOOST_TEST((std::count(progress.missing.begin(), progress.missing.end(), "gw2") ==
                    (progress.acknowledged < 3 ? 1 : 0)));
        seen.push_back(progress.acknowledged);
        manager.acknowledge_worker_ready("gw" + std::to_string(progress.acknowledged));
    };
    BOOST_TEST(manager.wait_for_workers(3, options) == 3U);
    auto const expected = std::vector<std::size_t>{0, 1, 2, 3};
    BOOST_TEST(seen == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
