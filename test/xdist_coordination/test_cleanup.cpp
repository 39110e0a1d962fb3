// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G8: only what the library made is removed, and all of it.
#include "support/child_process.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;
namespace fs = boost::filesystem;

namespace
{

child_process start(fs::path const& root, std::string const& run_id, std::vector<std::string> words)
{
    words.insert(words.begin(), root.native());
    child_options how;
    if (!run_id.empty()) {
        how.environment["TESTMON_XDIST_RUN_ID"] = run_id;
    }
    return child_process(TESTMON_PARTICIPANT_PROGRAM, words, how);
}

xdist_config run_named(std::string const& id)
{
    xdist_config config;
    config.run_id = id;
    return config;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cleanup)

BOOST_AUTO_TEST_CASE(leaves_nothing_behind)
{
    for (auto const* id : {"", "run"}) {
        scratch_directory const root;
        coordination_manager manager(root.path(), run_named(id));
        manager.begin_run();
        manager.write_controller_state({});
        manager.wait_for_controller("gw0");
        manager.wait_for_workers(1);
        manager.cleanup();
        BOOST_TEST(fs::is_empty(root.path()));
        manager.cleanup(); // nothing to do is no error
        BOOST_TEST(fs::is_empty(root.path()));
    }
}

BOOST_AUTO_TEST_CASE(touches_nothing_else)
{
    scratch_directory const root;
    scratch_directory const elsewhere;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    auto const directory = run_directory_in(root.path());
    auto const target = elsewhere.path() / "target";
    replace_text(target, "precious");
    std::vector<fs::path> const others{directory / "notes.txt", directory / "worker_ready",
                                       directory / "worker_-x_ready",
                                       directory / "controller_ready.json.bak"};
    for (auto const& other : others) {
        replace_text(other, "mine");
    }
    fs::create_symlink(target, directory / "worker_gw0_ready");
    fs::create_directory(directory / "worker_gw1_ready");
    fs::create_symlink(elsewhere.path(), directory / "linked-run");
    manager.cleanup();
    for (auto const& other : others) {
        BOOST_TEST(text_of(other) == "mine");
    }
    BOOST_TEST(text_of(target) == "precious");
    BOOST_TEST(fs::is_symlink(directory / "worker_gw0_ready"));
    BOOST_TEST(fs::is_directory(directory / "worker_gw1_ready"));
    BOOST_TEST(!fs::exists(directory / "controller_ready.json"));
    BOOST_TEST(!fs::exists(directory / "acknowledgments.lock"));
}

BOOST_AUTO_TEST_CASE(sweeps_what_killed_runs_left_beside_it)
{
    scratch_directory const root;
    std::vector<child_process> killed;
    killed.push_back(start(root.path(), "one", {"begin", ",", "pause"}));
    killed.push_back(start(root.path(), "two", {"publish", ",", "acknowledge", "gw0", ",", "pause"}));
    killed.push_back(start(root.path(), "three", {"wait-for-controller", "gw0"}));
    killed[0].wait_for_line("pausing");
    killed[1].wait_for_line("pausing");
    while (!fs::exists(run_directory_in(root.path()) / "three" / "publication.bell")) {
    }
    for (auto& process : killed) {
        process.kill_and_wait();
    }
    coordination_manager next(root.path(), run_named("next"));
    next.write_controller_state({});
    for (auto const* id : {"one", "two", "three"}) {
        BOOST_TEST(!fs::exists(run_directory_in(root.path()) / id), id);
    }
    next.cleanup();
    BOOST_TEST(fs::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(never_sweeps_a_directory_that_is_in_use)
{
    scratch_directory const root;
    auto controller = start(root.path(), "controlled", {"publish", ",", "pause"});
    auto waiting = start(root.path(), "awaited", {"wait-for-controller", "gw0"});
    auto dying = start(root.path(), "worked", {"publish", ",", "pause"});
    controller.wait_for_line("pausing");
    dying.wait_for_line("pausing");
    auto worker = start(root.path(), "worked", {"wait-for-controller", "gw0", ",", "pause"});
    worker.wait_for_line("pausing");
    dying.kill_and_wait(); // its worker still works
    while (!fs::exists(run_directory_in(root.path()) / "awaited" / "publication.bell")) {
    }
    auto const other = run_directory_in(root.path()) / "not-a-run";
    replace_text(other / "data", "mine");
    coordination_manager next(root.path(), run_named("next"));
    next.write_controller_state({});
    next.cleanup();
    BOOST_TEST(fs::exists(run_directory_in(root.path()) / "controlled" / "controller_ready.json"));
    BOOST_TEST(fs::exists(run_directory_in(root.path()) / "awaited" / "publication.bell"));
    BOOST_TEST(fs::exists(run_directory_in(root.path()) / "worked" / "acknowledgments"));
    BOOST_TEST(text_of(other / "data") == "mine");
    // And so the waiting worker gets its state.
    coordination_manager late(root.path(), run_named("awaited"));
    late.write_controller_state({});
    waiting.wait_for_line("wait-for-controller ok");
}

BOOST_AUTO_TEST_CASE(a_worker_that_gives_up_leaves_nothing_behind)
{
    for (auto const* id : {"", "run"}) {
        scratch_directory const root;
        coordination_manager worker(root.path(), run_named(id));
        wait_for_controller_options options;
        options.timeout = 10ms;
        BOOST_CHECK_THROW(worker.wait_for_controller("gw0", options), coordination_timeout);
        BOOST_TEST(fs::is_empty(root.path()));
    }
}

BOOST_AUTO_TEST_CASE(a_worker_leaves_only_its_marker_beside_a_foreign_controller)
{
    scratch_directory const root;
    auto const directory = run_directory_in(root.path());
    replace_text(directory / "controller_ready.json", boost::json::serialize(foreign_state(::getpid())));
    coordination_manager worker(root.path());
    worker.wait_for_controller("gw0");
    worker.leave("gw0");
    fs::remove(directory / "controller_ready.json");
    fs::remove(directory / "worker_gw0_ready");
    BOOST_TEST(fs::is_empty(directory));
}

BOOST_AUTO_TEST_CASE(a_worker_that_leaves_after_the_end_of_the_run_is_no_error)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.leave("gw0");
    manager.write_controller_state({});
    manager.leave("never-seen");
    manager.wait_for_controller("gw0");
    manager.cleanup();
    manager.leave("gw0");
    BOOST_TEST(fs::is_empty(root.path()));
}

BOOST_AUTO_TEST_SUITE_END()
