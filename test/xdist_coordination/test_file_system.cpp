// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G14, and G1 on disks that are full or read-only: real ones.
#include "support/child_process.hpp"
#include "support/foreign_state.hpp"
#include "support/mounted_file_system.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <chrono>
#include <string>
#include <vector>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;
namespace fs = boost::filesystem;

BOOST_AUTO_TEST_SUITE(file_system)

BOOST_AUTO_TEST_CASE(full_when_the_run_begins)
{
    mounted_file_system const disk("size=64k");
    if (!disk.is_mounted()) {
        return;
    }
    disk.fill();
    coordination_manager manager(disk.path());
    auto const e = thrown_by<coordination_file_error>([&] { manager.write_controller_state({}); });
    BOOST_TEST(e.code().value() == ENOSPC);
    BOOST_TEST(holds(e.what(), e.path(), e.operation(), "free some space"), e.what());
    disk.make_room();
    manager.write_controller_state({});
    BOOST_TEST(manager.wait_for_controller("gw0").generation() == 1U);
    manager.cleanup();
    BOOST_TEST(fs::is_empty(disk.path()));
}

BOOST_AUTO_TEST_CASE(full_at_the_second_publication_and_at_acknowledgments) // G1, G3
{
    mounted_file_system const disk("size=128k");
    if (!disk.is_mounted()) {
        return;
    }
    coordination_manager manager(disk.path());
    state_data first;
    first.environment_id = 1;
    manager.write_controller_state(first);
    disk.fill();
    state_data second;
    second.environment_id = 2;
    BOOST_TEST(
        thrown_by<coordination_file_error>([&] { manager.write_controller_state(second); }).code().value() ==
        ENOSPC);
    BOOST_TEST(manager.read_controller_state().environment_id() == 1);
    BOOST_TEST(manager.read_controller_state().generation() == 1U);
    // Acknowledgments go on until their file would have to grow.
    std::size_t acknowledged = 0;
    boost::system::error_code ec;
    error_details details;
    while (!ec) {
        manager.acknowledge_worker_ready("gw" + std::to_string(acknowledged), ec, &details);
        acknowledged += ec ? 0U : 1U;
        BOOST_REQUIRE(acknowledged < 1000U);
    }
    BOOST_TEST(ec.value() == ENOSPC);
    BOOST_TEST(holds(details.message, "acknowledgments", "write"), details.message);
    BOOST_TEST(manager.ready_workers().size() == acknowledged);
    manager.abort("full", ec);
    BOOST_TEST(ec.value() == ENOSPC);
    disk.make_room();
    manager.acknowledge_worker_ready("gw" + std::to_string(acknowledged));
    BOOST_TEST(manager.wait_for_workers(acknowledged + 1) == acknowledged + 1);
    manager.write_controller_state(second);
    BOOST_TEST(manager.read_controller_state().environment_id() == 2);
    manager.cleanup();
    BOOST_TEST(fs::is_empty(disk.path()));
}

BOOST_AUTO_TEST_CASE(without_inodes_left)
{
    mounted_file_system const disk("size=1m,nr_inodes=4");
    if (!disk.is_mounted()) {
        return;
    }
    coordination_manager manager(disk.path());
    auto const e = thrown_by<coordination_file_error>([&] { manager.write_controller_state({}); });
    BOOST_TEST(e.code().value() == ENOSPC);
    manager.cleanup();
    BOOST_TEST(fs::is_empty(disk.path()));
}

BOOST_AUTO_TEST_CASE(full_while_a_worker_waits_it_polls)
{
    mounted_file_system const disk("size=64k,nr_inodes=2");
    if (!disk.is_mounted()) {
        return;
    }
    // There is room for the directory, but not for the bell.
    std::vector<std::string> warnings;
    manager_options options;
    options.log = [&](log_level level, std::string_view text) {
        if (level == log_level::warning) {
            warnings.emplace_back(text);
        }
    };
    coordination_manager worker(disk.path(), {}, options);
    wait_for_controller_options waiting;
    waiting.timeout = 50ms;
    BOOST_CHECK_THROW(worker.wait_for_controller("gw0", waiting), coordination_timeout);
    BOOST_REQUIRE(warnings.size() == 1U);
    BOOST_TEST(holds(warnings.front(), "polling"), warnings.front());
}

BOOST_AUTO_TEST_CASE(read_only)
{
    mounted_file_system const disk("size=1m");
    if (!disk.is_mounted()) {
        return;
    }
    disk.make_read_only();
    coordination_manager manager(disk.path());
    for (int i = 0; i < 2; ++i) {
        auto const e = thrown_by<coordination_file_error>([&] {
            i == 0 ? void(manager.write_controller_state({})) : void(manager.wait_for_controller("gw0"));
        });
        BOOST_TEST(e.code().value() == EROFS);
        BOOST_TEST(e.path() == run_directory_in(disk.path()).native());
        BOOST_TEST(holds(e.what(), "TESTMON_XDIST_DIR"), e.what());
    }
}

BOOST_AUTO_TEST_CASE(that_becomes_read_only_in_a_run)
{
    mounted_file_system const disk("size=1m");
    if (!disk.is_mounted()) {
        return;
    }
    // Published by another process for this one, so that no file is open for writing here.
    run_process(TESTMON_PARTICIPANT_PROGRAM, {disk.path().native(), "act-for-parent", ",", "publish"});
    coordination_manager manager(disk.path());
    disk.make_read_only();
    BOOST_TEST(manager.read_controller_state().generation() == 1U);
    BOOST_CHECK_THROW(manager.acknowledge_worker_ready("gw0"), coordination_file_error);
    BOOST_CHECK_THROW(manager.write_controller_state({}), coordination_file_error);
    BOOST_CHECK_THROW(manager.cleanup(), coordination_file_error);
    BOOST_TEST(manager.read_controller_state().generation() == 1U);
}

BOOST_AUTO_TEST_CASE(a_root_that_does_not_exist_or_is_a_file)
{
    scratch_directory const root;
    replace_text(root.path() / "file", "x");
    for (auto const& bad : {root.path() / "nowhere", root.path() / "file"}) {
        for (auto const* id : {"", "run"}) {
            xdist_config config;
            config.run_id = id;
            coordination_manager manager(bad, config);
            auto const e = thrown_by<coordination_file_error>([&] { manager.write_controller_state({}); });
            BOOST_TEST(holds(e.what(), bad.native()), e.what());
            BOOST_CHECK_THROW(manager.wait_for_controller("gw0"), coordination_file_error);
        }
    }
}

// The kernel has no file system at hand that lacks locks or FIFOs: the system calls are made to fail as they
// do there.
BOOST_AUTO_TEST_CASE(one_without_locks_is_refused)
{
    for (auto const* error : {"37", "95", "38"}) { // ENOLCK, EOPNOTSUPP, ENOSYS
        scratch_directory const root;
        child_options how;
        how.environment["TESTMON_XDIST_FAILPOINT"] = std::string("lock@every=") + error;
        auto const ended = run_process(TESTMON_PARTICIPANT_PROGRAM, {root.path().native(), "publish"}, how);
        BOOST_TEST(holds(ended.output, "publish error", "does not lock files", "TESTMON_XDIST_DIR",
                         root.path().native()),
                   ended.output);
    }
}

BOOST_AUTO_TEST_CASE(one_without_wake_ups_is_served_by_polling_and_the_log_says_so)
{
    scratch_directory const root;
    child_options how;
    how.environment["TESTMON_XDIST_FAILPOINT"] = "create-bell@every=95"; // EOPNOTSUPP
    how.environment["TESTMON_XDIST_DEBUG"] = "1";
    child_process worker(TESTMON_PARTICIPANT_PROGRAM,
                         {root.path().native(), "wait-for-controller", "gw0", ",", "pause"}, how);
    child_process controller(TESTMON_PARTICIPANT_PROGRAM,
                             {root.path().native(), "publish", ",", "wait-for-workers", "1"}, how);
    BOOST_TEST(controller.wait_for_line("wait-for-workers") == "wait-for-workers ok 1");
    worker.wait_for_line("wait-for-controller ok");
    BOOST_TEST(holds(worker.errors(), "polling"), worker.errors());
}

BOOST_AUTO_TEST_SUITE_END()
