// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// More than one rendezvous in a run, cancelled waits, progress, and what status shows.
#include "support/child_process.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

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

BOOST_AUTO_TEST_CASE(a_cancelled_wait_ends_at_once)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.begin_run();
    wait_cancellation cancellation;
    BOOST_TEST(!cancellation.is_cancelled());
    wait_for_controller_options waiting;
    waiting.timeout = 1h;
    waiting.cancellation = &cancellation;
    wait_for_workers_options for_workers;
    for_workers.timeout = 1h;
    for_workers.cancellation = &cancellation;
    std::thread worker([&] {
        auto const e = thrown_by([&] { manager.wait_for_controller("gw0", waiting); });
        BOOST_TEST((e.code() == errc::cancelled));
    });
    while (manager.status().workers.empty()) { // it waits
        std::this_thread::yield();
    }
    cancellation.cancel();
    worker.join();
    BOOST_TEST(cancellation.is_cancelled());
    manager.write_controller_state({});
    // It stays cancelled.
    BOOST_TEST((thrown_by([&] { manager.wait_for_workers(1, for_workers); }).code() == errc::cancelled));
    BOOST_TEST((thrown_by([&] { manager.wait_for_controller("gw0", waiting); }).code() == errc::cancelled));
}

BOOST_AUTO_TEST_CASE(a_controllers_wait_is_cancelled_from_its_progress_or_another_thread)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    wait_cancellation cancellation;
    wait_for_workers_options options;
    options.timeout = 1h;
    options.cancellation = &cancellation;
    std::thread canceller;
    options.progress = [&](wait_progress const&) { canceller = std::thread([&] { cancellation.cancel(); }); };
    auto const e = thrown_by([&] { manager.wait_for_workers(1, options); });
    BOOST_TEST((e.code() == errc::cancelled));
    canceller.join();
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

BOOST_AUTO_TEST_CASE(what_a_progress_function_throws_reaches_the_caller)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    wait_for_workers_options options;
    options.progress = [](wait_progress const&) { throw std::logic_error("mine"); };
    BOOST_CHECK_THROW(manager.wait_for_workers(1, options), std::logic_error);
}

BOOST_AUTO_TEST_CASE(status_shows_each_stage)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    BOOST_TEST(!manager.status().controller.has_value());
    manager.begin_run();
    BOOST_TEST(!manager.status().controller->published);
    state_data data;
    data.expected_workers = 4;
    manager.write_controller_state(data);
    manager.acknowledge_worker_ready("ready");
    manager.acknowledge_worker_ready("left");
    manager.leave("left");
    wait_for_controller_options announce;
    announce.acknowledge = false;
    manager.wait_for_controller("missing", announce);
    auto const ended =
        run_process(TESTMON_PARTICIPANT_PROGRAM, {root.path().native(), "acknowledge", "dead"});
    BOOST_TEST(ended.status.code == 0);
    auto const status = manager.status();
    BOOST_TEST(status.controller->pid == ::getpid());
    BOOST_TEST((status.controller->liveness == process_liveness::alive));
    BOOST_TEST(status.controller->generation == 1U);
    BOOST_TEST(status.controller->expected_workers == 4U);
    BOOST_TEST(status.acknowledged == 3U);
    BOOST_REQUIRE(status.workers.size() == 4U);
    using stage = coordination_status::worker_stage;
    BOOST_TEST(status.workers[0].worker_id == "dead");
    BOOST_TEST((status.workers[0].liveness == process_liveness::dead));
    BOOST_TEST((status.workers[1].stage == stage::left));
    BOOST_TEST((status.workers[2].stage == stage::missing));
    BOOST_TEST((status.workers[3].stage == stage::ready));
    BOOST_TEST(!manager.wait_for_change(status, 10ms));
    manager.acknowledge_worker_ready("missing");
    BOOST_TEST(manager.wait_for_change(status, 10s));
}

BOOST_AUTO_TEST_CASE(the_log_tells_what_is_done_and_which_variables_are_unknown)
{
    scratch_directory const root;
    std::vector<std::string> lines;
    manager_options options;
    options.log = [&](log_level level, std::string_view message) {
        lines.push_back(std::string(to_string(level)) + ": " + std::string(message));
    };
    xdist_config config;
    config.unknown_variables = {"TESTMON_XDIST_TYPO"};
    coordination_manager manager(root.path(), config, options);
    manager.write_controller_state({});
    manager.acknowledge_worker_ready("gw0");
    manager.cleanup();
    auto const all = [&] {
        std::string text;
        for (auto const& line : lines) {
            text += line + "\n";
        }
        return text;
    }();
    BOOST_TEST(holds(all, "debug: the environment variable TESTMON_XDIST_TYPO is not known",
                     "debug: published generation 1", "debug: worker gw0 acknowledged generation 1",
                     "debug: removed the run"),
               all);
}

BOOST_AUTO_TEST_CASE(acting_for_a_process_that_does_not_exist_is_an_error)
{
    scratch_directory const root;
    manager_options options;
    options.acting_for = 2'000'000'000;
    auto const e = thrown_by([&] { coordination_manager(root.path(), {}, options); });
    BOOST_TEST((e.code() == errc::invalid_argument));
    BOOST_TEST(holds(e.what(), "2000000000"));
}

BOOST_AUTO_TEST_SUITE_END()
