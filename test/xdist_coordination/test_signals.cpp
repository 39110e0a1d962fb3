// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Signals with handlers, which make system calls fail with EINTR, disturb neither a wait nor a change.
#include "support/child_process.hpp"
#include "support/participant_process.hpp"
#include "support/scratch_directory.hpp"
#include "support/sleeping_process.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <exception>
#include <functional>
#include <string>
#include <thread>

#include <pthread.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

namespace
{

std::atomic<int> handled{0};

// Does the work in a thread that gets one signal after the other. They have a handler, and no SA_RESTART.
void in_a_storm(std::function<void()> const& work)
{
    struct ::sigaction handler {
    };
    struct ::sigaction before {
    };
    handler.sa_handler = [](int) { ++handled; };
    BOOST_REQUIRE(::sigaction(SIGUSR1, &handler, &before) == 0);
    handled = 0;
    std::atomic<bool> is_done{false};
    std::exception_ptr error;
    std::thread target([&] {
        try {
            work();
        } catch (...) {
            error = std::current_exception();
        }
        is_done = true;
    });
    while (!is_done) {
        auto const seen = handled.load();
        ::pthread_kill(target.native_handle(), SIGUSR1);
        while (handled == seen && !is_done) {
            std::this_thread::yield();
        }
        // Linux lengthens a sleep by its slack of 50 us at each interruption: one that is interrupted more
        // often has no end.
        std::this_thread::sleep_for(200us);
    }
    target.join();
    ::sigaction(SIGUSR1, &before, nullptr);
    if (error) {
        std::rethrow_exception(error);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(signals)

BOOST_AUTO_TEST_CASE(do_not_end_a_wait_before_its_time) // G6
{
    constexpr auto timeout = 200ms;
    for (bool const is_worker : {true, false}) {
        scratch_directory const root;
        coordination_manager manager(root.path(), hourly_config());
        manager.write_controller_state({});
        boost::system::error_code ec;
        auto const begin = clock_type::now();
        in_a_storm([&] {
            if (is_worker) {
                wait_for_controller_options options;
                options.timeout = timeout;
                options.after_generation = 1;
                manager.wait_for_controller("gw0", options, ec);
            } else {
                wait_for_workers_options options;
                options.timeout = timeout;
                manager.wait_for_workers(1, options, ec);
            }
        });
        auto const taken = clock_type::now() - begin;
        BOOST_TEST((ec == errc::timed_out));
        BOOST_TEST((taken >= timeout));
        BOOST_TEST((taken < 30s));
        BOOST_TEST(handled > 0);
    }
}

BOOST_AUTO_TEST_CASE(do_not_keep_a_wait_from_its_event) // G4, G5
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly_config());
    manager.write_controller_state({});
    auto worker = start_participant(root.path(), {"wait-for-controller", "gw0", ",", "pause"});
    std::size_t count = 0;
    in_a_storm([&] { count = manager.wait_for_workers(1); });
    BOOST_TEST(count == 1U);
    worker.kill_and_wait();
    boost::system::error_code ec;
    in_a_storm([&] { manager.wait_for_workers(2, {}, ec); });
    BOOST_TEST((ec == errc::worker_died));
    auto controller = start_participant(root.path(), {"act-for-parent", ",", "pause", ",", "publish"});
    coordination_state state;
    wait_for_controller_options next;
    next.after_generation = 1;
    controller.wait_for_line("pausing");
    controller.write_line("");
    in_a_storm([&] { state = manager.wait_for_controller("gw0", next); });
    BOOST_TEST(state.generation() == 2U);
}

BOOST_AUTO_TEST_CASE(do_not_harm_a_change) // G3
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly_config());
    constexpr int rounds = 10;
    constexpr std::size_t workers = 100;
    for (int round = 1; round <= rounds; ++round) {
        in_a_storm([&] { manager.write_controller_state({}); });
        // By another process, too, so that the lock is busy at times.
        auto other = start_participant(root.path(), {"acknowledge-many", "b", "1", std::to_string(workers)});
        in_a_storm([&] {
            for (std::size_t i = 0; i < workers; ++i) {
                manager.acknowledge_worker_ready("a" + std::to_string(i));
            }
        });
        BOOST_TEST(other.wait().code == 0);
        BOOST_TEST(manager.status().acknowledged == 2 * workers);
    }
    in_a_storm([&] { manager.cleanup(); });
    BOOST_TEST(!manager.status().controller.has_value());
}

BOOST_AUTO_TEST_CASE(do_not_end_a_wait_for_the_lock) // G6
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly_config());
    manager.write_controller_state({});
    child_options how;
    how.environment["TESTMON_XDIST_FAILPOINT"] = "locked=stop";
    auto holder = start_participant(root.path(), {"acknowledge", "gw0", ",", "pause"}, how);
    wait_until_stopped(holder);
    constexpr auto timeout = 200ms;
    boost::system::error_code ec;
    auto const begin = clock_type::now();
    in_a_storm([&] {
        wait_for_controller_options options;
        options.timeout = timeout;
        manager.wait_for_controller("gw1", options, ec);
    });
    BOOST_TEST((ec == errc::timed_out));
    BOOST_TEST((clock_type::now() - begin >= timeout));
    holder.send_signal(SIGCONT);
    holder.wait_for_line("pausing");
    in_a_storm([&] { manager.wait_for_controller("gw1"); });
    BOOST_TEST(manager.ready_workers().size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
