// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Every operation, in both of its forms, in every situation that a run can be in; and the edges of each.
#include "support/child_process.hpp"
#include "support/environment.hpp"
#include "support/every_operation.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"
#include "support/tree_snapshot.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;
using boost::filesystem::path;
using boost::system::error_code;
namespace data = boost::unit_test::data;

namespace
{

// A run in some situation, and who else is part of it.
struct situation {
    scratch_directory scratch{};
    path root = scratch.path();
    xdist_config config{};
    std::unique_ptr<child_process> other{};
    std::unique_ptr<coordination_manager> manager{};

    coordination_manager& us()
    {
        if (!manager) {
            manager = std::make_unique<coordination_manager>(root, config);
        }
        return *manager;
    }

    // A living process that takes part, and a manager that acts for it.
    coordination_manager them()
    {
        other = std::make_unique<child_process>("/bin/sleep", std::vector<std::string>{"1000"});
        manager_options options;
        options.acting_for = other->pid();
        return {root, config, options};
    }

    path file(char const* name) const { return run_directory_in(root) / name; }
};

error_code const fine{};

error_code system_error(int number)
{
    return {number, boost::system::system_category()};
}

struct expectation {
    std::string name;
    std::function<void(situation&)> prepare;
    std::vector<error_code> outcomes; // of every operation, in its order
};

std::ostream& operator<<(std::ostream& out, expectation const& e)
{
    return out << e.name;
}

std::vector<expectation> expectations()
{
    constexpr auto none = errc::not_published;
    constexpr auto other = errc::another_controller;
    constexpr auto late = errc::timed_out;
    constexpr auto gone = errc::controller_died;
    constexpr auto aborted = errc::controller_aborted;
    constexpr auto invalid = errc::invalid_state;
    constexpr auto stale = errc::stale_state;
    constexpr auto damaged = errc::damaged_roster;
    auto const missing = system_error(ENOENT);
    auto const not_dir = system_error(ENOTDIR);
    // In the order of every_operation: begin_run, write_controller_state, wait_for_workers, ready_workers,
    // reset_worker_acknowledgments, abort, cleanup, read_controller_state, wait_for_controller,
    // acknowledge_worker_ready, leave, status.
    return {
        {"nothing is there",
         [](situation&) {},
         {fine, fine, none, fine, none, fine, fine, none, late, none, fine, fine}},
        {"begun",
         [](situation& s) { s.us().begin_run(); },
         {fine, fine, none, fine, none, fine, fine, none, late, none, fine, fine}},
        {"published",
         [](situation& s) { s.us().write_controller_state({}); },
         {fine, fine, late, fine, fine, fine, fine, fine, fine, fine, fine, fine}},
        {"published and acknowledged",
         [](situation& s) {
             s.us().write_controller_state({});
             s.us().acknowledge_worker_ready("gw1");
         },
         {fine, fine, fine, fine, fine, fine, fine, fine, fine, fine, fine, fine}},
        {"aborted",
         [](situation& s) { s.us().abort("no database"); },
         {fine, fine, aborted, fine, fine, fine, fine, aborted, aborted, aborted, fine, fine}},
        {"cleaned up",
         [](situation& s) {
             s.us().write_controller_state({});
             s.us().cleanup();
         },
         {fine, fine, none, fine, none, fine, fine, none, late, none, fine, fine}},
        {"published by a living process", // G9
         [](situation& s) { s.them().write_controller_state({}); },
         {other, other, late, fine, other, other, other, fine, fine, fine, fine, fine}},
        {"begun by a living process", // G9
         [](situation& s) { s.them().begin_run(); },
         {other, other, none, fine, other, other, other, none, late, none, fine, fine}},
        {"published by a process that died", // G2
         [](situation& s) {
             s.them().write_controller_state({});
             s.other->kill_and_wait();
         },
         {fine, fine, gone, fine, fine, fine, fine, gone, late, gone, fine, fine}},
        {"published too long ago", // G2
         [](situation& s) {
             s.config.state_max_age = 1ns;
             s.us().write_controller_state({});
         },
         {fine, fine, late, fine, fine, fine, fine, stale, late, stale, fine, fine}},
        {"published by a living program of another language",
         [](situation& s) {
             s.them();
             replace_text(s.file("controller_ready.json"), serialize(foreign_state(s.other->pid())));
         },
         {other, other, late, fine, other, other, other, fine, fine, fine, fine, fine}},
        {"the state is no JSON", // G10
         [](situation& s) { replace_text(s.file("controller_ready.json"), "nonsense"); },
         {fine, fine, invalid, invalid, invalid, fine, fine, invalid, invalid, invalid, invalid, invalid}},
        {"the counter is garbage",
         [](situation& s) {
             s.us().write_controller_state({});
             replace_text(s.file("acknowledgments"), std::string(100'000, 'x'));
         },
         {fine, fine, damaged, damaged, damaged, fine, fine, fine, damaged, damaged, fine, damaged}},
        {"the root does not exist",
         [](situation& s) { s.root /= "nowhere"; },
         {missing, missing, none, fine, none, missing, fine, none, missing, none, fine, fine}},
        {"the root is a file",
         [](situation& s) {
             s.root /= "file";
             replace_text(s.root, "");
         },
         std::vector<error_code>(12, not_dir)},
    };
}

// What must hold of an error of any operation.
void check_error(situation const& s, error_code const& code, error_details const& details)
{
    BOOST_TEST(holds(details.message, s.root.native()), details.message); // it says where
    BOOST_TEST(!holds(details.message, "\n"));
    BOOST_TEST(holds(details.path, s.root.native()));
    bool const of_a_file = code == condition::file_error || code == condition::invalid_state;
    BOOST_TEST((!of_a_file || !details.operation.empty() || code == errc::stale_state));
    bool const of_a_process =
        code == errc::another_controller || code == errc::controller_died || code == errc::controller_aborted;
    BOOST_TEST((!of_a_process || details.pid > 0));
    BOOST_TEST((code != errc::another_controller || details.pid == s.other->pid()));
    BOOST_TEST((code != errc::controller_aborted || details.reason == "no database"));
}

// Returns what the details call the operation.
std::string check_reporting(expectation const& expected, manager_operation const& operation,
                            error_code const& outcome)
{
    situation s;
    expected.prepare(s);
    error_code code = errc::cancelled; // what it held before does not matter
    error_details details;
    details.message = details.reason = details.path = "from before";
    operation.reporting(s.us(), code, &details);
    BOOST_TEST(code == outcome);
    if (outcome.failed()) {
        check_error(s, code, details);
    } else {
        BOOST_TEST(details.message.empty());
        BOOST_TEST(details.reason.empty());
        BOOST_TEST(details.path.empty());
    }
    situation without_details;
    expected.prepare(without_details);
    operation.reporting(without_details.us(), code, nullptr);
    BOOST_TEST(code == outcome);
    return details.operation;
}

void check_throwing(expectation const& expected, manager_operation const& operation,
                    error_code const& outcome, std::string const& operation_word)
{
    situation s;
    expected.prepare(s);
    if (!outcome.failed()) {
        BOOST_CHECK_NO_THROW(operation.throwing(s.us()));
        return;
    }
    auto const e = thrown_by([&] { operation.throwing(s.us()); });
    BOOST_TEST(e.code() == outcome);
    BOOST_TEST(e.what() == e.details().message);
    check_error(s, e.code(), e.details());
    BOOST_TEST(e.details().operation == operation_word);
    // It was called from the table of operations, not from inside of the library.
    auto const place = place_of_every_operation();
    BOOST_TEST(holds(e.where().file_name(), place.file_name));
    BOOST_TEST(e.where().line() > place.first_line);
    BOOST_TEST(e.where().line() < place.last_line);
}

std::vector<log_level> levels_of(std::vector<std::pair<log_level, std::string>> const& messages,
                                 std::string const& part)
{
    std::vector<log_level> result;
    for (auto const& [level, text] : messages) {
        if (holds(text, part)) {
            result.push_back(level);
        }
    }
    return result;
}

// A log that a test can look at.
struct kept_log {
    std::mutex mutex{};
    std::vector<std::pair<log_level, std::string>> messages{};

    manager_options options()
    {
        manager_options result;
        result.log = [this](log_level level, std::string_view text) {
            std::lock_guard<std::mutex> const lock(mutex);
            messages.emplace_back(level, text);
        };
        return result;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(manager)

BOOST_DATA_TEST_CASE(each_operation_in_each_situation, data::make(expectations()), expected)
{
    BOOST_REQUIRE(expected.outcomes.size() == every_operation().size());
    for (std::size_t i = 0; i < every_operation().size(); ++i) {
        auto const& operation = every_operation()[i];
        BOOST_TEST_CONTEXT(operation)
        {
            auto const operation_word = check_reporting(expected, operation, expected.outcomes[i]);
            check_throwing(expected, operation, expected.outcomes[i], operation_word);
        }
    }
}

BOOST_AUTO_TEST_CASE(to_look_and_to_construct_makes_nothing_on_the_disk)
{
    situation s;
    error_code ignored;
    auto const before = tree_snapshot(s.root);
    s.us().status();
    s.us().ready_workers();
    s.us().read_controller_state(ignored);
    s.us().wait_for_workers(1, {}, ignored);
    s.us().reset_worker_acknowledgments(ignored);
    s.us().acknowledge_worker_ready("gw0", ignored);
    s.us().leave("gw0");
    s.us().cleanup();
    s.us().wait_for_change(s.us().status(), 0ns);
    BOOST_TEST((tree_snapshot(s.root) == before));
}

BOOST_AUTO_TEST_CASE(to_look_changes_nothing_on_the_disk)
{
    situation s;
    s.us().write_controller_state({});
    s.us().acknowledge_worker_ready("gw0");
    auto const before = tree_snapshot(s.root);
    s.us().status();
    s.us().ready_workers();
    s.us().read_controller_state();
    s.us().acknowledge_worker_ready("gw0"); // G3: again changes nothing
    s.us().leave("gw1");                    // one that it does not know
    BOOST_TEST((tree_snapshot(s.root) == before));
}

BOOST_AUTO_TEST_CASE(it_can_be_moved)
{
    situation s;
    coordination_manager first(s.root);
    first.write_controller_state({});
    coordination_manager second(std::move(first));
    BOOST_TEST(second.read_controller_state().generation() == 1U);
    situation elsewhere;
    second = coordination_manager(elsewhere.root);
    BOOST_CHECK_THROW(second.read_controller_state(), controller_not_ready);
}

BOOST_AUTO_TEST_CASE(a_run_goes_on_under_another_manager_of_the_process)
{
    situation s;
    {
        coordination_manager first(s.root);
        first.begin_run();
        BOOST_TEST(first.write_controller_state({}).generation() == 1U);
    } // its end is not the end of the run
    coordination_manager second(s.root);
    second.begin_run();
    BOOST_TEST(second.read_controller_state().generation() == 1U);
    BOOST_TEST(second.write_controller_state({}).generation() == 2U);
}

BOOST_AUTO_TEST_CASE(its_directory_is_absolute_and_stays_where_it_was)
{
    situation s;
    boost::filesystem::create_directory(s.root / "sub");
    auto const before = boost::filesystem::current_path();
    boost::filesystem::current_path(s.root);
    coordination_manager relative(".");
    xdist_config config;
    config.directory = "here/./it/is";
    config.run_id = "run-1";
    coordination_manager configured("sub", config);
    boost::filesystem::current_path(before);
    auto const real_root = boost::filesystem::canonical(s.root);
    BOOST_TEST(boost::filesystem::weakly_canonical(relative.directory()) == real_root / ".testmon_xdist");
    BOOST_TEST(boost::filesystem::weakly_canonical(configured.directory()) ==
               real_root / "sub/here/it/is/run-1");
    BOOST_TEST(configured.config().run_id == "run-1");
    relative.write_controller_state({});
    BOOST_TEST(boost::filesystem::exists(s.file("controller_ready.json")));
    config.directory = s.root / "elsewhere";
    coordination_manager absolute("/", config);
    absolute.write_controller_state({});
    BOOST_TEST(boost::filesystem::exists(s.root / "elsewhere/run-1/controller_ready.json"));
}

BOOST_DATA_TEST_CASE(the_root_may_have_any_name,
                     data::make({"with blanks", "\xC3\xA4", "a\nb", "'\"$(x)", "%s%n", "-rf", "..."}), name)
{
    situation s;
    s.root /= name;
    boost::filesystem::create_directory(s.root);
    s.us().write_controller_state({});
    BOOST_TEST(s.us().wait_for_controller("gw0").generation() == 1U);
    BOOST_TEST(s.us().wait_for_workers(1) == 1U);
    s.us().cleanup();
    BOOST_TEST(boost::filesystem::is_empty(s.root));
}

BOOST_AUTO_TEST_CASE(a_root_whose_name_is_too_long_is_a_file_error)
{
    situation s;
    s.root /= std::string(300, 'x');
    auto const e = thrown_by<coordination_file_error>([&] { s.us().write_controller_state({}); });
    BOOST_TEST(e.code() == system_error(ENAMETOOLONG));
    BOOST_TEST(!e.operation().empty());
}

BOOST_AUTO_TEST_CASE(the_configuration_of_the_environment_is_used)
{
    situation s;
    environment_variable const id("TESTMON_XDIST_RUN_ID", "nightly");
    environment_variable const timeout("TESTMON_XDIST_WORKER_TIMEOUT", "0.01");
    coordination_manager manager(s.root);
    BOOST_TEST(manager.directory() == run_directory_in(s.root) / "nightly");
    BOOST_TEST(holds(thrown_by<coordination_timeout>([&] { manager.wait_for_controller("gw0"); }).what(),
                     "within 0.01 s"));
    environment_variable const bad("TESTMON_XDIST_DEBUG", "perhaps");
    auto const e = thrown_by([&] { coordination_manager{s.root}; });
    BOOST_TEST((e.code() == errc::invalid_configuration));
    xdist_config negative;
    negative.check_interval = -1s;
    BOOST_CHECK_THROW(coordination_manager(s.root, negative), coordination_error);
}

BOOST_AUTO_TEST_CASE(it_acts_only_for_a_living_process)
{
    situation s;
    manager_options options;
    constexpr std::int64_t never_used = 2'000'000'000;
    using limits = std::numeric_limits<std::int64_t>;
    for (auto const pid : {std::int64_t{-1}, limits::min(), never_used, limits::max()}) {
        options.acting_for = pid;
        auto const e = thrown_by([&] { coordination_manager(s.root, s.config, options); });
        BOOST_TEST((e.code() == errc::invalid_argument));
        BOOST_TEST(holds(e.what(), std::to_string(pid)), e.what());
    }
}

BOOST_AUTO_TEST_CASE(each_worker_id_that_is_allowed_works) // G10
{
    situation s;
    s.us().write_controller_state({});
    std::vector<std::string> const ids{
        "0", "A", "a-", "a..b", "gw0", "worker_ready", "x_ready", std::string(64, 'z')};
    for (auto const& id : ids) {
        BOOST_TEST(s.us().wait_for_controller(id).generation() == 1U);
        s.us().acknowledge_worker_ready(id);
        s.us().leave(id);
    }
    BOOST_TEST(s.us().wait_for_workers(ids.size()) == ids.size());
    auto const ready = s.us().ready_workers();
    BOOST_TEST(ready == ids, boost::test_tools::per_element()); // sorted, as they are
    s.us().cleanup();
    BOOST_TEST(boost::filesystem::is_empty(s.root));
}

BOOST_AUTO_TEST_CASE(no_workers_are_ready_at_once_and_more_than_enough_too)
{
    situation s;
    s.us().write_controller_state({});
    BOOST_TEST(s.us().wait_for_workers(0) == 0U);
    s.us().acknowledge_worker_ready("gw0");
    s.us().acknowledge_worker_ready("gw1");
    BOOST_TEST(s.us().wait_for_workers(1) == 2U);
    wait_for_workers_options once;
    once.timeout = 0ns;
    auto const e = thrown_by<coordination_timeout>(
        [&] { s.us().wait_for_workers(std::numeric_limits<std::size_t>::max(), once); });
    BOOST_TEST(e.acknowledged().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_timeout_message_stays_readable_with_many_workers) // G6
{
    situation s;
    s.us().write_controller_state({});
    for (int i = 100; i < 200; ++i) {
        s.us().acknowledge_worker_ready("gw" + std::to_string(i));
    }
    wait_for_workers_options once;
    once.timeout = 0ns;
    auto const e = thrown_by<coordination_timeout>([&] { s.us().wait_for_workers(101, once); });
    BOOST_TEST(e.acknowledged().size() == 100U);
    BOOST_TEST(holds(e.what(), "gw100", "gw119 and 80 more"), e.what());
}

BOOST_AUTO_TEST_CASE(the_longest_timeout_is_no_overflow) // G13
{
    situation s;
    wait_cancellation cancellation;
    wait_for_controller_options patient;
    patient.timeout = std::chrono::nanoseconds::max();
    patient.cancellation = &cancellation;
    wait_for_workers_options patient_too;
    patient_too.timeout = std::chrono::nanoseconds::max();
    s.us().write_controller_state({});
    BOOST_TEST(s.us().wait_for_controller("gw0", patient).generation() == 1U);
    BOOST_TEST(s.us().wait_for_workers(1, patient_too) == 1U);
    cancellation.cancel();
    patient.after_generation = 1;
    auto const e = thrown_by([&] { s.us().wait_for_controller("gw0", patient); });
    BOOST_TEST((e.code() == errc::cancelled));
}

BOOST_AUTO_TEST_CASE(an_acknowledgment_of_another_run_or_of_no_state_does_not_count) // G2
{
    situation s;
    situation elsewhere;
    auto const state = s.us().write_controller_state({});
    auto const others = elsewhere.us().write_controller_state({});
    error_code code;
    s.us().acknowledge_worker_ready("gw0", others, code); // of the same generation
    BOOST_TEST((code == errc::superseded));
    s.us().acknowledge_worker_ready("gw0", coordination_state(), code);
    BOOST_TEST((code == errc::superseded));
    BOOST_TEST(s.us().ready_workers().empty());
    s.us().cleanup();
    auto const ended =
        thrown_by<controller_not_ready>([&] { s.us().acknowledge_worker_ready("gw0", state); });
    BOOST_TEST((ended.code() == errc::run_ended));
}

BOOST_AUTO_TEST_CASE(nothing_fails_halfway_for_a_bad_argument) // G1
{
    situation s;
    auto const state = s.us().write_controller_state({});
    s.us().acknowledge_worker_ready("gw0");
    auto const before = tree_snapshot(s.root);
    state_data bad;
    bad.extra["run_id"] = "mine";
    error_code code;
    BOOST_TEST(s.us().write_controller_state(bad, code).controller_pid() == 0);
    BOOST_TEST((code == errc::invalid_argument));
    s.us().abort("", code);
    BOOST_TEST((code == errc::invalid_argument));
    s.us().abort(std::string(std::size_t{17} * 1024 * 1024, 'x'), code);
    BOOST_TEST((code == errc::invalid_argument));
    s.us().abort("\xff", code);
    BOOST_TEST((code == errc::invalid_argument));
    s.us().acknowledge_worker_ready("/", state, code);
    BOOST_TEST((code == errc::invalid_argument));
    s.us().leave("", code);
    BOOST_TEST((code == errc::invalid_argument));
    s.us().wait_for_controller("\n", {}, code);
    BOOST_TEST((code == errc::invalid_argument));
    BOOST_TEST((tree_snapshot(s.root) == before));
}

BOOST_AUTO_TEST_CASE(a_foreign_exception_of_a_callback_passes_both_forms)
{
    situation s;
    s.us().write_controller_state({});
    struct mine {
    };
    wait_for_workers_options options;
    options.progress = [](wait_progress const&) { throw mine(); };
    BOOST_CHECK_THROW(s.us().wait_for_workers(1, options), mine);
    error_code code;
    BOOST_CHECK_THROW(s.us().wait_for_workers(1, options, code), mine);
    BOOST_TEST(s.us().read_controller_state().generation() == 1U); // and nothing is locked
    s.us().acknowledge_worker_ready("gw0");
}

BOOST_AUTO_TEST_CASE(status_shows_a_run_from_its_beginning_to_its_end)
{
    situation s;
    auto status = s.us().status();
    BOOST_TEST(status.directory == s.us().directory().native());
    BOOST_TEST(!status.controller);
    BOOST_TEST(status.workers.empty());
    s.us().begin_run();
    status = s.us().status();
    BOOST_REQUIRE(status.controller.has_value());
    BOOST_TEST(status.controller->pid == ::getpid());
    BOOST_TEST((status.controller->liveness == process_liveness::alive));
    BOOST_TEST(!status.controller->published);
    BOOST_TEST(status.controller->generation == 0U);
    BOOST_TEST(status.controller->since > 1.7e9);
    state_data data;
    data.expected_workers = 3;
    s.us().write_controller_state(data);
    s.us().acknowledge_worker_ready("gw1");
    s.us().acknowledge_worker_ready("gw0");
    s.us().leave("gw0");
    status = s.us().status();
    BOOST_TEST(status.controller->published);
    BOOST_TEST(status.controller->native);
    BOOST_TEST(status.controller->generation == 1U);
    BOOST_TEST(status.controller->expected_workers == 3U);
    BOOST_TEST(!status.controller->abort_reason);
    BOOST_TEST(status.acknowledged == 2U);
    BOOST_REQUIRE(status.workers.size() == 2U);
    BOOST_TEST(status.workers[0].worker_id == "gw0");
    BOOST_TEST((status.workers[0].stage == coordination_status::worker_stage::left));
    BOOST_TEST((status.workers[1].stage == coordination_status::worker_stage::ready));
    BOOST_TEST(status.workers[1].pid == ::getpid());
    BOOST_TEST(status.workers[1].since > 1.7e9);
    s.us().write_controller_state({});
    status = s.us().status();
    BOOST_TEST(status.acknowledged == 0U);
    BOOST_TEST(status.controller->generation == 2U);
    BOOST_TEST((status.workers[1].stage == coordination_status::worker_stage::missing));
    s.us().abort("why not");
    BOOST_TEST(s.us().status().controller->abort_reason.value() == "why not");
    s.us().cleanup();
    BOOST_TEST(!s.us().status().controller);
}

BOOST_AUTO_TEST_CASE(status_shows_the_dead_and_the_unknown)
{
    situation s;
    s.us().write_controller_state({});
    s.them().acknowledge_worker_ready("gw0");
    BOOST_TEST((s.us().status().workers.at(0).liveness == process_liveness::alive));
    s.other->kill_and_wait();
    auto const worker = s.us().status().workers.at(0);
    BOOST_TEST((worker.liveness == process_liveness::dead));
    BOOST_TEST(worker.pid == s.other->pid());
    BOOST_TEST((worker.stage == coordination_status::worker_stage::ready)); // nobody has reported it yet
    replace_text(s.file("worker_py0_ready"), "");
    auto const foreign = s.us().status().workers.at(1);
    BOOST_TEST(foreign.worker_id == "py0");
    BOOST_TEST((foreign.liveness == process_liveness::unknown));
    BOOST_TEST(foreign.pid == 0);
    s.them().leave("gw0"); // another process than the one that acknowledged
    BOOST_TEST((s.us().status().workers.at(0).stage == coordination_status::worker_stage::ready));
}

BOOST_AUTO_TEST_CASE(the_words_of_a_status)
{
    BOOST_TEST(to_string(process_liveness::alive) == "alive");
    BOOST_TEST(to_string(process_liveness::dead) == "dead");
    BOOST_TEST(to_string(process_liveness::unknown) == "unknown");
    BOOST_TEST(to_string(coordination_status::worker_stage::ready) == "ready");
    BOOST_TEST(to_string(coordination_status::worker_stage::missing) == "missing");
    BOOST_TEST(to_string(coordination_status::worker_stage::left) == "left");
    coordination_status status;
    status.directory = "/d";
    BOOST_TEST(serialize(status.to_json()) ==
               R"({"directory":"/d","controller":null,"workers":[],"acknowledged":0})");
    coordination_status::controller_status controller;
    controller.pid = 7;
    controller.liveness = process_liveness::dead;
    controller.published = true;
    controller.since = 1.5;
    controller.generation = 2;
    controller.expected_workers = 3;
    controller.abort_reason = "why";
    status.controller = controller;
    coordination_status::worker_status worker;
    worker.worker_id = "gw0";
    worker.pid = 8;
    worker.since = 2.5;
    status.workers.push_back(worker);
    status.acknowledged = 1;
    BOOST_TEST(serialize(status.to_json()) ==
               R"({"directory":"/d","controller":{"pid":7,"liveness":"dead","published":true,"native":true,)"
               R"("since":1.5E0,"generation":2,"expected_workers":3,"aborted":"why"},"workers":[)"
               R"({"worker_id":"gw0","pid":8,"liveness":"unknown","stage":"missing","since":2.5E0}],)"
               R"("acknowledged":1})");
}

BOOST_AUTO_TEST_CASE(a_change_ends_the_wait_for_one)
{
    situation s;
    auto seen = s.us().status();
    BOOST_TEST(!s.us().wait_for_change(seen, 0ns));
    BOOST_TEST(!s.us().wait_for_change(seen, 1ms));
    std::vector<std::function<void()>> const changes{
        [&] { s.us().begin_run(); },
        [&] { s.us().write_controller_state({}); },
        [&] { s.us().acknowledge_worker_ready("gw0"); },
        [&] { s.them().acknowledge_worker_ready("gw1"); },
        [&] { s.other->kill_and_wait(); },
        [&] { s.us().leave("gw0"); },
        [&] { s.us().reset_worker_acknowledgments(); },
        [&] { replace_text(s.file("worker_py0_ready"), ""); },
        [&] { s.us().abort("why not"); },
        [&] { s.us().cleanup(); },
    };
    for (auto const& change : changes) {
        // One that has happened already, seen at once; and one that happens during the wait.
        std::thread waiting([&] {
            coordination_manager watcher(s.root);
            BOOST_TEST(watcher.wait_for_change(seen, child_process::patience));
        });
        change();
        waiting.join();
        BOOST_TEST(s.us().wait_for_change(seen, 0ns));
        seen = s.us().status();
        BOOST_TEST(!s.us().wait_for_change(seen, 0ns));
    }
}

BOOST_AUTO_TEST_CASE(the_log_has_levels)
{
    situation s;
    kept_log log;
    replace_text(s.file("controller_ready.json"), "nonsense");
    coordination_manager manager(s.root, s.config, log.options());
    manager.write_controller_state({});
    manager.wait_for_controller("gw0");
    manager.leave("gw0");
    manager.abort("why not");
    manager.cleanup();
    using levels = std::vector<log_level>;
    BOOST_TEST((levels_of(log.messages, "ignored a leftover") == levels{log_level::warning}));
    for (auto const* part :
         {"is the controller of the run", "published generation 1", "acknowledged generation 1", "gw0 left",
          "aborted with generation 2", "removed the run"}) {
        BOOST_TEST((levels_of(log.messages, part) == levels{log_level::debug}), part);
    }
    for (auto const& [level, text] : log.messages) {
        BOOST_TEST(!holds(text, "\n"), text);
    }
    BOOST_TEST(to_string(log_level::debug) == "debug");
    BOOST_TEST(to_string(log_level::warning) == "warning");
}

BOOST_AUTO_TEST_CASE(the_debug_log_of_a_process_goes_to_its_standard_error)
{
    situation s;
    for (auto const* flag : {"off", "on"}) {
        child_options how;
        how.environment["TESTMON_XDIST_DEBUG"] = flag;
        how.environment["TESTMON_XDIST_WHAT"] = "1";
        auto const run =
            run_process(TESTMON_PARTICIPANT_PROGRAM, {s.root.native(), "publish", ",", "cleanup"}, how);
        BOOST_TEST(run.status.code == 0);
        bool const is_on = std::string(flag) == "on";
        BOOST_TEST(run.errors.empty() != is_on);
        BOOST_TEST(is_on == holds(run.errors, "testmon: debug: published generation 1",
                                  "testmon: debug: the environment variable TESTMON_XDIST_WHAT is not known"),
                   run.errors);
    }
}

BOOST_AUTO_TEST_SUITE_END()
