// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G13: a change of the wall clock breaks nothing. The clock of the machine is not touched: either the files
// are given the times that a clock which was set in between would have left, or the clock is set for this
// process alone.
#include "support/child_process.hpp"
#include "support/foreign_state.hpp"
#include "support/participant_process.hpp"
#include "support/scratch_directory.hpp"
#include "support/sleeping_process.hpp"
#include "support/stepped_clock.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cmath>
#include <ctime>
#include <optional>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace
{

constexpr int one_hour = 3600;
constexpr int shifts[] = {-one_hour, one_hour};

void shift_time_of(boost::filesystem::path const& file, int seconds)
{
    struct ::stat status {
    };
    BOOST_REQUIRE(::stat(file.c_str(), &status) == 0);
    std::timespec const times[2] = {{0, UTIME_OMIT},
                                    {status.st_mtim.tv_sec + seconds, status.st_mtim.tv_nsec}};
    BOOST_REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
}

// As if the wall clock had been ahead of today's by so much when the state was published.
void publish_with_clock_ahead(coordination_manager& manager, boost::filesystem::path const& root, int seconds)
{
    manager.write_controller_state({});
    auto const file = run_directory_in(root) / "controller_ready.json";
    auto document = json::parse(text_of(file)).as_object();
    document["timestamp"] = document["timestamp"].as_double() + seconds;
    replace_text(file, json::serialize(document));
    shift_time_of(file, seconds);
}

} // namespace

BOOST_AUTO_TEST_SUITE(clock_change)

BOOST_DATA_TEST_CASE(a_state_stays_fresh, boost::unit_test::data::make(shifts), seconds)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    publish_with_clock_ahead(manager, root.path(), seconds);
    BOOST_TEST(manager.wait_for_controller("gw0").generation() == 1U);
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
    BOOST_TEST(manager.write_controller_state({}).generation() == 2U);
}

BOOST_AUTO_TEST_CASE(markers_count_after_the_clock_was_set_back_an_hour)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    publish_with_clock_ahead(manager, root.path(), one_hour);
    replace_text(run_directory_in(root.path()) / "worker_py0_ready", "");
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
    BOOST_TEST(manager.ready_workers().front() == "py0");
}

BOOST_AUTO_TEST_CASE(a_marker_for_a_foreign_controller_is_newer_than_its_state_whatever_the_clock_says)
{
    scratch_directory const root;
    auto const directory = run_directory_in(root.path());
    auto state = foreign_state(::getpid());
    state["timestamp"] = state["timestamp"].as_double() + one_hour;
    replace_text(directory / "controller_ready.json", json::serialize(state));
    shift_time_of(directory / "controller_ready.json", one_hour);
    coordination_manager worker(root.path());
    worker.wait_for_controller("gw0");
    struct ::stat published {
    };
    struct ::stat marker {
    };
    BOOST_REQUIRE(::stat((directory / "controller_ready.json").c_str(), &published) == 0);
    BOOST_REQUIRE(::stat((directory / "worker_gw0_ready").c_str(), &marker) == 0);
    BOOST_TEST((marker.st_mtim.tv_sec > published.st_mtim.tv_sec ||
                (marker.st_mtim.tv_sec == published.st_mtim.tv_sec &&
                 marker.st_mtim.tv_nsec > published.st_mtim.tv_nsec)));
    BOOST_TEST(worker.ready_workers().size() == 1U);
}

BOOST_AUTO_TEST_CASE(does_not_move_a_deadline)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    child_options how;
    how.environment["TESTMON_XDIST_FAILPOINT"] = "locked=stop";
    std::optional<child_process> holder;
    stepped_clock const clock(0s);
    std::atomic<bool> stop{false};
    std::thread busy([&] {
        for (int time = 0; !stop; ++time) {
            stepped_clock::set((time % 3 - 1) * 1h);
            std::this_thread::yield();
        }
    });
    constexpr auto timeout = 150ms;
    for (auto const* what : {"worker", "controller", "lock"}) {
        BOOST_TEST_CONTEXT(what)
        {
            wait_for_controller_options options;
            options.timeout = timeout;
            if (std::string(what) == "worker") {
                options.after_generation = 1;
            } else if (std::string(what) == "lock") {
                holder.emplace(start_participant(root.path(), {"acknowledge", "gw0"}, how));
                wait_until_stopped(*holder);
            }
            wait_for_workers_options for_workers;
            for_workers.timeout = timeout;
            boost::system::error_code ec;
            auto const begin = std::chrono::steady_clock::now();
            std::string(what) == "controller" ? void(manager.wait_for_workers(9, for_workers, ec))
                                              : void(manager.wait_for_controller("gw1", options, ec));
            auto const taken = std::chrono::steady_clock::now() - begin;
            BOOST_TEST((ec == errc::timed_out));
            BOOST_TEST((taken >= timeout));
            BOOST_TEST((taken < 30s));
        }
    }
    stop = true;
    busy.join();
}

BOOST_DATA_TEST_CASE(in_the_middle_of_a_run_breaks_nothing, boost::unit_test::data::make(shifts), seconds)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    auto const first = manager.write_controller_state({});
    auto early = start_participant(root.path(), {"wait-for-controller", "early", ",", "pause"});
    early.wait_for_line("pausing");
    stepped_clock const clock{std::chrono::seconds(seconds)};
    // Neither over-age nor another boot's.
    BOOST_TEST(manager.read_controller_state().generation() == 1U);
    BOOST_TEST(manager.wait_for_controller("late").generation() == 1U);
    replace_text(run_directory_in(root.path()) / "worker_py0_ready", "");
    BOOST_TEST(manager.wait_for_workers(3) == 3U);
    auto const second = manager.write_controller_state({});
    BOOST_TEST(second.generation() == 2U);
    BOOST_TEST(second.run_id() == first.run_id());
    // That the clock was set at all, for the library, too:
    BOOST_TEST(std::abs(second.timestamp() - first.timestamp()) > one_hour / 2.0);
    BOOST_TEST(manager.ready_workers().empty());
    // A process whose clock is right starts from it, and a death is seen.
    auto worker = start_participant(root.path(), {"wait-for-controller", "gw0", ",", "pause"});
    BOOST_TEST(worker.wait_for_line("wait-for-controller") == "wait-for-controller ok 2 0");
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
    worker.kill_and_wait();
    BOOST_CHECK_THROW(manager.wait_for_workers(2), worker_not_ready);
    manager.cleanup();
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_DATA_TEST_CASE(while_a_process_waits_it_still_finds_what_comes_without_a_bell,
                     boost::unit_test::data::make(shifts), seconds)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    stepped_clock const clock(0s);
    wait_for_workers_options options;
    std::thread other;
    options.progress = [&](wait_progress const& progress) {
        if (progress.acknowledged == 0) {
            other = std::thread([&] {
                stepped_clock::set(std::chrono::seconds(seconds));
                replace_text(run_directory_in(root.path()) / "worker_py0_ready", "");
            });
        }
    };
    BOOST_TEST(manager.wait_for_workers(1, options) == 1U);
    other.join();
}

BOOST_AUTO_TEST_SUITE_END()
