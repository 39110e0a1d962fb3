// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G4: waits are woken by events. The fallback poll is set to an hour here, so that nothing else can end them
// in time.
#include "support/child_process.hpp"
#include "support/foreign_state.hpp"
#include "support/participant_process.hpp"
#include "support/scratch_directory.hpp"
#include "support/sleeping_process.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;

namespace
{

child_process start(boost::filesystem::path const& root, std::vector<std::string> const& words)
{
    return start_participant(root, words, hourly_process());
}

} // namespace

BOOST_AUTO_TEST_SUITE(wake_up)

BOOST_AUTO_TEST_CASE(a_publication_wakes_workers_that_waited_before_there_was_a_directory)
{
    scratch_directory const root;
    auto a = start(root.path(), {"wait-for-controller", "a", ",", "pause"});
    auto b = start(root.path(), {"wait-for-controller", "b", ",", "pause"});
    wait_until_asleep(a);
    wait_until_asleep(b);
    coordination_manager manager(root.path(), hourly_config());
    manager.write_controller_state({});
    BOOST_TEST(a.wait_for_line("wait-for-controller") == "wait-for-controller ok 1 0");
    BOOST_TEST(b.wait_for_line("wait-for-controller") == "wait-for-controller ok 1 0");
    BOOST_TEST(manager.wait_for_workers(2) == 2U);
}

BOOST_AUTO_TEST_CASE(every_generation_wakes)
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly_config());
    manager.begin_run();
    auto worker = start(root.path(), {"wait-for-controller", "a", ",", "wait-for-controller", "a", "1", ",",
                                      "wait-for-controller", "a", "2", ",", "pause"});
    for (int generation = 1; generation <= 3; ++generation) {
        wait_until_asleep(worker);
        manager.write_controller_state({});
        BOOST_TEST(manager.wait_for_workers(1) == 1U);
        BOOST_TEST(worker.wait_for_line("wait-for-controller") ==
                   "wait-for-controller ok " + std::to_string(generation) + " 0");
    }
}

BOOST_AUTO_TEST_CASE(acknowledgments_wake_the_controller_one_by_one)
{
    scratch_directory const root;
    auto controller = start(root.path(), {"publish", ",", "wait-for-workers", "3"});
    controller.wait_for_line("publish ok");
    std::vector<child_process> workers;
    for (auto const* id : {"a", "b", "c"}) {
        wait_until_asleep(controller);
        workers.push_back(start(root.path(), {"wait-for-controller", id, ",", "pause"}));
        workers.back().wait_for_line("pausing");
    }
    BOOST_TEST(controller.wait_for_line("wait-for-workers") == "wait-for-workers ok 3");
}

BOOST_AUTO_TEST_CASE(an_abort_and_a_cleanup_wake)
{
    for (auto const* what : {"abort", "cleanup"}) {
        scratch_directory const root;
        coordination_manager manager(root.path(), hourly_config());
        manager.write_controller_state({});
        auto worker = start(root.path(), {"wait-for-controller", "a", ",", "wait-for-controller", "a", "1"});
        worker.wait_for_line("wait-for-controller ok");
        wait_until_asleep(worker);
        std::string(what) == "abort" ? manager.abort("no database") : manager.cleanup();
        auto const line = worker.wait_for_line("wait-for-controller error");
        BOOST_TEST(line.find(std::string(what) == "abort" ? "no database" : "is over") != std::string::npos,
                   line);
    }
}

BOOST_AUTO_TEST_CASE(every_change_of_the_run_wakes_another_process_that_waits_for_workers)
{
    struct row {
        std::function<void(coordination_manager&)> change;
        std::string expected;
    };
    row const rows[] = {
        {[](auto& m) { m.abort("no database"); }, "no database"},
        {[](auto& m) { m.cleanup(); }, "is over"},
        {[](auto& m) { m.acknowledge_worker_ready("a"); }, "wait-for-workers ok 1"},
        {[](auto& m) {
             auto const first = m.read_controller_state();
             m.write_controller_state({});
             m.acknowledge_worker_ready("a");
             BOOST_CHECK_THROW(m.acknowledge_worker_ready("a", first), invalid_coordination_state);
         },
         "wait-for-workers ok 1"},
    };
    for (auto const& r : rows) {
        scratch_directory const root;
        coordination_manager manager(root.path(), hourly_config());
        manager.write_controller_state({});
        auto waiter = start(root.path(), {"wait-for-workers", "1"});
        wait_until_asleep(waiter);
        r.change(manager);
        auto const line = waiter.wait_for_line("wait-for-workers");
        BOOST_TEST(holds(line, r.expected), line);
    }
}

BOOST_AUTO_TEST_CASE(no_acknowledgment_of_many_at_once_is_missed)
{
    for (int time = 0; time < 5; ++time) {
        scratch_directory const root;
        auto controller = start(root.path(), {"publish", ",", "wait-for-workers", "200", ",", "pause"});
        controller.wait_for_line("publish ok");
        auto a = start(root.path(), {"acknowledge-many", "a", "4", "25", ",", "pause"});
        auto b = start(root.path(), {"acknowledge-many", "b", "4", "25", ",", "pause"});
        BOOST_TEST(controller.wait_for_line("wait-for-workers") == "wait-for-workers ok 200");
    }
}

BOOST_AUTO_TEST_CASE(no_publication_of_many_is_missed)
{
    constexpr int rounds = 100;
    constexpr int workers = 3;
    scratch_directory const root;
    // The last look of a wait finds what it has missed; that shows in the time it took.
    auto config = hourly_config();
    config.worker_timeout = child_process::patience;
    coordination_manager manager(root.path(), config);
    manager.begin_run();
    auto const begin = std::chrono::steady_clock::now();
    std::vector<std::thread> threads;
    for (int i = 0; i < workers; ++i) {
        threads.emplace_back([&, i] {
            wait_for_controller_options options;
            for (int round = 1; round <= rounds; ++round) {
                auto const state = manager.wait_for_controller("gw" + std::to_string(i), options);
                options.after_generation = state.generation();
            }
        });
    }
    for (int round = 1; round <= rounds; ++round) {
        manager.write_controller_state({});
        manager.wait_for_workers(workers);
    }
    for (auto& thread : threads) {
        thread.join();
    }
    BOOST_TEST((std::chrono::steady_clock::now() - begin < child_process::patience));
}

BOOST_AUTO_TEST_CASE(a_waiter_sleeps_through_what_is_none_of_its_business)
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly_config());
    manager.write_controller_state({});
    auto worker = start(root.path(), {"wait-for-controller", "a", ",", "wait-for-controller", "a", "1"});
    worker.wait_for_line("wait-for-controller ok");
    wait_until_asleep(worker);
    auto const before = times_asleep(worker);
    constexpr int others = 50;
    for (int i = 0; i < others; ++i) {
        manager.acknowledge_worker_ready("other" + std::to_string(i));
        manager.status();
        manager.leave("other" + std::to_string(i));
    }
    manager.wait_for_workers(others + 1);
    auto config = hourly_config();
    config.run_id = "another";
    coordination_manager another(root.path(), config);
    for (int i = 0; i < others; ++i) {
        another.write_controller_state({});
        another.cleanup();
    }
    BOOST_TEST(times_asleep(worker) <= before + 2); // 2: it was on its way to sleep
    manager.write_controller_state({});
    BOOST_TEST(worker.wait_for_line("wait-for-controller") == "wait-for-controller ok 2 0");
}

BOOST_AUTO_TEST_CASE(a_publication_without_a_bell_is_found_by_polling)
{
    scratch_directory const root;
    auto worker = start_participant(root.path(), {"wait-for-controller", "a"});
    wait_until_asleep(worker);
    replace_text(run_directory_in(root.path()) / "controller_ready.json",
                 boost::json::serialize(foreign_state(::getpid())));
    BOOST_TEST(worker.wait_for_line("wait-for-controller").find("ok") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_marker_without_a_bell_is_found_by_polling)
{
    scratch_directory const root;
    auto controller = start_participant(root.path(), {"publish", ",", "wait-for-workers", "1"});
    controller.wait_for_line("publish ok");
    wait_until_asleep(controller);
    replace_text(run_directory_in(root.path()) / "worker_py0_ready", "");
    BOOST_TEST(controller.wait_for_line("wait-for-workers") == "wait-for-workers ok 1");
}

BOOST_AUTO_TEST_CASE(a_waiter_burns_no_processor)
{
    // Bounds that only a busy loop breaks; bench/rendezvous.cpp measures.
    scratch_directory const root;
    auto const used = [] {
        ::rusage usage{};
        ::getrusage(RUSAGE_THREAD, &usage);
        return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    };
    coordination_manager manager(root.path());
    auto const before = used();
    wait_for_controller_options waiting;
    waiting.timeout = 1s;
    BOOST_CHECK_THROW(manager.wait_for_controller("gw0", waiting), coordination_timeout);
    manager.write_controller_state({});
    wait_for_workers_options for_workers;
    for_workers.timeout = 1s;
    BOOST_CHECK_THROW(manager.wait_for_workers(1, for_workers), coordination_timeout);
    BOOST_TEST((used() - before < 1s), "of 2 s of waiting");
}

BOOST_AUTO_TEST_SUITE_END()
