// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G2: what an earlier run left never counts, and is never taken for a state.
#include "support/child_process.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"
#include "xdist_coordination/roster_file.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;
namespace json = boost::json;
namespace data = boost::unit_test::data;

namespace
{

struct leftover {
    char const* name;
    std::function<void(json::object&)> change; // of a state that this living process published
    errc read_fails_with;
};

std::ostream& operator<<(std::ostream& out, leftover const& l)
{
    return out << l.name;
}

std::vector<leftover> leftovers()
{
    return {
        {"a dead controller", [](json::object& s) { s["controller_pid"] = 2'000'000'000; },
         errc::controller_died},
        {"a reused pid",
         [](json::object& s) {
             s["controller_start_time"] = s["controller_start_time"].to_number<std::int64_t>() - 1;
         },
         errc::controller_died},
        {"another boot", [](json::object& s) { s["boot_id"] = "00000000-0000-0000-0000-000000000000"; },
         errc::stale_state},
        {"over-age", [](json::object& s) { s["published_since_boot"] = 0; }, errc::stale_state},
    };
}

wait_for_controller_options look_once()
{
    wait_for_controller_options options;
    options.timeout = 0s;
    return options;
}

void change_published_state(boost::filesystem::path const& root,
                            std::function<void(json::object&)> const& change)
{
    auto const file = run_directory_in(root) / "controller_ready.json";
    auto document = json::parse(text_of(file)).as_object();
    change(document);
    replace_text(file, json::serialize(document));
}

// Writes a value into the counter file, as if the kernel had given a dead process' pid to another one.
void change_counter(boost::filesystem::path const& root, std::size_t offset, std::int64_t value)
{
    auto const file = run_directory_in(root) / "acknowledgments";
    auto text = text_of(file);
    BOOST_REQUIRE(offset + sizeof value <= text.size());
    std::memcpy(text.data() + offset, &value, sizeof value);
    replace_text(file, text);
}

constexpr std::size_t first_record = 8192;

std::int64_t start_time_of(child_process const& process)
{
    auto const identity = identify_process(process.pid());
    BOOST_REQUIRE(identity.has_value());
    return static_cast<std::int64_t>(identity->start_time);
}

} // namespace

BOOST_AUTO_TEST_SUITE(identity)

BOOST_DATA_TEST_CASE(a_stale_state_is_passed_over, data::make(leftovers()), what)
{
    scratch_directory const root;
    xdist_config config;
    config.state_max_age = 1s; // this machine has been up for longer
    coordination_manager manager(root.path(), config);
    manager.write_controller_state({});
    change_published_state(root.path(), what.change);
    auto const e = thrown_by([&] { manager.read_controller_state(); });
    BOOST_TEST((e.code() == what.read_fails_with), e.what());
    auto const timeout =
        thrown_by<coordination_timeout>([&] { manager.wait_for_controller("gw0", look_once()); });
    BOOST_TEST(holds(timeout.what(), "passed over"), timeout.what());
    BOOST_CHECK_THROW(manager.acknowledge_worker_ready("gw0"), coordination_error);
}

BOOST_AUTO_TEST_CASE(a_state_of_a_controller_that_was_killed_is_passed_over)
{
    scratch_directory const root;
    child_process controller(TESTMON_PARTICIPANT_PROGRAM, {root.path().native(), "publish", ",", "pause"});
    controller.wait_for_line("pausing");
    coordination_manager worker(root.path());
    BOOST_TEST(worker.read_controller_state().controller_pid() == controller.pid());
    worker.acknowledge_worker_ready("gw0");
    controller.kill_and_wait();
    BOOST_CHECK_THROW(worker.wait_for_controller("gw1", look_once()), coordination_timeout);
    // The next controller begins without the acknowledgments of the run before.
    coordination_manager next(root.path());
    next.write_controller_state({});
    BOOST_TEST(next.ready_workers().empty());
    BOOST_TEST(worker.wait_for_controller("gw0").controller_pid() == ::getpid());
}

BOOST_AUTO_TEST_CASE(a_run_that_begins_removes_the_state_of_one_that_was_killed)
{
    scratch_directory const root;
    run_process(TESTMON_PARTICIPANT_PROGRAM, {root.path().native(), "publish"}); // and is dead
    coordination_manager next(root.path());
    auto const e = thrown_by([&] { next.read_controller_state(); });
    BOOST_TEST((e.code() == errc::controller_died), e.what());
    next.begin_run();
    auto const none = thrown_by([&] { next.read_controller_state(); });
    BOOST_TEST((none.code() == errc::not_published), none.what());
}

BOOST_AUTO_TEST_CASE(a_foreign_leftover_with_the_pid_of_a_younger_process_is_passed_over)
{
    scratch_directory const root;
    auto const file = run_directory_in(root.path()) / "controller_ready.json";
    replace_text(file, json::serialize(foreign_state(::getpid())));
    coordination_manager worker(root.path());
    BOOST_TEST(!worker.read_controller_state().is_native());
    // Written an hour ago, long before this process was started; the time in it says otherwise.
    std::timespec const times[2] = {{0, UTIME_OMIT}, {::time(nullptr) - 3600, 0}};
    BOOST_REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
    auto const e = thrown_by([&] { coordination_manager(root.path()).read_controller_state(); });
    BOOST_TEST((e.code() == errc::controller_died), e.what());
}

BOOST_AUTO_TEST_CASE(a_foreign_state_that_is_over_age_is_passed_over)
{
    scratch_directory const root;
    auto state = foreign_state(::getpid());
    state["timestamp"] = state["timestamp"].as_double() - 301;
    replace_text(run_directory_in(root.path()) / "controller_ready.json", json::serialize(state));
    auto const e = thrown_by([&] { coordination_manager(root.path()).read_controller_state(); });
    BOOST_TEST((e.code() == errc::stale_state), e.what());
}

BOOST_AUTO_TEST_CASE(an_acknowledgment_answers_one_generation)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    auto const first = manager.write_controller_state({});
    manager.acknowledge_worker_ready("gw0", first);
    auto const second = manager.write_controller_state({});
    BOOST_TEST(second.generation() == first.generation() + 1);
    BOOST_TEST(manager.ready_workers().empty());
    auto const e =
        thrown_by<invalid_coordination_state>([&] { manager.acknowledge_worker_ready("gw0", first); });
    BOOST_TEST((e.code() == errc::superseded), e.what());
    BOOST_TEST(manager.ready_workers().empty());
}

BOOST_AUTO_TEST_CASE(an_acknowledgment_answers_one_run)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    auto const before = manager.write_controller_state({});
    manager.cleanup();
    manager.write_controller_state({});
    auto const e =
        thrown_by<invalid_coordination_state>([&] { manager.acknowledge_worker_ready("gw0", before); });
    BOOST_TEST((e.code() == errc::superseded), e.what());
    BOOST_TEST(manager.ready_workers().empty());
}

BOOST_AUTO_TEST_CASE(markers_from_before_the_publication_do_not_count)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    auto const marker = run_directory_in(root.path()) / "worker_old_ready";
    replace_text(marker, "");
    manager.write_controller_state({});
    BOOST_TEST(manager.ready_workers().empty());
    replace_text(marker, "");
    BOOST_TEST(manager.ready_workers().size() == 1U);
    std::timespec const times[2] = {{0, UTIME_OMIT}, {::time(nullptr) - 60, 0}};
    BOOST_REQUIRE(::utimensat(AT_FDCWD, marker.c_str(), times, 0) == 0);
    BOOST_TEST(manager.ready_workers().empty());
}

BOOST_AUTO_TEST_CASE(markers_of_the_generation_before_do_not_count_whatever_their_time)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    auto const marker = run_directory_in(root.path()) / "worker_py0_ready";
    replace_text(marker, "");
    std::timespec const times[2] = {{0, UTIME_OMIT}, {::time(nullptr) + 60, 0}};
    BOOST_REQUIRE(::utimensat(AT_FDCWD, marker.c_str(), times, 0) == 0);
    BOOST_TEST(manager.ready_workers().size() == 1U);
    manager.write_controller_state({});
    BOOST_TEST(manager.ready_workers().empty());
}

BOOST_AUTO_TEST_CASE(a_counter_of_another_boot_is_a_leftover)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    manager.acknowledge_worker_ready("gw0");
    auto const counter = run_directory_in(root.path()) / "acknowledgments";
    auto text = text_of(counter);
    text[16] = text[16] == '0' ? '1' : '0'; // in the boot id
    replace_text(counter, text);
    manager.write_controller_state({});
    BOOST_TEST(manager.ready_workers().empty());
    manager.acknowledge_worker_ready("gw0");
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
}

BOOST_AUTO_TEST_CASE(a_claim_whose_pid_was_used_again_is_taken_over)
{
    scratch_directory const root;
    child_process const living("/bin/sleep", {"1000"});
    auto const start_time = start_time_of(living);
    run_process(TESTMON_PARTICIPANT_PROGRAM, {root.path().native(), "begin"}); // and is dead
    coordination_manager next(root.path());
    change_counter(root.path(), offsetof(roster_header, controller_pid), living.pid());
    change_counter(root.path(), offsetof(roster_header, controller_start_time), start_time - 1);
    BOOST_CHECK_NO_THROW(next.begin_run());
    // The same pid with its own start time is a living controller.
    change_counter(root.path(), offsetof(roster_header, controller_pid), living.pid());
    change_counter(root.path(), offsetof(roster_header, controller_start_time), start_time);
    auto const e = thrown_by([&] { next.begin_run(); });
    BOOST_TEST((e.code() == errc::another_controller), e.what());
}

BOOST_AUTO_TEST_CASE(a_worker_whose_pid_was_used_again_is_dead)
{
    scratch_directory const root;
    child_process const living("/bin/sleep", {"1000"});
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    run_process(TESTMON_PARTICIPANT_PROGRAM, {root.path().native(), "acknowledge", "gw0"});
    change_counter(root.path(), first_record + offsetof(roster_record, pid), living.pid());
    change_counter(root.path(), first_record + offsetof(roster_record, start_time),
                   start_time_of(living) - 1);
    auto const e = thrown_by<worker_not_ready>([&] { manager.wait_for_workers(1); });
    BOOST_REQUIRE(e.dead().size() == 1U);
    BOOST_TEST(e.dead().front().worker_id == "gw0");
    BOOST_TEST(e.dead().front().pid == living.pid());
}

BOOST_AUTO_TEST_SUITE_END()
