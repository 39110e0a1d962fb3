// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// A wait ends from another thread, from its progress function, or from a signal handler.
#include "support/child_process.hpp"
#include "support/participant_process.hpp"
#include "support/scratch_directory.hpp"
#include "support/sleeping_process.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include <poll.h>
#include <pthread.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;

namespace
{

template <typename Options>
Options cancelled_by(wait_cancellation const& cancellation)
{
    Options options;
    options.cancellation = &cancellation;
    return options;
}

void wait_until_announced(coordination_manager& manager, std::size_t count)
{
    while (manager.status().workers.size() < count) {
        std::this_thread::yield();
    }
}

wait_cancellation* for_the_handler = nullptr;

} // namespace

BOOST_AUTO_TEST_SUITE(cancellation)

BOOST_AUTO_TEST_CASE(ends_all_waits_that_were_given_it_and_no_other)
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly_config());
    manager.begin_run();
    wait_cancellation mine;
    wait_cancellation another;
    BOOST_TEST(!mine.is_cancelled());
    std::vector<std::thread> threads;
    std::vector<boost::system::error_code> results(5);
    for (std::size_t i = 0; i < results.size(); ++i) {
        threads.emplace_back([&, i] {
            auto const options = cancelled_by<wait_for_controller_options>(i == 0 ? another : mine);
            manager.wait_for_controller("gw" + std::to_string(i), options, results[i]);
        });
    }
    wait_until_announced(manager, results.size());
    mine.cancel();
    for (std::size_t i = 1; i < results.size(); ++i) {
        threads[i].join();
        BOOST_TEST((results[i] == errc::cancelled));
        BOOST_TEST((results[i] == condition::cancelled));
    }
    BOOST_TEST(mine.is_cancelled());
    BOOST_TEST(!another.is_cancelled());
    manager.write_controller_state({});
    threads[0].join();
    BOOST_TEST(!results[0].failed());
}

BOOST_AUTO_TEST_CASE(ends_a_controllers_wait)
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly_config());
    manager.write_controller_state({});
    // At the first report it is about to sleep, at the second it has slept.
    for (std::size_t const at : {0U, 1U}) {
        wait_cancellation now;
        auto options = cancelled_by<wait_for_workers_options>(now);
        std::thread other;
        options.progress = [&](wait_progress const& progress) {
            if (progress.acknowledged == at) {
                other = std::thread([&] { now.cancel(); });
            } else if (progress.acknowledged == 0) {
                other = std::thread([&] { manager.acknowledge_worker_ready("gw0"); });
                other.join();
            }
        };
        auto const e = thrown_by([&] { manager.wait_for_workers(2, options); });
        BOOST_TEST((e.code() == errc::cancelled));
        BOOST_TEST(holds(e.what(), "cancelled"), e.what());
        other.join();
    }
}

BOOST_AUTO_TEST_CASE(stays)
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly_config());
    manager.write_controller_state({});
    wait_cancellation cancellation;
    cancellation.cancel();
    cancellation.cancel();
    auto const for_controller = cancelled_by<wait_for_controller_options>(cancellation);
    auto const for_workers = cancelled_by<wait_for_workers_options>(cancellation);
    for (int time = 0; time < 2; ++time) {
        BOOST_TEST((thrown_by([&] { manager.wait_for_controller("gw0", for_controller); }).code() ==
                    errc::cancelled));
        BOOST_TEST((thrown_by([&] { manager.wait_for_workers(0, for_workers); }).code() == errc::cancelled));
        BOOST_TEST(!manager.wait_for_change(manager.status(), 1h, &cancellation));
    }
    BOOST_TEST(manager.ready_workers().empty()); // nothing was acknowledged
    ::pollfd source{cancellation.native_handle(), POLLIN, 0};
    BOOST_TEST(::poll(&source, 1, 0) == 1);
    // Neither the manager nor the run has suffered.
    BOOST_TEST(manager.wait_for_controller("gw0").generation() == 1U);
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
}

BOOST_AUTO_TEST_CASE(ends_a_wait_for_a_change)
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly_config());
    manager.write_controller_state({});
    wait_cancellation cancellation;
    std::thread other([&] { cancellation.cancel(); });
    BOOST_TEST(!manager.wait_for_change(manager.status(), 1h, &cancellation));
    other.join();
}

BOOST_AUTO_TEST_CASE(comes_from_a_signal_handler)
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly_config());
    manager.begin_run();
    wait_cancellation cancellation;
    for_the_handler = &cancellation;
    struct ::sigaction handler {
    };
    struct ::sigaction before {
    };
    handler.sa_handler = [](int) { for_the_handler->cancel(); };
    BOOST_REQUIRE(::sigaction(SIGUSR1, &handler, &before) == 0);
    boost::system::error_code result;
    std::thread waiting([&] {
        manager.wait_for_controller("gw0", cancelled_by<wait_for_controller_options>(cancellation), result);
    });
    wait_until_announced(manager, 1);
    ::pthread_kill(waiting.native_handle(), SIGUSR1);
    waiting.join();
    BOOST_TEST((result == errc::cancelled));
    ::sigaction(SIGUSR1, &before, nullptr);
}

BOOST_AUTO_TEST_CASE(leaves_the_worker_announced_until_it_takes_part_again)
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly_config());
    manager.begin_run();
    wait_cancellation cancellation;
    std::thread waiting([&] {
        boost::system::error_code ec;
        manager.wait_for_controller("gw0", cancelled_by<wait_for_controller_options>(cancellation), ec);
    });
    wait_until_announced(manager, 1);
    cancellation.cancel();
    waiting.join();
    manager.write_controller_state({});
    wait_for_workers_options once;
    once.timeout = 0s;
    auto const e = thrown_by<coordination_timeout>([&] { manager.wait_for_workers(1, once); });
    BOOST_TEST(e.missing() == std::vector<std::string>{"gw0"}, boost::test_tools::per_element());
    manager.wait_for_controller("gw0");
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
