// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// The directory of a run is removed, or replaced, under those who wait in it.
#include "support/child_process.hpp"
#include "support/foreign_state.hpp"
#include "support/participant_process.hpp"
#include "support/scratch_directory.hpp"
#include "support/sleeping_process.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdio> // renameat2
#include <string>

#include <fcntl.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
namespace fs = boost::filesystem;

namespace
{

// Gone in one step, so that nobody makes a part of it anew while it goes.
void remove_directory(fs::path const& root)
{
    static int number = 0;
    auto const aside = root / ("removed" + std::to_string(++number));
    fs::rename(run_directory_in(root), aside);
    fs::remove_all(aside);
}

void make_directory(fs::path const& where)
{
    fs::create_directory(where);
    fs::permissions(where, fs::owner_all);
}

// In one step: where there is nothing for a moment, who waits makes the directory again.
void exchange(fs::path const& one, fs::path const& other)
{
    BOOST_TEST_REQUIRE(::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0);
}

// The ways in which something else comes to be where the directory was.
struct replacement {
    char const* name;
    void (*make)(fs::path const& root, fs::path const& directory);
    char const* expected; // a part of the error
};

replacement const untrusted[] = {
    {"link",
     [](fs::path const& root, fs::path const& directory) {
         make_directory(root / "elsewhere");
         fs::create_directory_symlink(root / "elsewhere", directory);
     },
     "a symbolic link"},
    {"file", [](fs::path const&, fs::path const& directory) { replace_text(directory, "mine"); },
     "a regular file"},
    {"writable",
     [](fs::path const&, fs::path const& directory) {
         fs::create_directory(directory);
         fs::permissions(directory, fs::all_all);
     },
     "others may write to it"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(vanished_directory)

BOOST_AUTO_TEST_CASE(before_there_was_a_controller_is_made_again)
{
    scratch_directory const root;
    auto worker = start_participant(root.path(), {"wait-for-controller", "gw0", ",", "pause"});
    for (int time = 0; time < 3; ++time) {
        wait_until_asleep(worker);
        while (!fs::exists(run_directory_in(root.path()))) {
        }
        remove_directory(root.path());
    }
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    BOOST_TEST(worker.wait_for_line("wait-for-controller") == "wait-for-controller ok 1 0");
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
}

BOOST_AUTO_TEST_CASE(ends_the_waits_of_the_run)
{
    for (bool const is_made_again : {false, true}) {
        BOOST_TEST_CONTEXT("made again: " << is_made_again)
        {
            scratch_directory const root;
            coordination_manager manager(root.path());
            manager.write_controller_state({});
            auto worker = start_participant(root.path(), {"wait-for-controller", "gw0", ",",
                                                          "wait-for-controller", "gw0", "1", ",", "pause"});
            worker.wait_for_line("wait-for-controller ok");
            auto controller = start_participant(root.path(), {"wait-for-workers", "2", ",", "pause"});
            wait_until_asleep(worker);
            wait_until_asleep(controller);
            if (is_made_again) {
                make_directory(root.path() / "new");
                exchange(run_directory_in(root.path()), root.path() / "new");
            } else {
                remove_directory(root.path());
            }
            auto const of_worker = worker.wait_for_line("wait-for-controller");
            BOOST_TEST(holds(of_worker, "error 6 ", "is over"), of_worker);
            auto const of_controller = controller.wait_for_line("wait-for-workers");
            BOOST_TEST(holds(of_controller, "error 6 ", "is over"), of_controller);
        }
    }
}

BOOST_AUTO_TEST_CASE(ends_the_wait_for_a_controller_that_prepares)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.begin_run();
    auto worker = start_participant(root.path(), {"wait-for-controller", "gw0"});
    while (manager.status().workers.empty()) {
    }
    remove_directory(root.path());
    auto const line = worker.wait_for_line("wait-for-controller");
    BOOST_TEST(holds(line, "error 6 ", "is over"), line);
}

BOOST_AUTO_TEST_CASE(is_no_end_for_the_manager)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    auto const state = manager.write_controller_state({});
    manager.acknowledge_worker_ready("gw0");
    remove_directory(root.path());
    BOOST_CHECK_THROW(manager.acknowledge_worker_ready("gw0"), controller_not_ready);
    BOOST_CHECK_THROW(manager.acknowledge_worker_ready("gw0", state), controller_not_ready);
    BOOST_CHECK_THROW(manager.read_controller_state(), controller_not_ready);
    BOOST_CHECK_THROW(manager.wait_for_workers(1), controller_not_ready);
    BOOST_CHECK_THROW(manager.reset_worker_acknowledgments(), controller_not_ready);
    BOOST_TEST(manager.ready_workers().empty());
    BOOST_TEST(!manager.status().controller.has_value());
    manager.leave("gw0");
    manager.cleanup();
    BOOST_TEST(fs::is_empty(root.path())); // none of this has made it again
    auto const next = manager.write_controller_state({});
    BOOST_TEST(next.run_id() != state.run_id());
    BOOST_TEST(manager.wait_for_controller("gw0").run_id() == next.run_id());
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
    BOOST_CHECK_THROW(manager.acknowledge_worker_ready("gw1", state), invalid_coordination_state); // G2
    manager.cleanup();
    BOOST_TEST(fs::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(in_favour_of_what_is_not_to_be_trusted_is_refused) // G10
{
    for (auto const& r : untrusted) {
        BOOST_TEST_CONTEXT(r.name)
        {
            scratch_directory const root;
            auto const directory = run_directory_in(root.path());
            coordination_manager manager(root.path());
            manager.write_controller_state({});
            auto worker = start_participant(root.path(), {"wait-for-controller", "gw0", ",",
                                                          "wait-for-controller", "gw0", "1", ",", "pause"});
            worker.wait_for_line("wait-for-controller ok");
            auto controller = start_participant(root.path(), {"wait-for-workers", "2", ",", "pause"});
            wait_until_asleep(worker);
            wait_until_asleep(controller);
            r.make(root.path(), root.path() / "new");
            exchange(directory, root.path() / "new");
            for (auto* process : {&worker, &controller}) {
                auto const line = process->wait_for_line("wait-for");
                // Who was about to open a file in it is told so by the system.
                bool const is_refused = holds(line, "error 12 ", directory.native(), r.expected) ||
                                        holds(line, "error 20 ", directory.native(), "Not a directory");
                BOOST_TEST(is_refused, line);
            }
            BOOST_CHECK_THROW(manager.write_controller_state({}), coordination_file_error);
            BOOST_CHECK_THROW(manager.wait_for_workers(1), coordination_file_error);
            BOOST_CHECK_THROW(manager.wait_for_controller("gw0"), coordination_file_error);
            BOOST_CHECK_THROW(manager.cleanup(), coordination_file_error);
            if (fs::exists(root.path() / "elsewhere")) {
                BOOST_TEST(fs::is_empty(root.path() / "elsewhere"));
            } else if (fs::is_directory(directory)) {
                BOOST_TEST(fs::is_empty(directory));
            } else {
                BOOST_TEST(text_of(directory) == "mine");
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(in_favour_of_another_run_is_no_rendezvous_of_the_old_one) // G2
{
    scratch_directory const root;
    auto first = start_participant(root.path(), {"publish", "1", ",", "wait-for-workers", "1", ",", "pause"});
    first.wait_for_line("publish ok");
    wait_until_asleep(first);
    // The other run is made aside and put in the place of this one, both in one step each.
    scratch_directory const other;
    coordination_manager manager(other.path());
    manager.write_controller_state({});
    manager.acknowledge_worker_ready("gw0");
    auto const directory = run_directory_in(root.path());
    fs::rename(directory, root.path() / "aside");
    fs::rename(run_directory_in(other.path()), directory);
    auto const line = first.wait_for_line("wait-for-workers");
    BOOST_TEST(holds(line, "error 6 ", "is over"), line);
}

BOOST_AUTO_TEST_SUITE_END()
