// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G4: waits are woken by events. The fallback poll is set to an hour here, so that nothing else can end them
// in time.
#include "support/child_process.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <future>
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

xdist_config hourly()
{
    xdist_config config;
    config.check_interval = 1h;
    config.max_interval = 1h;
    config.worker_timeout = 1h; // the last look of a wait would find it, too
    return config;
}

child_options hourly_process()
{
    child_options how;
    how.environment["TESTMON_XDIST_CHECK_INTERVAL"] = "3600";
    how.environment["TESTMON_XDIST_MAX_INTERVAL"] = "3600";
    how.environment["TESTMON_XDIST_WORKER_TIMEOUT"] = "3600";
    return how;
}

child_process start(boost::filesystem::path const& root, std::vector<std::string> words)
{
    words.insert(words.begin(), root.native());
    return child_process(TESTMON_PARTICIPANT_PROGRAM, words, hourly_process());
}

// A process that waits in poll() shows it in its state.
void wait_until_asleep(child_process const& process)
{
    auto const wchan = "/proc/" + std::to_string(process.pid()) + "/syscall";
    for (auto const end = std::chrono::steady_clock::now() + child_process::patience;
         std::chrono::steady_clock::now() < end; std::this_thread::yield()) {
        auto const text = text_of(wchan);
        if (text.compare(0, 4, "271 ") == 0) { // ppoll
            return;
        }
        if (text.empty()) {
            return; // not to be seen here: the test is then about less
        }
    }
    BOOST_FAIL("the process does not come to wait");
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
    coordination_manager manager(root.path(), hourly());
    manager.write_controller_state({});
    BOOST_TEST(a.wait_for_line("wait-for-controller") == "wait-for-controller ok 1 0");
    BOOST_TEST(b.wait_for_line("wait-for-controller") == "wait-for-controller ok 1 0");
    BOOST_TEST(manager.wait_for_workers(2) == 2U);
}

BOOST_AUTO_TEST_CASE(every_generation_wakes)
{
    scratch_directory const root;
    coordination_manager manager(root.path(), hourly());
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
        coordination_manager manager(root.path(), hourly());
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

BOOST_AUTO_TEST_CASE(a_publication_without_a_bell_is_found_by_polling)
{
    scratch_directory const root;
    child_process worker(TESTMON_PARTICIPANT_PROGRAM, {root.path().native(), "wait-for-controller", "a"});
    wait_until_asleep(worker);
    replace_text(run_directory_in(root.path()) / "controller_ready.json",
                 boost::json::serialize(foreign_state(::getpid())));
    BOOST_TEST(worker.wait_for_line("wait-for-controller").find("ok") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_marker_without_a_bell_is_found_by_polling)
{
    scratch_directory const root;
    child_process controller(TESTMON_PARTICIPANT_PROGRAM,
                             {root.path().native(), "publish", ",", "wait-for-workers", "1"});
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
