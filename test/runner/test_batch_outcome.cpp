// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/batch_outcome.hpp"
#include "support/outcome_text.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

using namespace testmon::runner;

namespace
{

using strings = std::vector<std::string>;
constexpr int exited_with_1 = 1 << 8;

// Tests and traces of a process that ran some of them.
class sample
{
  public:
    explicit sample(strings const& paths)
    {
        for (auto const& path : paths) {
            batch_.push_back(static_cast<test_index>(tests_.size()));
            tests_.emplace_back().test.path = path;
        }
    }

    sample& ended(int status)
    {
        traces_.end.status = status;
        return *this;
    }
    sample& expects(test_index test, std::int64_t failures)
    {
        tests_[test].test.expected_failures = failures;
        return *this;
    }
    sample& wrote(std::string const& text)
    {
        traces_.readable.feed(text);
        return *this;
    }
    sample& reported(std::string const& path, std::string const& result, std::int64_t failures = 0)
    {
        traces_.report.is_complete = true;
        traces_.report.cases[path] = {result, 0, failures};
        return *this;
    }
    sample& reported_suite(std::string const& path, std::string const& result)
    {
        traces_.report.suites[path] = {result, 0, 0};
        return *this;
    }
    sample& logged(logged_unit unit)
    {
        traces_.log.push_back(std::move(unit));
        return *this;
    }

    batch_outcome judged()
    {
        traces_.readable.end();
        return judge_batch(tests_, batch_, traces_);
    }

    batch_traces& traces() { return traces_; }

  private:
    std::vector<test_item> tests_{};
    std::vector<test_index> batch_{};
    batch_traces traces_{};
};

std::string entering(std::string const& name)
{
    return "Entering test case \"" + name + "\"\n";
}

std::string leaving(std::string const& name)
{
    return "Leaving test case \"" + name + "\"; testing time: 5us\n";
}

logged_unit unit(std::string const& path)
{
    logged_unit result;
    result.path = path;
    return result;
}

// "0 passed, 1 failed: because; not begun 2; outside text"
std::string summary(batch_outcome const& what)
{
    std::string text;
    for (auto const& attempt : what.attempts) {
        text += (text.empty() ? "" : ", ") + std::to_string(attempt.test) + ' ' +
                std::string(testmon::database::to_string(attempt.outcome)) +
                (attempt.reason.empty() ? "" : ": " + attempt.reason);
    }
    for (auto const test : what.not_begun) {
        text += "; not begun " + std::to_string(test);
    }
    for (auto const& one : what.outside) {
        text += "; outside " + one;
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(batch_outcome)

BOOST_AUTO_TEST_CASE(a_report_is_believed_without_logs)
{
    BOOST_TEST(summary(sample({"a", "b", "c", "d"})
                           .reported("a", "passed")
                           .reported("b", "failed", 1)
                           .reported("c", "skipped")
                           .reported("d", "timed-out", 1)
                           .reported_suite("", "failed")
                           .ended(201 << 8)
                           .judged()) == "0 passed, 1 failed, 2 skipped: Boost.Test did not run it, "
                                         "3 timed_out: ran longer than its own time limit");
}

BOOST_AUTO_TEST_CASE(a_test_that_the_process_does_not_have)
{
    BOOST_TEST(summary(sample({"a", "b"}).reported("a", "passed").judged()) ==
               "0 passed, 1 failed: it was not run: the executable has no test of this name when it is "
               "started with --run_test");
}

// The log of a process that forks may be damaged.
BOOST_AUTO_TEST_CASE(a_suite_was_set_up_if_either_log_has_the_test)
{
    auto const judged = [](bool is_logged, bool is_written, std::int64_t failures) {
        sample one({"s/a", "s/b"});
        one.reported("s/a", "passed", failures).reported("s/b", "passed").reported_suite("s", "aborted");
        if (is_logged) {
            one.logged(unit("s/a"));
        }
        if (is_written) {
            one.wrote("Entering test suite \"s\"\n" + entering("a") + leaving("a"));
        }
        return summary(one.judged());
    };
    std::string const ran = "0 passed, 1 skipped: suite \"s\" could not be set up";
    BOOST_TEST(judged(true, false, 0) == ran);
    BOOST_TEST(judged(false, true, 0) == ran);
    BOOST_TEST(judged(false, false, 1) == ran);
    BOOST_TEST(judged(false, false, 0) ==
               "0 skipped: suite \"s\" could not be set up, 1 skipped: suite \"s\" could not be set up");
}

BOOST_AUTO_TEST_CASE(the_outermost_suite_is_named)
{
    BOOST_TEST(summary(sample({"s/t/a"})
                           .reported("s/t/a", "passed")
                           .reported_suite("s", "aborted")
                           .reported_suite("s/t", "aborted")
                           .judged()) == "0 skipped: suite \"s\" could not be set up");
    BOOST_TEST(summary(sample({"st/a"}).reported("st/a", "passed").reported_suite("s", "aborted").judged()) ==
               "0 passed");
}

BOOST_AUTO_TEST_CASE(behind_a_fatal_signal)
{
    auto crashed = unit("b");
    crashed.caught_signal = SIGSEGV;
    BOOST_TEST(summary(sample({"a", "b", "c"})
                           .reported("a", "passed")
                           .reported("b", "aborted", 1)
                           .reported("c", "passed")
                           .reported_suite("", "failed")
                           .logged(unit("a"))
                           .logged(crashed)
                           .ended(201 << 8)
                           .judged()) ==
               "0 passed, 1 crashed: killed by signal 11 (Segmentation fault); not begun 2");
    crashed.caught_signal = 0;
    crashed.messages.push_back({log_message::level::fatal_error, {}, "signal: generated by kill()", {}});
    BOOST_TEST(summary(sample({"b", "c"})
                           .reported("b", "aborted", 1)
                           .reported("c", "passed")
                           .logged(crashed)
                           .judged()) == "0 crashed: signal: generated by kill(), 1 passed");
}

BOOST_AUTO_TEST_CASE(lines_of_a_process_that_was_killed)
{
    std::string const error = "x.cpp(1): error: in \"a\": no\n";
    std::string const fatal = "x.cpp(1): fatal error: in \"a\": no\n";
    auto const judged = [](std::string const& lines, std::int64_t expected) {
        return summary(sample({"b", "a", "c"})
                           .expects(1, expected)
                           .wrote(entering("a") + lines + leaving("a") + entering("b"))
                           .ended(SIGKILL)
                           .judged());
    };
    std::string const rest = ", 0 crashed: killed by signal 9 (Killed); not begun 2";
    std::string const not_by_itself = "; not begun 0; not begun 2"; // the process was broken before
    BOOST_TEST(judged("", 0) == "1 passed" + rest);
    BOOST_TEST(judged(error, 0) == "1 failed" + rest);
    BOOST_TEST(judged(error, 1) == "1 passed" + rest);
    BOOST_TEST(judged(error, 2) == "1 passed" + rest);
    BOOST_TEST(judged(error + error, 1) == "1 failed" + rest);
    BOOST_TEST(judged(fatal, 1) == "1 failed" + rest);
    BOOST_TEST(judged("x.cpp(1): warning: in \"a\": no\n", 0) == "1 passed" + rest);
    BOOST_TEST(judged("unknown location(0): fatal error: in \"a\": signal: SIGABRT (application abort)\n",
                      0) == "1 crashed: killed by signal 6 (Aborted)" + not_by_itself);
    BOOST_TEST(judged("unknown location(0): fatal error: in \"a\": signal: SIGALRM (timeout)\n", 0) ==
               "1 timed_out: ran longer than its own time limit" + not_by_itself);
    BOOST_TEST(judged("unknown location(0): fatal error: in \"a\": std::string: signal: SIGABRT\n", 0) ==
               "1 failed" + rest);
}

BOOST_AUTO_TEST_CASE(a_lost_end_of_a_test)
{
    BOOST_TEST(summary(sample({"a", "b"}).wrote(entering("a") + entering("b")).ended(SIGKILL).judged()) ==
               "0 passed, 1 crashed: killed by signal 9 (Killed)");
    BOOST_TEST(
        summary(sample({"a", "b"}).wrote(entering("a") + entering("b")).ended(exited_with_1).judged()) ==
        "0 passed, 1 crashed: the test called exit: the process exited with code 1");
}

BOOST_AUTO_TEST_CASE(a_dependency_that_kills)
{
    auto const died_in = [](std::string const& lines) {
        return sample({"a", "b"}).wrote(lines).ended(SIGKILL).judged().died_in;
    };
    BOOST_TEST(died_in(entering("z")) == "z");
    BOOST_TEST(died_in(entering("a") + leaving("a") + entering("z")) == "z");
    BOOST_TEST(died_in(entering("z") + leaving("z")).empty());
    BOOST_TEST(died_in(entering("z") + leaving("z") + entering("b")).empty());
    auto crashed = unit("z");
    crashed.caught_signal = SIGSEGV;
    auto const caught =
        sample({"a"}).reported("z", "aborted", 1).reported("a", "passed").logged(crashed).judged();
    BOOST_TEST(caught.died_in == "z");
    BOOST_TEST(summary(caught) == "; not begun 0");
}

BOOST_AUTO_TEST_CASE(skips_of_a_process_that_was_killed)
{
    BOOST_TEST(summary(sample({"s/t/a", "st/b", "c"})
                           .wrote("Test suite \"s\" is skipped because precondition failed\n" + entering("c"))
                           .ended(SIGKILL)
                           .judged()) ==
               "2 crashed: killed by signal 9 (Killed), 0 skipped: precondition failed; not begun 1");
}

BOOST_AUTO_TEST_CASE(fixtures_that_kill)
{
    std::string const suite = "Entering test suite \"s\"\n";
    auto const judged = [](std::string const& lines) {
        return summary(sample({"st/a", "s/b", "s/c"}).wrote(lines).ended(SIGKILL).judged());
    };
    BOOST_TEST(judged(suite) == "1 crashed: killed by signal 9 (Killed); not begun 0; not begun 2");
    BOOST_TEST(judged(suite + entering("c") + leaving("c")) ==
               "2 passed, 1 crashed: killed by signal 9 (Killed); not begun 0");
    BOOST_TEST(judged(suite + entering("c")) ==
               "2 crashed: killed by signal 9 (Killed); not begun 0; not begun 1");
    BOOST_TEST(judged("Entering test module \"m\"\n") == "; not begun 0; not begun 1; not begun 2");
}

BOOST_AUTO_TEST_CASE(ends_behind_the_tests)
{
    std::string const lines = entering("a") + leaving("a");
    auto const by_lines = [&](int status) {
        return summary(sample({"a"}).wrote(lines).ended(status).judged());
    };
    BOOST_TEST(by_lines(0) == "0 passed");
    BOOST_TEST(by_lines(201 << 8) == "0 passed");
    BOOST_TEST(by_lines(SIGSEGV) ==
               "0 passed; outside the process was killed by signal 11 (Segmentation fault) after its tests");
    auto const by_report = [&](int status, std::string const& all) {
        return summary(sample({"a"}).reported("a", "passed").reported_suite("", all).ended(status).judged());
    };
    BOOST_TEST(by_report(0, "passed") == "0 passed");
    BOOST_TEST(by_report(exited_with_1, "failed") == "0 passed"); // by a test that is not in the batch
    BOOST_TEST(by_report(exited_with_1, "passed") ==
               "0 passed; outside the process exited with code 1 after its tests");
    BOOST_TEST(by_report(SIGSEGV, "failed") ==
               "0 passed; outside the process was killed by signal 11 (Segmentation fault) after its tests");
}

BOOST_AUTO_TEST_CASE(not_started)
{
    sample one({"a", "b"});
    one.traces().end.failure = "no such program";
    auto const judged = one.judged();
    BOOST_TEST(summary(judged) == "; not begun 0; not begun 1");
    BOOST_TEST(judged.why == "no such program");
}

// What Boost.Test logs comes among what the test writes, and is told once.
BOOST_AUTO_TEST_CASE(a_message_is_no_output)
{
    auto logged = unit("a");
    logged.messages.push_back({log_message::level::message, {}, "logged", {}});
    logged.messages.push_back({log_message::level::error, {"x.cpp", 1}, "of two\nlines", {}});
    auto const outcome =
        sample({"a"})
            .wrote(entering("a") + "written\nlogged\nx.cpp(1): error: in \"a\": of two\nlines\n" +
                   leaving("a"))
            .logged(logged)
            .reported("a", "failed", 1)
            .ended(exited_with_1)
            .judged();
    BOOST_TEST_REQUIRE(outcome.attempts.size() == 1U);
    BOOST_TEST(outcome.attempts[0].output == "written\n");
    BOOST_TEST(outcome.attempts[0].output_size == outcome.attempts[0].output.size());
}

BOOST_AUTO_TEST_SUITE_END()
