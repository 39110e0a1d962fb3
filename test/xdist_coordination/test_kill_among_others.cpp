// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Kills and failures at each step, like kill_everywhere and fail_everywhere, where an operation meets others:
// a run that was killed before, runs beside it, a worker that was there before, a controller of another
// language, a live controller.
#include "support/child_process.hpp"
#include "support/environment.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <unistd.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
namespace fs = boost::filesystem;

namespace
{

using words = std::vector<std::string>;

// An operation of the participant, what it meets, and what must hold however far it came.
struct scenario {
    char const* name;
    words operations;
    std::function<void(fs::path const& root)> prepare;
    std::function<void(fs::path const& root)> check;
};

std::ostream& operator<<(std::ostream& out, scenario const& s)
{
    return out << s.name;
}

finished_process participate(fs::path const& root, words operations, std::string const& failpoint = {},
                             std::string const& run_id = {})
{
    operations.insert(operations.begin(), root.native());
    child_options how;
    if (!failpoint.empty()) {
        how.environment["TESTMON_XDIST_FAILPOINT"] = failpoint;
    }
    if (!run_id.empty()) {
        how.environment["TESTMON_XDIST_RUN_ID"] = run_id;
    }
    return run_process(TESTMON_PARTICIPANT_PROGRAM, operations, how);
}

xdist_config run_named(std::string const& id)
{
    xdist_config config;
    config.run_id = id;
    return config;
}

void publish(fs::path const& root, std::int64_t environment_id, xdist_config const& config = {})
{
    state_data data;
    data.environment_id = environment_id;
    coordination_manager(root, config).write_controller_state(data);
}

boost::system::error_code look_for_workers(coordination_manager& manager, std::size_t count)
{
    wait_for_workers_options once;
    once.timeout = std::chrono::seconds(0);
    boost::system::error_code ec;
    manager.wait_for_workers(count, once, ec);
    return ec;
}

// G3: exactly so many.
void require_count(coordination_manager& manager, std::size_t count)
{
    BOOST_TEST(manager.ready_workers().size() == count);
    BOOST_TEST(manager.wait_for_workers(count) == count);
    auto const ec = look_for_workers(manager, count + 1);
    BOOST_TEST((ec == errc::timed_out), ec.message());
}

// The next controller takes over, serves a worker, and leaves nothing behind (G2, G8).
void require_recovery(fs::path const& root)
{
    coordination_manager manager(root);
    manager.write_controller_state({});
    BOOST_TEST(manager.ready_workers().empty());
    manager.wait_for_controller("fresh");
    require_count(manager, 1);
    manager.cleanup();
    BOOST_TEST(fs::is_empty(root));
}

void require_clean_end(fs::path const& root)
{
    coordination_manager(root).cleanup();
    BOOST_TEST(fs::is_empty(root));
}

// G1: nothing, or the whole state of a process that is dead.
void require_none_or_dead(fs::path const& root)
{
    coordination_manager reader(root);
    boost::system::error_code ec;
    reader.read_controller_state(ec);
    BOOST_TEST((ec == errc::not_published || ec == errc::controller_died), ec.message());
}

auto const state_file = [](fs::path const& root) { return run_directory_in(root) / "controller_ready.json"; };

void publish_foreign(fs::path const& root)
{
    replace_text(state_file(root), boost::json::serialize(foreign_state(::getpid())));
}

// A foreign controller ends as the file format tells it to; what a killed worker of ours left beside its
// marker is for the next controller of ours.
void require_end_beside_foreign_controller(fs::path const& root)
{
    fs::remove(state_file(root));
    require_recovery(root);
}

scenario take_over_of_a_killed_run()
{
    return {"G1_G2_G8_taking_over_a_killed_run",
            {"publish", "7"},
            [](auto const& root) {
                participate(root, {"publish", "1", ",", "acknowledge", "gw0", ",", "acknowledge", "gw1"});
            },
            [](auto const& root) {
                require_none_or_dead(root);
                require_recovery(root);
            }};
}

scenario run_with_an_id()
{
    return {"G8_a_whole_run_with_an_id", {"publish", ",", "cleanup"}, nullptr, [](auto const& root) {
                require_none_or_dead(root);
                require_recovery(root);
            }};
}

scenario sweep_beside_a_live_run()
{
    return {"G8_sweeping_a_killed_run_beside_a_live_one",
            {"begin"},
            [](auto const& root) {
                participate(root, {"publish", ",", "acknowledge", "gw0"}, {}, "killed");
                publish(root, 3, run_named("live"));
                coordination_manager(root, run_named("live")).acknowledge_worker_ready("gw0");
            },
            [](auto const& root) {
                coordination_manager live(root, run_named("live"));
                BOOST_TEST(live.read_controller_state().environment_id() == 3);
                require_count(live, 1);
                coordination_manager next(root);
                next.write_controller_state({});
                BOOST_TEST(!fs::exists(run_directory_in(root) / "killed"));
                next.cleanup();
                live.cleanup();
                BOOST_TEST(fs::is_empty(root));
            }};
}

scenario first_acknowledgment()
{
    return {"G3_the_first_acknowledgment",
            {"act-for-parent", ",", "acknowledge", "gw0"},
            [](auto const& root) { publish(root, 1); },
            [](auto const& root) {
                coordination_manager manager(root);
                BOOST_TEST(manager.ready_workers().size() <= 1U);
                manager.acknowledge_worker_ready("gw0");
                require_count(manager, 1);
                require_clean_end(root);
            }};
}

void publish_for_a_worker_that_left(fs::path const& root)
{
    publish(root, 1);
    participate(root, {"acknowledge", "gw0", ",", "leave", "gw0"});
    coordination_manager(root).acknowledge_worker_ready("gw1");
}

scenario restarted_worker()
{
    return {"G3_a_restarted_worker_acknowledges",
            {"act-for-parent", ",", "acknowledge", "gw0"},
            publish_for_a_worker_that_left,
            [](auto const& root) {
                coordination_manager manager(root);
                require_count(manager, 2);
                manager.acknowledge_worker_ready("gw0");
                require_count(manager, 2);
                auto const status = manager.status();
                BOOST_REQUIRE(status.workers.size() == 2U);
                BOOST_TEST(status.workers.front().pid == ::getpid());
                require_clean_end(root);
            }};
}

scenario restarted_worker_that_only_announces_itself()
{
    return {"G3_a_restarted_worker_takes_the_state_without_acknowledging_it",
            {"act-for-parent", ",", "announce", "gw0"},
            publish_for_a_worker_that_left,
            [](auto const& root) {
                coordination_manager manager(root);
                auto const ready = manager.ready_workers().size();
                BOOST_TEST((ready == 1 || ready == 2));
                require_count(manager, ready);
                manager.acknowledge_worker_ready("gw0");
                require_count(manager, 2);
                require_clean_end(root);
            }};
}

scenario dead_worker_is_withdrawn()
{
    return {"G3_a_dead_worker_is_reported_and_withdrawn",
            {"act-for-parent", ",", "wait-for-workers", "2"},
            [](auto const& root) {
                publish(root, 1);
                participate(root, {"acknowledge", "gw0"}); // and dies without leaving
                coordination_manager(root).acknowledge_worker_ready("gw1");
            },
            [](auto const& root) {
                coordination_manager manager(root);
                auto const ec = look_for_workers(manager, 2);
                BOOST_TEST((ec == errc::worker_died || ec == errc::timed_out), ec.message());
                require_count(manager, 1);
                manager.acknowledge_worker_ready("gw0");
                require_count(manager, 2);
                require_clean_end(root);
            }};
}

scenario worker_waits_in_a_run_that_has_begun()
{
    return {"G3_G5_a_worker_announces_itself_before_the_publication",
            {"wait-for-nobody", "gw0"},
            [](auto const& root) { coordination_manager(root).begin_run(); },
            [](auto const& root) {
                publish(root, 1);
                coordination_manager manager(root);
                auto const ec = look_for_workers(manager, 1);
                BOOST_TEST((ec == errc::worker_died || ec == errc::timed_out), ec.message());
                manager.acknowledge_worker_ready("fresh");
                require_count(manager, 1);
                require_clean_end(root);
            }};
}

scenario abort_of_a_published_run()
{
    return {"G7_G1_an_abort_after_the_publication",
            {"act-for-parent", ",", "abort", "no", "database"},
            [](auto const& root) {
                publish(root, 1);
                coordination_manager(root).acknowledge_worker_ready("gw0");
                replace_text(run_directory_in(root) / "worker_py0_ready", "");
            },
            [](auto const& root) {
                coordination_manager manager(root);
                boost::system::error_code ec;
                manager.read_controller_state(ec);
                BOOST_TEST((!ec || ec == errc::controller_aborted), ec.message());
                if (!ec) {
                    require_count(manager, 2);
                }
                manager.abort("again");
                auto const e = thrown_by<controller_not_ready>([&] { manager.read_controller_state(); });
                BOOST_TEST(holds(e.what(), "again"), e.what());
                require_clean_end(root);
            }};
}

scenario marker_beside_a_foreign_controller()
{
    return {"G3_a_worker_of_ours_writes_its_marker_beside_a_foreign_controller",
            {"wait-for-controller", "gw0"},
            publish_foreign,
            [](auto const& root) {
                coordination_manager manager(root);
                BOOST_TEST(manager.ready_workers().size() <= 1U);
                manager.acknowledge_worker_ready("gw0");
                require_count(manager, 1);
                require_end_beside_foreign_controller(root);
            }};
}

scenario leaving_beside_a_foreign_controller()
{
    return {"G3_a_worker_of_ours_leaves_beside_a_foreign_controller",
            {"act-for-parent", ",", "leave", "gw0"},
            [](auto const& root) {
                publish_foreign(root);
                coordination_manager(root).acknowledge_worker_ready("gw0");
            },
            [](auto const& root) {
                coordination_manager manager(root);
                require_count(manager, 1);
                require_end_beside_foreign_controller(root);
            }};
}

// G9: a process that is not the controller fails or is killed in the attempt, and the live one's run goes on.
scenario intruder(char const* name, words const& operations)
{
    return {name, operations,
            [](auto const& root) {
                publish(root, 1);
                coordination_manager(root).acknowledge_worker_ready("gw0");
            },
            [](auto const& root) {
                coordination_manager manager(root);
                BOOST_TEST(manager.read_controller_state().environment_id() == 1);
                require_count(manager, 1);
                require_clean_end(root);
            }};
}

// G9: after a command of the controller's was killed, the controller is still the controller.
scenario refusal_after_a_killed_command()
{
    return {"G9_another_controller_is_refused_after_a_killed_publication",
            {"act-for-parent", ",", "publish", "2"},
            [](auto const& root) { publish(root, 1); },
            [](auto const& root) {
                auto const other = participate(root, {"publish", "3"});
                BOOST_TEST(holds(other.output, "publish error", std::to_string(::getpid())), other.output);
                auto const id = coordination_manager(root).read_controller_state().environment_id();
                BOOST_TEST((id == 1 || id == 2));
                require_clean_end(root);
            }};
}

std::vector<scenario> scenarios()
{
    return {take_over_of_a_killed_run(),
            sweep_beside_a_live_run(),
            first_acknowledgment(),
            restarted_worker(),
            restarted_worker_that_only_announces_itself(),
            dead_worker_is_withdrawn(),
            worker_waits_in_a_run_that_has_begun(),
            abort_of_a_published_run(),
            marker_beside_a_foreign_controller(),
            leaving_beside_a_foreign_controller(),
            intruder("G9_an_intruder_publishes", {"publish", "9"}),
            intruder("G9_an_intruder_cleans_up", {"cleanup"}),
            refusal_after_a_killed_command()};
}

finished_process run_prepared(scenario const& what, fs::path const& root, std::string const& failpoint)
{
    if (what.prepare) {
        what.prepare(root);
    }
    return participate(root, what.operations, failpoint);
}

// Returns: how many steps there are.
int kill_at_each_step(scenario const& what)
{
    constexpr int most_steps = 500;
    for (int step = 1; step < most_steps; ++step) {
        scratch_directory const root;
        BOOST_TEST_CONTEXT("killed at step " << step)
        {
            auto const ended = run_prepared(what, root.path(), "any@" + std::to_string(step) + "=kill");
            what.check(root.path());
            if (ended.status.signal == 0) {
                return step - 1; // it did not come so far
            }
            BOOST_TEST(ended.status.signal == SIGKILL);
        }
    }
    BOOST_FAIL("the operation has no end");
    return most_steps;
}

// The errors take turns, since it is the step that matters.
void fail_at_each_step(scenario const& what, int steps)
{
    constexpr int errors[] = {ENOSPC, EIO};
    for (int step = 1; step <= steps; ++step) {
        auto const error = std::to_string(errors[step % 2]);
        scratch_directory const root;
        BOOST_TEST_CONTEXT("error " << error << " at step " << step)
        {
            auto const ended = run_prepared(what, root.path(), "any@" + std::to_string(step) + "=" + error);
            BOOST_TEST_INFO(ended.output);
            BOOST_TEST((ended.status.code == 0 || ended.status.code == 1));
            if (holds(ended.output, " error " + error + " system ")) {
                bool const names_a_path = holds(ended.output, root.path().native());
                BOOST_TEST((names_a_path || holds(ended.output, "/proc/self/fd")), ended.output);
                BOOST_TEST(holds(ended.output, "cannot "), ended.output);
            }
            what.check(root.path());
        }
    }
}

void explore(scenario const& what)
{
    int const steps = kill_at_each_step(what);
    BOOST_TEST(steps > 3);
    fail_at_each_step(what, steps);
}

} // namespace

BOOST_AUTO_TEST_SUITE(kill_among_others)

BOOST_DATA_TEST_CASE(at_each_step, boost::unit_test::data::make(scenarios()), what)
{
    explore(what);
}

BOOST_AUTO_TEST_CASE(at_each_step_of_a_run_with_an_id)
{
    environment_variable const id("TESTMON_XDIST_RUN_ID", "some-run");
    explore(run_with_an_id());
}

BOOST_AUTO_TEST_SUITE_END()
