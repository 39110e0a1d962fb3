// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Many runs in one root, whose processes are killed at random instants: G2, G3, G8 hold for those that go on.
#include "support/child_process.hpp"
#include "support/scratch_directory.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace testmon::xdist_coordination;
using namespace testmon::test;

BOOST_AUTO_TEST_SUITE(side_by_side)

BOOST_AUTO_TEST_CASE(random_kills)
{
    constexpr int rounds = 25;
    constexpr int runs = 4;
    constexpr int workers = 3;
    constexpr std::uint32_t seed = 20261124;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    scratch_directory const root;
    auto const start = [&](int run, std::vector<std::string> words) {
        words.insert(words.begin(), root.path().native());
        child_options how;
        how.environment["TESTMON_XDIST_RUN_ID"] = "run" + std::to_string(run);
        return child_process(TESTMON_PARTICIPANT_PROGRAM, words, how);
    };
    for (int round = 0; round < rounds; ++round) {
        std::vector<child_process> killed;
        for (int run = 0; run < runs; ++run) {
            killed.push_back(start(run, {"begin", ",", "publish", ",", "wait-for-workers",
                                         std::to_string(workers), ",", "publish", ",", "cleanup"}));
            for (int worker = 0; worker < workers; ++worker) {
                auto const id = "gw" + std::to_string(worker);
                killed.push_back(start(
                    run, {"wait-for-controller", id, ",", "wait-for-controller", id, "1", ",", "leave", id}));
            }
        }
        // The instant is the point here, so that there is nothing to wait for.
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
        std::vector<std::size_t> order(killed.size());
        std::iota(order.begin(), order.end(), 0U);
        std::shuffle(order.begin(), order.end(), random);
        for (auto const index : order) {
            killed[index].kill_and_wait();
        }
        // Every run recovers, with exact counts, while the others go on.
        for (int run = 0; run < runs; ++run) {
            xdist_config config;
            config.run_id = "run" + std::to_string(run);
            coordination_manager manager(root.path(), config);
            manager.write_controller_state({});
            BOOST_TEST(manager.ready_workers().empty());
            for (int worker = 0; worker < workers; ++worker) {
                manager.wait_for_controller("gw" + std::to_string(worker));
            }
            BOOST_TEST(manager.wait_for_workers(workers) == static_cast<std::size_t>(workers));
            manager.cleanup();
        }
        BOOST_TEST(boost::filesystem::is_empty(root.path()), "round " << round);
    }
}

// G8: the ends of other runs, orderly or not, and the sweeps of the next ones, disturb nobody.
BOOST_AUTO_TEST_CASE(runs_go_on_while_others_are_killed)
{
    constexpr int rounds = 12;
    constexpr int runs = 3;
    constexpr std::uint32_t seed = 20261125;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    scratch_directory const root;
    auto const start = [&](std::string const& run, std::vector<std::string> words) {
        words.insert(words.begin(), root.path().native());
        child_options how;
        how.environment["TESTMON_XDIST_RUN_ID"] = run;
        return child_process(TESTMON_PARTICIPANT_PROGRAM, words, how);
    };
    std::vector<std::string> const controller{"begin", ",", "publish", ",", "wait-for-workers",
                                              "2",     ",", "publish", ",", "wait-for-workers",
                                              "2",     ",", "cleanup"};
    auto const worker = [](std::string const& id) {
        return std::vector<std::string>{
            "wait-for-controller", id, ",", "wait-for-controller", id, "1", ",", "leave", id};
    };
    for (int round = 0; round < rounds; ++round) {
        std::vector<child_process> killed;
        std::vector<child_process> going_on;
        for (int run = 0; run < runs; ++run) {
            // Workers first in some runs: then they wait in a directory that nobody has claimed.
            auto const name = std::to_string(run);
            auto& before = run % 2 == 0 ? going_on : killed;
            before.push_back(start((run % 2 == 0 ? "lives" : "dies") + name, worker("gw0")));
            killed.push_back(start("dies" + name, controller));
            going_on.push_back(start("lives" + name, controller));
            if (run % 2 != 0) {
                going_on.push_back(start("lives" + name, worker("gw0")));
            }
            killed.push_back(start("dies" + name, worker("gw1")));
            going_on.push_back(start("lives" + name, worker("gw1")));
        }
        for (auto& process : killed) {
            std::this_thread::sleep_for(std::chrono::microseconds(random() % 2'000)); // a random instant
            process.kill_and_wait();
        }
        for (auto& process : going_on) {
            auto const ended = process.wait();
            BOOST_TEST(ended.code == 0, process.output() << process.errors());
        }
    }
    // Whoever comes next sweeps what is left of all the killed ones, but for an empty directory, which may be
    // anybody's.
    for (int run = -1; run < runs; ++run) {
        xdist_config config;
        config.run_id = run < 0 ? "last" : "dies" + std::to_string(run);
        coordination_manager next(root.path(), config);
        if (run < 0) {
            next.write_controller_state({});
        } else {
            auto const& left = next.directory();
            bool const is_swept = !boost::filesystem::exists(left) || boost::filesystem::is_empty(left);
            BOOST_TEST(is_swept, left);
        }
        next.cleanup();
    }
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_SUITE_END()
