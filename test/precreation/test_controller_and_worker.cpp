// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// The controller prepares a database and its workers start from it.
#include "support/child_process.hpp"
#include "support/database_run.hpp"
#include "support/database_samples.hpp"
#include "support/environment.hpp"
#include "support/mounted_file_system.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/database.hpp>
#include <testmon/precreation.hpp>
#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/fstream.hpp>
#include <boost/filesystem/operations.hpp>
#include <boost/range/adaptor/transformed.hpp>
#include <boost/range/irange.hpp>
#include <boost/range/iterator_range.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <istream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace testmon::precreation;
using namespace testmon::test;
namespace database = testmon::database;
namespace xdist = testmon::xdist_coordination;
namespace fs = boost::filesystem;

namespace
{

struct fixture {
    scratch_directory root{};
    controller_precreation controller{root.path(), enabled()};
    worker_coordination worker{root.path(), "gw0", enabled()};
};

struct named_test : database::test_record {
    friend std::istream& operator>>(std::istream& in, named_test& test) { return in >> test.path; }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(controller_and_worker, fixture)

BOOST_AUTO_TEST_CASE(what_the_controller_prepares_is_what_the_worker_gets)
{
    preparation what;
    what.environment.name = "nightly";
    what.workers = 1;
    what.extra["port"] = 8080;
    auto const tests = sample_tests(30);
    auto const published = controller.prepare_for_workers(what, tests);
    BOOST_REQUIRE(published.has_value());
    BOOST_TEST(published->expected_workers() == 1U);

    BOOST_TEST(!worker.is_ready());
    auto const state = worker.wait_and_initialize();
    BOOST_REQUIRE(state.has_value());
    BOOST_TEST(worker.is_ready());
    BOOST_TEST(state->extra().at("port").as_int64() == 8080);
    BOOST_TEST(worker.environment_id() == controller.registered().environment_id);
    BOOST_TEST(worker.run_id() == controller.registered().run_id);
    BOOST_TEST(worker.database_path() == root.path() / ".testmondata-cpp");
    for (std::size_t i = 0; i < tests.size(); ++i) {
        BOOST_TEST(worker.precreated(tests[i].path).value() == controller.registered().test_ids[i]);
    }
    BOOST_TEST(!worker.precreated("suite_0").has_value());
    BOOST_TEST(!worker.precreated("").has_value());
    BOOST_TEST(controller.wait_for_workers() == 1U);

    auto const reader = worker.open_database();
    BOOST_TEST(reader.find_environment(worker.environment_id()).value().description.name == "nightly");
    BOOST_TEST(reader.tests(worker.environment_id()).size() == 30U);
    controller.database().record(worker.run_id(), sample_executions(controller.registered().test_ids));
    BOOST_TEST(reader.find_run(worker.run_id()).value().counts.passed == 30);
    BOOST_TEST(!reader.find_run(worker.run_id()).value().ended.has_value());

    worker.leave();
    auto const run = controller.registered().run_id;
    controller.cleanup();
    controller.cleanup();
    BOOST_TEST(!fs::exists(root.path() / ".testmon_xdist"));
    database::read_only_database const afterwards(root.path() / ".testmondata-cpp");
    BOOST_TEST(afterwards.find_run(run).value().ended.has_value());
}

BOOST_AUTO_TEST_CASE(with_the_flag_off_nothing_is_done)
{
    for (auto const* value : {"", "false"}) {
        // In the environment and given: a program with the library behaves as one without.
        std::optional<environment_variable> variable;
        if (*value != '\0') {
            variable.emplace("TESTMON_XDIST_CONTROLLER_PRECREATION", value);
        }
        controller_precreation off(root.path());
        BOOST_TEST(off.read_ahead({}).size() == 0U);
        worker_coordination worker_off(root.path(), "gw0");
        BOOST_TEST(!off.is_enabled());
        bool asked = false;
        BOOST_TEST(!off.collect_and_prepare({},
                                            [&] {
                                                asked = true;
                                                return sample_tests(1);
                                            })
                        .has_value());
        BOOST_TEST(!asked);
        BOOST_TEST(off.wait_for_workers() == 0U);
        off.abort("no reason");
        BOOST_TEST(!worker_off.wait_and_initialize().has_value());
        BOOST_TEST(!worker_off.is_ready());
        worker_off.leave();
        off.cleanup();
        BOOST_TEST(fs::is_empty(root.path()));
    }
}

BOOST_AUTO_TEST_CASE(reading_ahead)
{
    auto const file = root.path() / ".testmondata-cpp";
    BOOST_TEST(controller.read_ahead({}).size() == 0U);
    BOOST_TEST(!fs::exists(file)); // it is made when there is something to prepare
    controller.prepare_for_workers({}, sample_tests(10));
    controller.cleanup();

    BOOST_TEST(controller.read_ahead({}).size() == 10U);
    // Nobody has to wait for it.
    database::read_write_database(file, std::chrono::milliseconds(0)).register_run({}, {}, sample_tests(30));
    controller.prepare_for_workers({}, sample_tests(20));
    BOOST_TEST(controller.registered().added == 0);
    BOOST_TEST(controller.registered().vanished == 10);
    controller.cleanup();

    auto const replacement = root.path() / "replacement";
    database::read_write_database(replacement).register_run({}, {}, sample_tests(50));
    controller.read_ahead({});
    fs::rename(replacement, file);
    controller.prepare_for_workers({}, sample_tests(40));
    BOOST_TEST(controller.registered().vanished == 10);
    controller.cleanup();
    BOOST_TEST(database::read_only_database(file).tests(1).size() == 40U);
}

BOOST_AUTO_TEST_CASE(reading_ahead_makes_the_controller)
{
    database::read_write_database(root.path() / ".testmondata-cpp").register_run({}, {}, sample_tests(10));
    controller.read_ahead({});
    auto second = start_in_run(root.path(), {"prepare", "5", "1"});
    auto const refusal = second.wait_for_line("prepare error");
    BOOST_TEST(holds(refusal, "is the controller of the run"), refusal);
    controller.cleanup();
    BOOST_TEST(!fs::exists(root.path() / ".testmon_xdist"));
    BOOST_TEST(!fs::exists(root.path() / ".testmondata-cpp-wal")); // nobody has it open
}

BOOST_AUTO_TEST_CASE(what_may_not_be_written_to_is_only_read_ahead)
{
    mounted_file_system const disk("size=4m");
    if (!disk.is_mounted()) {
        return;
    }
    environment_variable const variable("TESTMON_DATAFILE", (disk.path() / "t.db").native());
    controller.prepare_for_workers({}, sample_tests(10));
    controller.cleanup();
    disk.make_read_only();
    BOOST_TEST(controller.read_ahead({}).size() == 10U);
    auto const e =
        thrown_by<database::database_error>([&] { controller.prepare_for_workers({}, sample_tests(10)); });
    BOOST_TEST((e.code() == database::errc::read_only), e.what());
}

BOOST_AUTO_TEST_CASE(ranges_of_every_kind)
{
    auto const tests = sample_tests(3);
    auto const one = [&](int i) { return tests.at(static_cast<std::size_t>(i)); };
    auto const by_value = boost::irange(0, 3) | boost::adaptors::transformed(one);
    controller.prepare_for_workers({}, by_value);
    BOOST_TEST(controller.database().tests(1).size() == 3U);

    std::istringstream names("a b c d");
    auto const single_pass = boost::make_iterator_range(std::istream_iterator<named_test>(names), {});
    controller.prepare_for_workers({}, single_pass);
    BOOST_TEST(controller.registered().added == 4);
}

BOOST_AUTO_TEST_CASE(without_a_state_there_is_nothing_to_ask)
{
    BOOST_CHECK_THROW(worker.environment_id(), std::logic_error);
    BOOST_CHECK_THROW(worker.database_path(), std::logic_error);
    BOOST_CHECK_THROW(worker.run_id(), std::logic_error);
    BOOST_CHECK_THROW(worker.precreated("x"), std::logic_error);
    BOOST_CHECK_THROW(worker.open_database(), std::logic_error);
    BOOST_CHECK_THROW(controller.database(), std::logic_error);
    BOOST_CHECK_THROW(controller.registered(), std::logic_error);
    auto const e =
        thrown_by<xdist::coordination_error>([&] { worker_coordination(root.path(), "../x", enabled()); });
    BOOST_TEST((e.code() == xdist::errc::invalid_argument));
    BOOST_TEST(holds(e.what(), "../x", "[A-Za-z0-9]"), e.what());
}

BOOST_AUTO_TEST_CASE(tests_that_are_not_published_are_found_in_the_database)
{
    auto many = sample_tests(3000); // too many for a state
    auto const of_many = controller.prepare_for_workers({}, many);
    BOOST_TEST(of_many.value().precreated_entries().as_object().empty());
    worker.wait_and_initialize();
    BOOST_TEST(worker.precreated(many[2999].path).value() == controller.registered().test_ids[2999]);
    BOOST_TEST(!worker.precreated("suite_0").has_value());

    std::vector<database::test_record> const odd{test_at("invalid \xff"), test_at("fine")}; // not in JSON
    controller.prepare_for_workers({}, odd);
    xdist::wait_for_controller_options next;
    next.after_generation = of_many->generation();
    worker.wait_and_initialize(next);
    BOOST_TEST(worker.precreated("invalid \xff").value() == controller.registered().test_ids[0]);
    BOOST_TEST(worker.precreated("fine").value() == controller.registered().test_ids[1]);
    BOOST_TEST(!worker.precreated(many[0].path).has_value()); // it has vanished
}

BOOST_AUTO_TEST_CASE(a_part_of_the_tests_hides_none_of_the_others)
{
    controller.prepare_for_workers({}, sample_tests(4));
    preparation part;
    part.extent = database::collection::partial;
    controller.prepare_for_workers(part, sample_tests(2));
    worker.wait_and_initialize();
    BOOST_TEST(worker.precreated("suite_0/test_1").has_value());
    BOOST_TEST(worker.precreated("suite_0/test_3").has_value());
}

BOOST_AUTO_TEST_CASE(names_of_every_kind)
{
    std::string printable;
    for (char c = ' '; c <= '~'; ++c) {
        printable += c;
    }
    std::vector<database::test_record> const tests{test_at(printable), test_at(std::string(10'000, 'x')),
                                                   test_at("\xc3\xa4\xf0\x9f\x98\x80"),
                                                   test_at(std::string("a\0b", 3)), test_at("line\nend")};
    controller.prepare_for_workers({}, tests);
    worker.wait_and_initialize();
    for (std::size_t i = 0; i < tests.size(); ++i) {
        BOOST_TEST(worker.precreated(tests[i].path).value() == controller.registered().test_ids[i]);
    }
}

BOOST_AUTO_TEST_CASE(to_prepare_again_is_another_run)
{
    auto const first = controller.prepare_for_workers({}, sample_tests(2)).value();
    auto const run = controller.registered().run_id;
    auto const second = controller.prepare_for_workers({}, sample_tests(2)).value();
    BOOST_TEST(controller.registered().run_id != run);
    BOOST_TEST(second.generation() == first.generation() + 1);
    BOOST_TEST(controller.database().find_run(run).value().ended.has_value());
}

BOOST_AUTO_TEST_CASE(a_failure_reaches_workers_that_wait)
{
    static std::string const long_text = [] {
        std::string result; // more than a state may hold
        result.resize(std::size_t{20} * 1024 * 1024, 'x');
        return result;
    }();
    struct row {
        char const* what;
        std::function<void(fs::path const&, controller_precreation&)> fail;
        std::vector<std::string> reason;
    };
    row const rows[] = {
        {"the collection",
         [](auto const&, auto& c) {
             c.collect_and_prepare({}, []() -> std::vector<database::test_record> {
                 throw std::runtime_error("the executable is gone");
             });
         },
         {"the executable is gone"}},
        {"words that are not UTF-8, and many",
         [](auto const&, auto& c) {
             c.collect_and_prepare({}, []() -> std::vector<database::test_record> {
                 throw std::runtime_error("it said f\xfcr\n" + long_text);
             });
         },
         {"it said f\xef\xbf\xbdr"}},
        {"something unknown",
         [](auto const&, auto& c) {
             c.collect_and_prepare({}, []() -> std::vector<database::test_record> { throw 5; });
         },
         {"the preparation failed"}},
        {"a test twice",
         [](auto const&, auto& c) {
             c.prepare_for_workers({}, std::vector{test_at("one"), test_at("one")});
         },
         {"\"one\" comes twice", ".testmondata-cpp"}},
        {"a foreign file",
         [](auto const& place, auto& c) {
             fs::ofstream(place / ".testmondata-cpp") << std::string(1000, 'x');
             c.prepare_for_workers({}, sample_tests(1));
         },
         {"not a database", ".testmondata-cpp"}},
        {"a foreign file, read ahead",
         [](auto const& place, auto& c) {
             fs::ofstream(place / ".testmondata-cpp") << std::string(1000, 'x');
             c.read_ahead({});
         },
         {"not a database", ".testmondata-cpp"}},
        {"a missing directory",
         [](auto const&, auto& c) {
             environment_variable const variable("TESTMON_DATAFILE", "missing/t.db");
             c.prepare_for_workers({}, sample_tests(1));
         },
         {"/missing does not exist"}},
        {"a key that is the library's",
         [](auto const&, auto& c) {
             preparation what;
             what.extra["generation"] = 5;
             c.prepare_for_workers(what, sample_tests(1));
         },
         {"\"generation\""}},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.what)
        {
            scratch_directory const place;
            auto waiting = start_in_run(place.path(), {"start", "gw0", ",", "leave"});
            controller_precreation failing(place.path(), enabled());
            bool thrown = false;
            try {
                r.fail(place.path(), failing);
            } catch (...) {
                thrown = true;
            }
            BOOST_TEST(thrown);
            auto const line = waiting.wait_for_line("start error");
            for (auto const& part : r.reason) {
                BOOST_TEST(holds(line, part), line);
            }
            failing.cleanup();
            BOOST_TEST(!fs::exists(place.path() / ".testmon_xdist"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_full_disk_reaches_workers_as_far_as_it_can)
{
    mounted_file_system const disk("size=1m");
    scratch_directory const elsewhere;
    if (!disk.is_mounted()) {
        return;
    }
    // The database is on the full disk, the coordination is not.
    environment_variable const variable("TESTMON_DATAFILE", (disk.path() / "t.db").native());
    auto waiting = start_in_run(elsewhere.path(), {"start", "gw0", ",", "leave"});
    disk.fill();
    controller_precreation failing(elsewhere.path(), enabled());
    auto const e =
        thrown_by<database::database_error>([&] { failing.prepare_for_workers({}, sample_tests(5000)); });
    BOOST_TEST((e.code() == database::errc::full), e.what());
    auto const line = waiting.wait_for_line("start error");
    BOOST_TEST(holds(line, disk.path().native()), line);
}

BOOST_AUTO_TEST_CASE(a_killed_controller_is_noticed_at_whatever_step)
{
    // Each step of SQLite, and each step of the coordination.
    int steps = 0;
    for (auto const* variable : {"TESTMON_TEST_DATABASE_FAULT", "TESTMON_XDIST_FAILPOINT"}) {
        for (int step = 1;; ++step) {
            scratch_directory const place;
            child_options how = with_the_feature();
            bool const of_database = variable == std::string("TESTMON_TEST_DATABASE_FAULT");
            how.environment[variable] =
                of_database ? "kill@" + std::to_string(step) : "any@" + std::to_string(step) + "=kill";
            auto waiting = start_in_run(place.path(), {"start", "gw0", ",", "leave"});
            auto const ended = run_process(TESTMON_DATABASE_PARTICIPANT_PROGRAM,
                                           {place.path().native(), "prepare", "20", "1", ",",
                                            "wait-for-workers", ",", "controller-record", ",", "cleanup"},
                                           how);
            if (ended.status.signal != SIGKILL) {
                BOOST_TEST(ended.status.code == 0, ended.output);
                BOOST_TEST(
                    holds(waiting.wait_for_line("start"), "start ok run 1 environment default test 2"));
                break;
            }
            BOOST_TEST_CONTEXT(variable << " step " << step << ": " << ended.output)
            {
                ++steps;
                // The next run works, and the worker either got a state of the killed one, learned of its
                // death, or takes part in the next.
                controller_precreation next(place.path(), enabled());
                preparation what;
                what.workers = 1;
                next.prepare_for_workers(what, sample_tests(20));
                worker_coordination fresh(place.path(), "fresh", enabled());
                BOOST_TEST(fresh.wait_and_initialize().value().environment_id() ==
                           next.registered().environment_id);
                BOOST_TEST(fresh.run_id() == next.registered().run_id);
                auto const line = waiting.wait_for_line("start");
                BOOST_TEST((holds(line, "start ok run") || holds(line, "testmon.xdist_coordination")), line);
                BOOST_TEST(next.database().tests(fresh.environment_id()).size() == 20U);
                fresh.leave();
                next.cleanup();
                BOOST_TEST(database::check(place.path() / ".testmondata-cpp").problems.empty());
            }
        }
    }
    BOOST_TEST(steps > 60);
}

BOOST_AUTO_TEST_CASE(a_second_controller_is_refused_and_harms_nothing)
{
    auto first = start_in_run(root.path(),
                              {"prepare", "5", "1", ",", "pause", ",", "wait-for-workers", ",", "cleanup"});
    first.wait_for_line("pausing");
    BOOST_TEST(controller.read_ahead({}).size() == 5U);
    auto const e =
        thrown_by<xdist::coordination_error>([&] { controller.prepare_for_workers({}, sample_tests(3)); });
    BOOST_TEST((e.code() == xdist::errc::another_controller), e.what());
    BOOST_TEST(holds(e.what(), std::to_string(first.pid())), e.what());
    worker.wait_and_initialize();
    BOOST_TEST(worker.open_database().tests(worker.environment_id()).size() == 5U);
    first.write_line("");
    BOOST_TEST(first.wait_for_line("wait-for-workers") == "wait-for-workers ok 1");
    BOOST_TEST(first.wait().code == 0);
}

BOOST_AUTO_TEST_CASE(two_runs_side_by_side_share_a_database)
{
    std::vector<child_process> controllers;
    for (auto const* run : {"one", "two", "three", "four"}) {
        auto how = with_the_feature();
        how.environment["TESTMON_XDIST_RUN_ID"] = run;
        controllers.emplace_back(TESTMON_DATABASE_PARTICIPANT_PROGRAM,
                                 std::vector<std::string>{root.path().native(), "pause", ",", "prepare",
                                                          "500", "0", ",", "controller-record", ",",
                                                          "cleanup"},
                                 how);
        controllers.back().wait_for_line("pausing");
    }
    for (auto& one : controllers) {
        one.write_line("");
    }
    for (auto& one : controllers) {
        BOOST_TEST(one.wait().code == 0, one.output());
    }
    database::read_only_database const reader(root.path() / ".testmondata-cpp");
    BOOST_TEST(reader.runs(1).size() == 4U);
    for (auto const& run : reader.runs(1)) {
        BOOST_TEST(run.counts.passed == 500);
    }
}

BOOST_AUTO_TEST_CASE(a_controller_without_a_database_is_none_for_this_worker)
{
    xdist::coordination_manager plain(root.path(), enabled());
    struct row {
        std::string path;
        boost::json::object extra;
        char const* message;
    };
    row const rows[] = {
        {"", {{"database_run_id", 1}, {"precreated_in_database", false}}, "\"database_path\" is empty"},
        {"/t.db", {{"precreated_in_database", false}}, "\"database_run_id\" is not a whole number"},
        {"/t.db", {{"database_run_id", "1"}, {"precreated_in_database", false}}, "\"database_run_id\""},
        {"/t.db", {{"database_run_id", 1}}, "\"precreated_in_database\" is neither"},
    };
    for (auto const& r : rows) {
        xdist::state_data data;
        data.database_path = r.path;
        data.extra = r.extra;
        plain.write_controller_state(data);
        auto const e = thrown_by<xdist::invalid_coordination_state>([&] { worker.wait_and_initialize(); });
        BOOST_TEST(holds(e.what(), r.message), e.what());
        BOOST_TEST(!worker.is_ready());
    }
}

BOOST_AUTO_TEST_SUITE_END()
