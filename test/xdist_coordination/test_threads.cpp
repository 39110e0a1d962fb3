// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G11: threads of one process, on one manager and on several, exclude each other although record locks do
// not.
#include "support/scratch_directory.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace testmon::xdist_coordination;
using namespace testmon::test;

namespace
{

constexpr int thread_count = 16;
constexpr int times = 50;
constexpr std::size_t all = std::size_t{thread_count} * times;

void in_threads(std::function<void(int)> const& work)
{
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < thread_count; ++i) {
        threads.emplace_back([&, i] {
            try {
                work(i);
            } catch (std::exception const&) {
                ++failures;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    BOOST_TEST(failures == 0);
}

std::string id_of(int thread, int time)
{
    return "t" + std::to_string(thread) + "-" + std::to_string(time);
}

} // namespace

BOOST_AUTO_TEST_SUITE(threads)

BOOST_AUTO_TEST_CASE(on_one_manager)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    auto const state = manager.write_controller_state({});
    in_threads([&](int thread) {
        for (int time = 0; time < times; ++time) {
            manager.acknowledge_worker_ready(id_of(thread, time), state);
        }
    });
    BOOST_TEST(manager.wait_for_workers(all) == all);
}

BOOST_AUTO_TEST_CASE(on_a_manager_each)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    auto const state = manager.write_controller_state({});
    in_threads([&](int thread) {
        coordination_manager own(root.path());
        for (int time = 0; time < times; ++time) {
            own.acknowledge_worker_ready(id_of(thread, time), state);
        }
    });
    BOOST_TEST(manager.wait_for_workers(all) == all);
}

BOOST_AUTO_TEST_CASE(that_do_different_things_at_once)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    in_threads([&](int thread) {
        for (int time = 0; time < times / 5; ++time) {
            switch (thread % 4) {
            case 0:
                manager.wait_for_controller(id_of(thread, time));
                break;
            case 1:
                manager.ready_workers();
                manager.status();
                break;
            case 2:
                manager.wait_for_workers(0);
                manager.leave(id_of(thread, time));
                break;
            default:
                manager.reset_worker_acknowledgments();
            }
        }
    });
    manager.cleanup();
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(that_begin_and_end_runs_beside_each_other)
{
    scratch_directory const root;
    in_threads([&](int thread) {
        xdist_config config;
        config.run_id = "run" + std::to_string(thread);
        coordination_manager own(root.path(), config);
        for (int time = 0; time < times / 5; ++time) {
            own.write_controller_state({});
            own.wait_for_controller("gw0");
            own.wait_for_workers(1);
            own.cleanup();
        }
    });
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(of_which_one_creates_the_lock_while_another_takes_it)
{
    // Closing any descriptor of the lock's file would give up the lock of the other thread.
    for (int time = 0; time < times; ++time) {
        scratch_directory const root;
        std::atomic<int> acknowledged{0};
        coordination_manager manager(root.path());
        in_threads([&](int) { manager.begin_run(); });
        auto const state = manager.write_controller_state({});
        in_threads([&](int thread) {
            manager.acknowledge_worker_ready(id_of(thread, time), state);
            ++acknowledged;
        });
        BOOST_TEST(manager.ready_workers().size() == static_cast<std::size_t>(acknowledged.load()));
    }
}

BOOST_AUTO_TEST_SUITE_END()
