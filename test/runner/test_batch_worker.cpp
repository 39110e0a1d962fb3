// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/batch_worker.hpp"
#include "runner/worker_environment.hpp"
#include "support/outcome_text.hpp"
#include "support/scratch_directory.hpp"

#include <testmon/precreation/collect_tests.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace testmon::runner;
using namespace testmon::test;
using namespace std::chrono_literals;
using testmon::database::outcome;
namespace fs = boost::filesystem;

namespace
{

using strings = std::vector<std::string>;

std::string const executable = std::string(TESTMON_SAMPLE_DIR) + "/sample_header_only";

std::vector<test_item> const& all_tests()
{
    static std::vector<test_item> const tests = [] {
        std::vector<test_item> result;
        for (auto& test : testmon::precreation::collect_tests(executable)) {
            result.emplace_back().test = std::move(test);
        }
        return result;
    }();
    return tests;
}

test_index index_of(std::string const& path)
{
    for (std::size_t i = 0; i < all_tests().size(); ++i) {
        if (all_tests()[i].test.path == path) {
            return static_cast<test_index>(i);
        }
    }
    BOOST_TEST_REQUIRE(false, "no test " << path);
    return 0;
}

std::string name_of(test_index test)
{
    return all_tests()[test].test.path;
}

// A worker and all that it tells.
class worker_under_test : public worker_events
{
  public:
    explicit worker_under_test(strings const& arguments = {}, variable_changes const& variables = {},
                               fs::path const& base = {}, std::string const& program = executable)
    {
        process_description process;
        process.command = {program};
        process.command.insert(process.command.end(), arguments.begin(), arguments.end());
        auto changes = variables;
        changes["BOOST_TEST_CATCH_SYSTEM_ERRORS"] = "no"; // as for other kinds of workers
        process.environment = environment_with(changes);
        auto const directory = base.empty() ? scratch_.path() : base;
        process.working_directory = directory;
        worker_.emplace(context_, 3, worker_directory(directory / "gw3"), process, all_tests(), *this);
        worker_->go(std::vector<bool>(all_tests().size(), true), false);
    }

    void run(strings const& paths)
    {
        BOOST_TEST_REQUIRE(worker_->has_room());
        std::vector<test_index> batch;
        for (auto const& path : paths) {
            batch.push_back(index_of(path));
        }
        worker_->run(batch);
        BOOST_TEST(!worker_->has_room());
        wait();
    }

    // Until it has room or has ended.
    void wait()
    {
        auto const deadline = std::chrono::steady_clock::now() + 20s;
        context_.restart();
        while (!worker_->has_room() && !ended_ && std::chrono::steady_clock::now() < deadline) {
            context_.run_one_for(100ms);
        }
        BOOST_TEST_REQUIRE((worker_->has_room() || ended_));
        BOOST_TEST(worker_->pid() == -1);
    }

    void poll()
    {
        context_.restart();
        context_.run_for(100ms);
    }

    attempt_result const& attempt(std::string const& path) const
    {
        for (auto const& one : attempts_) {
            if (name_of(one.test) == path) {
                return one;
            }
        }
        BOOST_TEST_REQUIRE(false, "nothing of " << path);
        return attempts_.front();
    }

    strings not_begun() const
    {
        strings result;
        for (auto const test : ended_.value().not_begun) {
            result.push_back(name_of(test));
        }
        return result;
    }

    std::optional<batch_worker>& worker() { return worker_; }
    strings const& events() const { return told_; }
    strings const& outside() const { return outside_; }
    strings const& notices() const { return notices_; }
    std::optional<worker_end> const& ended() const { return ended_; }
    fs::path directory() const { return worker_->directory().path(); }
    std::size_t count() const { return attempts_.size(); }

    std::function<void()> when_started = [] {};
    std::function<void()> when_finished = [] {};

  private:
    void on_tree(worker_index, std::uint64_t, std::vector<test_item>&&) override
    {
        told_.emplace_back("tree");
    }
    void on_room(worker_index) override { told_.emplace_back("room"); }
    void on_started(worker_index worker, test_index test) override
    {
        BOOST_TEST(worker == 3U);
        told_.push_back("started " + name_of(test));
        when_started();
    }
    void on_finished(worker_index worker, attempt_result&& attempt) override
    {
        BOOST_TEST(worker == 3U);
        BOOST_TEST(attempt.worker == 3U);
        told_.push_back("finished " + name_of(attempt.test));
        attempts_.push_back(std::move(attempt));
        when_finished();
    }
    void on_failure_outside_tests(worker_index, std::string const& text) override
    {
        outside_.push_back(text);
    }
    void on_notice(std::string const& text) override { notices_.push_back(text); }
    void on_ended(worker_index, worker_end const& end) override
    {
        BOOST_TEST(!ended_.has_value());
        ended_ = end;
        told_.emplace_back("ended");
    }

    scratch_directory scratch_;
    boost::asio::io_context context_;
    std::optional<batch_worker> worker_;
    strings told_, outside_, notices_;
    std::vector<attempt_result> attempts_;
    std::optional<worker_end> ended_;
};

std::string text_of(std::vector<log_message> const& messages)
{
    std::string text;
    for (auto const& message : messages) {
        text += message.text + '\n';
    }
    return text;
}

bool contains(std::string const& text, std::string const& part)
{
    return text.find(part) != std::string::npos;
}

auto const per_element = boost::test_tools::per_element();

} // namespace

BOOST_AUTO_TEST_SUITE(batch_worker)

BOOST_AUTO_TEST_CASE(passed_and_failed)
{
    worker_under_test t;
    t.run({"fails", "passes", "fails_as_expected", "requires_too_much", "throws"});
    BOOST_TEST(t.events() == (strings{"room", "started passes", "started fails", "started requires_too_much",
                                      "started fails_as_expected", "started throws", "finished passes",
                                      "finished fails", "finished requires_too_much",
                                      "finished fails_as_expected", "finished throws", "room"}),
               per_element);
    BOOST_TEST(t.outside().empty());

    auto const& passes = t.attempt("passes");
    BOOST_TEST(passes.outcome == outcome::passed);
    BOOST_TEST(passes.assertions == 2);
    BOOST_TEST((passes.duration > 0ns && passes.duration < 5s));
    BOOST_TEST((std::chrono::system_clock::now() - passes.started < 1min));
    BOOST_TEST(passes.output == "");
    BOOST_TEST(passes.output_size == 15U);

    auto const& fails = t.attempt("fails");
    BOOST_TEST(fails.outcome == outcome::failed);
    BOOST_TEST(fails.reason == "");
    BOOST_TEST(fails.failed_assertions == 1);
    BOOST_TEST(text_of(fails.messages) ==
               "a message\ncheck 1 == 2 has failed [1 != 2]\ncondition false is not satisfied\n");
    BOOST_TEST(fails.messages.at(1).context == (strings{"outer frame", "inner frame"}), per_element);
    BOOST_TEST(contains(fails.messages.at(1).place.file, "header_only.cpp"));
    BOOST_TEST(fails.output == "to cout\nto stdout\nno end of line");

    BOOST_TEST(t.attempt("fails_as_expected").outcome == outcome::passed);
    BOOST_TEST(t.attempt("fails_as_expected").failed_assertions == 2);
    BOOST_TEST(t.attempt("requires_too_much").outcome == outcome::failed);
    BOOST_TEST(t.attempt("throws").outcome == outcome::failed);
    BOOST_TEST(
        contains(text_of(t.attempt("throws").messages), "std::runtime_error: signal: SIGSEGV, it says"));
    BOOST_TEST(contains(t.attempt("throws").messages.at(0).context.at(0), "about to throw"));
}

BOOST_AUTO_TEST_CASE(skips)
{
    worker_under_test t;
    t.run({"skipped", "fails", "depends", "skipped_suite/first", "passes"});
    BOOST_TEST(t.attempt("skipped").outcome == outcome::skipped);
    BOOST_TEST(t.attempt("skipped").reason == "precondition failed");
    BOOST_TEST(t.attempt("depends").outcome == outcome::skipped);
    BOOST_TEST(contains(t.attempt("depends").reason, "fails"));
    BOOST_TEST(t.attempt("skipped_suite/first").outcome == outcome::skipped);
    BOOST_TEST(t.attempt("skipped_suite/first").reason == "precondition failed");
    BOOST_TEST(t.attempt("passes").outcome == outcome::passed);
    BOOST_TEST(t.count() == 5U);
}

BOOST_AUTO_TEST_CASE(dependencies_outside_of_the_batch_are_not_told_of)
{
    worker_under_test t;
    t.run({"depends_on_a_pass"});
    t.run({"depends"});
    BOOST_TEST(t.events() == (strings{"room", "started depends_on_a_pass", "finished depends_on_a_pass",
                                      "room", "started depends", "finished depends", "room"}),
               per_element);
    BOOST_TEST(t.attempt("depends_on_a_pass").outcome == outcome::passed);
    BOOST_TEST(t.attempt("depends").outcome == outcome::skipped);
}

BOOST_AUTO_TEST_CASE(time_limits)
{
    worker_under_test t;
    t.run({"takes_too_long", "late/first", "late/second", "passes"});
    for (auto const* const path : {"takes_too_long", "late/first"}) {
        BOOST_TEST(t.attempt(path).outcome == outcome::timed_out);
        BOOST_TEST(t.attempt(path).reason == "ran longer than its own time limit");
        BOOST_TEST((t.attempt(path).duration >= 900ms));
    }
    BOOST_TEST(t.attempt("late/second").outcome == outcome::skipped);
    BOOST_TEST(t.attempt("late/second").reason == "timeout for the test unit is exceeded");
    BOOST_TEST(t.attempt("passes").outcome == outcome::passed);
}

BOOST_AUTO_TEST_CASE(fixtures_of_suites)
{
    worker_under_test t;
    t.run({"without_setup/first", "without_setup/inner/second", "without_teardown/first", "passes"});
    for (auto const* const path : {"without_setup/first", "without_setup/inner/second"}) {
        BOOST_TEST(t.attempt(path).outcome == outcome::skipped);
        BOOST_TEST(t.attempt(path).reason == "suite \"without_setup\" could not be set up");
    }
    BOOST_TEST(t.attempt("without_teardown/first").outcome == outcome::passed);
    BOOST_TEST(t.attempt("passes").outcome == outcome::passed);
    BOOST_TEST_REQUIRE(t.outside().size() == 2U);
    BOOST_TEST(
        contains(t.outside()[0], "fatal error: in \"without_setup\": std::runtime_error: no database"));
    BOOST_TEST(contains(t.outside()[1], "error: in \"without_teardown\": still open"));
}

BOOST_AUTO_TEST_CASE(global_fixtures)
{
    for (auto const* const variable : {"SAMPLE_FAIL_GLOBAL_SETUP", "SAMPLE_FAIL_GLOBAL_TEARDOWN"}) {
        worker_under_test t({}, {{variable, "1"}});
        t.run({"passes"});
        BOOST_TEST(t.attempt("passes").outcome == outcome::passed);
        BOOST_TEST_REQUIRE(t.outside().size() == 1U);
        BOOST_TEST(contains(t.outside()[0], variable));
    }
    worker_under_test t({}, {{"SAMPLE_THROW_IN_GLOBAL_SETUP", "1"}});
    t.run({"passes", "without_teardown/first"});
    BOOST_TEST(t.attempt("passes").outcome == outcome::skipped);
    BOOST_TEST(t.attempt("passes").reason == "the global fixtures could not be set up");
    BOOST_TEST(t.attempt("without_teardown/first").outcome == outcome::skipped);
    BOOST_TEST_REQUIRE(t.outside().size() == 1U);
    BOOST_TEST(contains(t.outside()[0], "no network"));
}

BOOST_AUTO_TEST_CASE(the_end_of_the_process_is_told)
{
    worker_under_test checker({}, {{"SAMPLE_EXIT_CODE_AFTER_ALL", "1"}});
    checker.run({"passes"});
    BOOST_TEST(checker.attempt("passes").outcome == outcome::passed);
    BOOST_TEST(checker.outside() == strings{"the process exited with code 23 after its tests"}, per_element);
    BOOST_TEST(!checker.ended());

    worker_under_test teardown({}, {{"SAMPLE_EXIT_IN_GLOBAL_TEARDOWN", "1"}});
    teardown.run({"passes", "fails_as_expected", "fails"});
    BOOST_TEST(teardown.attempt("passes").outcome == outcome::passed);
    BOOST_TEST(teardown.attempt("fails_as_expected").outcome == outcome::passed);
    BOOST_TEST(teardown.attempt("fails").outcome == outcome::failed);
    BOOST_TEST(teardown.outside() == strings{"the process exited with code 9 after its tests"}, per_element);
    BOOST_TEST(!teardown.ended());
}

BOOST_AUTO_TEST_CASE(caught_signals)
{
    worker_under_test t;
    t.run({"dying/after", "dying/reads_null", "dying/before", "dying/aborts", "dying/divides", "passes"});
    BOOST_TEST(t.attempt("passes").outcome == outcome::passed);
    BOOST_TEST(t.attempt("dying/before").outcome == outcome::failed);
    BOOST_TEST(t.attempt("dying/aborts").outcome == outcome::crashed);
    BOOST_TEST(t.attempt("dying/aborts").reason == "killed by signal 6 (Aborted)");
    BOOST_TEST(t.attempt("dying/divides").reason == "killed by signal 8 (Floating point exception)");
    auto const& crashed = t.attempt("dying/reads_null");
    BOOST_TEST(crashed.outcome == outcome::crashed);
    BOOST_TEST(crashed.reason == "killed by signal 11 (Segmentation fault)");
    BOOST_TEST(contains(crashed.last_checkpoint.file, "header_only.cpp"));
    BOOST_TEST(crashed.last_checkpoint.line != 0);
    BOOST_TEST(contains(text_of(crashed.messages), "check 1 == 2 has failed"));
    BOOST_TEST(crashed.output == "last words\n");
    BOOST_TEST_REQUIRE(t.ended().has_value());
    BOOST_TEST(!t.ended()->in_order);
    BOOST_TEST(t.ended()->took_part);
    BOOST_TEST(t.ended()->why == "killed by signal 11 (Segmentation fault)");
    BOOST_TEST(t.not_begun() == strings{"dying/after"}, per_element);
    BOOST_TEST(t.outside().empty());
}

BOOST_AUTO_TEST_CASE(a_crash_in_the_last_test_is_not_the_end_of_the_worker)
{
    for (auto const* const path : {"dying/reads_null", "dying/is_killed", "dying/exits_at_once"}) {
        worker_under_test t;
        t.run({"passes", path});
        BOOST_TEST(t.attempt(path).outcome == outcome::crashed);
        BOOST_TEST(t.outside().empty());
        t.run({"fails"});
        BOOST_TEST(t.attempt("fails").outcome == outcome::failed);
    }
}

BOOST_AUTO_TEST_CASE(deaths)
{
    worker_under_test t;
    t.run({"dying/is_killed", "dying/after", "without_teardown/first", "dying/before", "passes", "skipped",
           "fails_as_expected", "throws"});
    BOOST_TEST(t.attempt("passes").outcome == outcome::passed);
    BOOST_TEST((t.attempt("passes").duration > 0ns));
    BOOST_TEST(t.attempt("fails_as_expected").outcome == outcome::passed);
    BOOST_TEST(t.attempt("skipped").outcome == outcome::skipped);
    BOOST_TEST(t.attempt("skipped").reason == "precondition failed");
    BOOST_TEST(t.attempt("throws").outcome == outcome::failed);
    BOOST_TEST(t.attempt("dying/before").outcome == outcome::failed);
    BOOST_TEST(text_of(t.attempt("dying/before").messages) == "check 1 == 2 has failed [1 != 2]\n");
    auto const& killed = t.attempt("dying/is_killed");
    BOOST_TEST(killed.outcome == outcome::crashed);
    BOOST_TEST(killed.reason == "killed by signal 9 (Killed)");
    BOOST_TEST(killed.output == "last words\n");
    BOOST_TEST(text_of(killed.messages) == "before the end\n");
    BOOST_TEST(t.not_begun() == (strings{"dying/after", "without_teardown/first"}), per_element);
    BOOST_TEST(t.ended()->why == "killed by signal 9 (Killed)");
    BOOST_TEST(t.events().back() == "ended");
}

// A failure outside of tests is not lost with the process.
BOOST_AUTO_TEST_CASE(killed_behind_a_failed_fixture)
{
    worker_under_test t({}, {{"SAMPLE_KILL", "1"}});
    t.run({"without_teardown/first", "dying_in_setup/second", "dying_in_setup/first", "passes"});
    BOOST_TEST_REQUIRE(t.outside().size() == 1U);
    BOOST_TEST(contains(t.outside()[0], "error: still open"));
    auto const& blamed = t.attempt("dying_in_setup/second");
    BOOST_TEST(blamed.outcome == outcome::crashed);
    BOOST_TEST(blamed.reason == "killed by signal 9 (Killed)");
    BOOST_TEST(blamed.remarks ==
                   strings{"it happened while the fixture of suite \"dying_in_setup\" was at work"},
               per_element);
    BOOST_TEST(t.not_begun() == strings{"dying_in_setup/first"}, per_element);
}

BOOST_AUTO_TEST_CASE(signal_in_the_fixture_of_a_suite)
{
    worker_under_test t;
    t.run({"dying_in_setup/first", "dying_in_setup/second", "passes"});
    BOOST_TEST(t.attempt("dying_in_setup/first").outcome == outcome::crashed);
    BOOST_TEST(t.attempt("dying_in_setup/first").reason == "killed by signal 11 (Segmentation fault)");
    BOOST_TEST(t.attempt("dying_in_setup/first").remarks.size() == 1U);
    BOOST_TEST(t.not_begun() == strings{"dying_in_setup/second"}, per_element);
}

BOOST_AUTO_TEST_CASE(exits)
{
    worker_under_test t;
    t.run({"dying/exits_at_once", "dying/after", "dying/before"});
    BOOST_TEST(t.attempt("dying/exits_at_once").outcome == outcome::crashed);
    BOOST_TEST(t.attempt("dying/exits_at_once").reason ==
               "the test called exit: the process exited with code 0");
    BOOST_TEST(t.not_begun() == strings{"dying/after"}, per_element);

    worker_under_test in_order; // runs what is registered with atexit
    in_order.run({"dying/exits", "dying/after"});
    BOOST_TEST(in_order.attempt("dying/exits").outcome == outcome::crashed);
    BOOST_TEST(in_order.not_begun() == strings{"dying/after"}, per_element);
}

BOOST_AUTO_TEST_CASE(names)
{
    worker_under_test t;
    strings const good{"odd/ blanks ",
                       "odd/a \"quoted\" name",
                       "odd/a|b",
                       "odd/grüße",
                       "odd/=equal",
                       "odd/-dash",
                       "odd/--",
                       "odd/two\nlines",
                       "odd/<&>'",
                       "odd/!not",
                       "odd/+plus",
                       "odd/@at",
                       "odd/sta*r",
                       " first",
                       "of_types<(anonymous namespace)__with_number<3>>",
                       "of_data/_0",
                       "of_data/_2"};
    strings const bad{"odd/grüße, 世界", "odd/a/b", "odd/a:b", "odd/*star", "odd/", "!first"};
    auto batch = good;
    batch.insert(batch.begin() + 3, bad.begin(), bad.end());
    batch.emplace_back("of_data/_1");
    t.run(batch);
    for (auto const& path : good) {
        BOOST_TEST_CONTEXT(path)
        {
            BOOST_TEST(t.attempt(path).outcome == outcome::passed);
        }
        worker_under_test alone;
        alone.run({path});
        BOOST_TEST(alone.attempt(path).outcome == outcome::passed);
    }
    for (auto const& path : bad) {
        BOOST_TEST_CONTEXT(path)
        {
            BOOST_TEST(t.attempt(path).outcome == outcome::failed);
            BOOST_TEST(contains(t.attempt(path).reason, "its name cannot be given to --run_test ("));
        }
    }
    BOOST_TEST(t.attempt("of_data/_1").outcome == outcome::failed);
    BOOST_TEST(t.attempt("of_data/_1").messages.back().context == strings{"value = 2; "}, per_element);
    BOOST_TEST(t.count() == batch.size());
    BOOST_TEST(!t.ended());
}

BOOST_AUTO_TEST_CASE(names_that_cannot_be_selected_alone)
{
    worker_under_test t;
    t.run({"!first", "odd/a:b"});
    BOOST_TEST(t.events() == (strings{"room", "started !first", "finished !first", "started odd/a:b",
                                      "finished odd/a:b", "room"}),
               per_element);
}

BOOST_AUTO_TEST_CASE(logs_that_the_program_turns_off)
{
    worker_under_test t;
    t.run({"silent/first", "silent/second", "silent/third"});
    BOOST_TEST(t.attempt("silent/first").outcome == outcome::passed);
    BOOST_TEST(t.attempt("silent/second").outcome == outcome::passed);
    BOOST_TEST(t.attempt("silent/third").outcome == outcome::failed);
    BOOST_TEST(!t.ended());
}

BOOST_AUTO_TEST_CASE(what_the_user_says_does_not_matter)
{
    scratch_directory scratch;
    auto const file = (scratch.path() / "log").native();
    worker_under_test t({"--log_level=nothing", "--log_sink=" + file, "-r", "no", "--random=7",
                         "--run_test=fails", "--no_color_output", "--", "--log_level=all"},
                        {{"BOOST_TEST_LOG_SINK", file},
                         {"BOOST_TEST_OUTPUT_FORMAT", "HRF"},
                         {"BOOST_TEST_RUN_FILTERS", "fails"},
                         {"BOOST_TEST_LIST_CONTENT", "DOT"}});
    t.run({"passes"});
    BOOST_TEST(t.attempt("passes").outcome == outcome::passed);
    BOOST_TEST(t.attempt("passes").assertions == 2); // the report is there
    BOOST_TEST(t.count() == 1U);
    BOOST_TEST(!fs::exists(file));
}

BOOST_AUTO_TEST_CASE(directories_with_odd_names)
{
    scratch_directory scratch;
    auto const base = scratch.path() / "a, b: c";
    fs::create_directory(base);
    worker_under_test t({}, {}, base);
    t.run({"fails"});
    BOOST_TEST(t.attempt("fails").outcome == outcome::failed);
    BOOST_TEST(t.attempt("fails").messages.size() == 3U);

    boost::asio::io_context context;
    process_description process;
    process.command = {executable};
    process.working_directory = "/";
    BOOST_CHECK_EXCEPTION(
        ::testmon::runner::batch_worker(context, 0, worker_directory(base / "gw0"), process, all_tests(), t),
        std::runtime_error,
        [](auto const& e) { return contains(e.what(), "no log whose name has a ':' or ','"); });
}

BOOST_AUTO_TEST_CASE(nothing_is_left_in_the_directory)
{
    worker_under_test t;
    t.run({"passes"});
    BOOST_TEST(!fs::exists(t.directory() / "log.xml"));
    BOOST_TEST(!fs::exists(t.directory() / "report.xml"));
}

BOOST_AUTO_TEST_CASE(starts_are_told_live)
{
    worker_under_test t;
    auto const before = std::chrono::steady_clock::now();
    t.when_started = [&] {
        if (t.events().back() == "started dying/waits") {
            BOOST_TEST(t.worker()->pid() > 0);
            BOOST_TEST((std::chrono::steady_clock::now() - before < 10s));
            t.worker()->signal(SIGTERM);
        }
    };
    t.run({"dying/waits", "passes", "dying/after"});
    BOOST_TEST((std::chrono::steady_clock::now() - before < 15s));
    BOOST_TEST(t.attempt("passes").outcome == outcome::passed);
    BOOST_TEST(t.attempt("dying/waits").outcome == outcome::crashed);
    BOOST_TEST(t.attempt("dying/waits").reason == "killed by signal 15 (Terminated)");
    BOOST_TEST((t.attempt("dying/waits").duration > 0ns));
    BOOST_TEST(t.not_begun() == strings{"dying/after"}, per_element);
}

BOOST_AUTO_TEST_CASE(finishes)
{
    worker_under_test idle;
    idle.worker()->finish();
    idle.worker()->finish();
    BOOST_TEST(!idle.ended());
    BOOST_TEST(!idle.worker()->has_room());
    idle.wait();
    idle.worker()->finish();
    idle.poll();
    BOOST_TEST(idle.ended()->in_order);
    BOOST_TEST(!idle.ended()->took_part);

    worker_under_test busy;
    busy.when_finished = [&] { busy.worker()->finish(); };
    busy.run({"passes", "fails"});
    BOOST_TEST(busy.events().back() == "ended");
    BOOST_TEST(busy.count() == 2U);
    BOOST_TEST(busy.ended()->in_order);
    BOOST_TEST(busy.ended()->took_part);
    BOOST_TEST(busy.worker()->revoke(std::nullopt).empty());

    // What is told at the end of a batch may be the last that there was to wait for.
    worker_under_test refused;
    refused.when_finished = [&] {
        if (refused.count() == 2) {
            refused.worker()->finish();
        }
    };
    refused.run({"passes", "odd/a:b"});
    BOOST_TEST(refused.attempt("odd/a:b").outcome == outcome::failed);
    BOOST_TEST(refused.events().back() == "ended");
    BOOST_TEST(refused.ended()->in_order);
}

BOOST_AUTO_TEST_CASE(processes_left_behind)
{
    worker_under_test t;
    t.run({"dying/leaves_a_process"});
    BOOST_TEST(t.attempt("dying/leaves_a_process").outcome == outcome::passed);
    BOOST_TEST_REQUIRE(t.notices().size() == 1U);
    BOOST_TEST(contains(t.notices()[0], "a process of worker gw3 left 1 process behind, killed since: "));
}

BOOST_AUTO_TEST_CASE(cannot_be_started)
{
    worker_under_test t({}, {}, {}, "/no/such/program");
    t.run({"passes"});
    BOOST_TEST_REQUIRE(t.ended().has_value());
    BOOST_TEST(!t.ended()->in_order);
    BOOST_TEST(!t.ended()->took_part);
    BOOST_TEST(contains(t.ended()->why, "/no/such/program"));
    BOOST_TEST(t.not_begun() == strings{"passes"}, per_element);
}

BOOST_AUTO_TEST_CASE(boost_test_cannot_begin)
{
    worker_under_test t({"--detect_memory_leaks=0", "--no_such_argument"});
    t.run({"passes"});
    BOOST_TEST(contains(t.ended().value().output, "no_such_argument"));
    BOOST_TEST(t.not_begun() == strings{"passes"}, per_element);

    worker_under_test other({}, {{"SAMPLE_FEWER_TESTS", "1"}});
    other.run({" first"});
    BOOST_TEST(contains(other.ended().value().output, "no test cases matching filter"));
    BOOST_TEST(other.ended()->why == "exited with code 200");
    BOOST_TEST(!other.ended()->took_part);
    BOOST_TEST(other.not_begun() == strings{" first"}, per_element);

    worker_under_test partly({}, {{"SAMPLE_FEWER_TESTS", "1"}});
    partly.run({" first", "passes"});
    BOOST_TEST(partly.attempt("passes").outcome == outcome::passed);
    BOOST_TEST(partly.attempt(" first").outcome == outcome::failed);
    BOOST_TEST(contains(partly.attempt(" first").reason, "has no test of this name"));
}

// Destroyed while a process runs, with handlers that are due.
BOOST_AUTO_TEST_CASE(destroyed)
{
    worker_under_test t;
    t.when_started = [] {};
    t.worker()->run({index_of("dying/waits")});
    BOOST_TEST(t.worker()->pid() > 0);
    auto const pid = t.worker()->pid();
    t.worker().reset();
    t.poll();
    BOOST_TEST(::kill(pid, 0) != 0);
}

BOOST_AUTO_TEST_SUITE_END()
