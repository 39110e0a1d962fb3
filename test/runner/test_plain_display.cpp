// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/plain_display.hpp"
#include "support/runner_samples.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>
#include <string>

using namespace testmon::runner;
using namespace testmon::test;
using namespace std::chrono_literals;
using testmon::database::outcome;

namespace
{

std::string shown(verbosity detail)
{
    auto const items = sample_items();
    std::ostringstream out;
    steady_time now{};
    display_options options;
    options.detail = detail;
    testmon::runner::plain_display display(out, options, [&] { return now; });
    auto overview = sample_overview(items);
    overview.kind = worker_kind::batches;
    overview.why_not_better = "my_tests is linked statically";
    display.run_started(overview);
    display.test_started(1, 0, 1);
    display.attempt_finished(sample_attempt(0));
    auto retried = sample_failure(1);
    retried.is_retried = true;
    display.attempt_finished(retried);
    auto flaky = sample_attempt(1);
    flaky.attempt = 2;
    flaky.remarks = {"left 1 process behind: 4711 (sleep)"};
    display.attempt_finished(flaky);
    auto skipped = sample_attempt(2, outcome::skipped);
    skipped.reason = "disabled";
    display.attempt_finished(skipped);
    display.test_started(1, 4, 1);
    now += 60s;
    display.tick(20s);
    display.worker_lost(1, "killed by signal 11 (Segmentation fault)");
    display.attempt_finished(sample_crash(4));
    display.failed_outside_tests(0, "no database\nat all\x1b");
    display.notice("a notice\x1b");
    display.run_finished({});
    return out.str();
}

std::string const begin = "5 tests on 2 workers (batches by command line, worksteal)\n"
                          "  my_tests is linked statically\n";
std::string const retry = "\n"
                          "failed        12.3 ms  gw1   a/second (attempt 1, is retried)\n"
                          "tests.cpp(12): error: in \"a/second\": check x == y has failed [1 != 2]\n"
                          "\n";
std::string const flaky_line = "flaky         12.3 ms  gw1   a/second (attempt 2)\n"
                               "remark: left 1 process behind: 4711 (sleep)\n";
std::string const slow = "slow: gw1 has been running a/crash for 60 s\n";
std::string const lost = "gw1 was lost: killed by signal 11 (Segmentation fault)\n";
std::string const crash = "\n"
                          "crashed       12.3 ms  gw1   a/crash\n"
                          "crashed: killed by signal 11 (Segmentation fault)\n"
                          "tests.cpp(41): last checkpoint\n"
                          "\n";
std::string const outside = "failed outside of tests on gw0:\n"
                            "no database\n"
                            "at all\n"
                            "\n";

} // namespace

BOOST_AUTO_TEST_SUITE(plain_display)

BOOST_AUTO_TEST_CASE(quiet)
{
    BOOST_TEST(shown(verbosity::quiet) == crash + outside);
}

BOOST_AUTO_TEST_CASE(normal)
{
    BOOST_TEST(shown(verbosity::normal) ==
               begin + retry + flaky_line + slow +
                   "3 of 5 done, 1 passed, 1 flaky, 1 skipped, 60 s, about 20 s left\n" + lost + crash +
                   outside + "a notice\\x1b\n");
}

BOOST_AUTO_TEST_CASE(verbose)
{
    BOOST_TEST(shown(verbosity::verbose) == begin + "passed        12.3 ms  gw1   a/first\n" + retry +
                                                flaky_line +
                                                "skipped       12.3 ms  gw1   a/b/third (disabled)\n" + slow +
                                                lost + crash + outside + "a notice\\x1b\n");
}

BOOST_AUTO_TEST_CASE(one_blank_line_between_failures)
{
    auto const items = sample_items();
    std::ostringstream out;
    display_options options;
    options.detail = verbosity::quiet;
    testmon::runner::plain_display display(out, options);
    display.run_started(sample_overview(items));
    display.attempt_finished(sample_crash(4));
    display.attempt_finished(sample_attempt(0));
    display.attempt_finished(sample_crash(4));
    BOOST_TEST(out.str() == crash + crash.substr(1));
}

BOOST_AUTO_TEST_CASE(the_pace_of_progress_lines)
{
    struct row {
        std::chrono::seconds at;
        std::uint64_t done;
        bool is_due;
    };
    row const rows[] = {{1s, 15, false},  // a tenth, but too soon
                        {5s, 19, true},   // soon enough
                        {10s, 19, false}, // no new tenth
                        {10s, 20, true},  {14s, 95, false}, {15s, 95, true}, {44s, 95, false},
                        {45s, 95, true},  {74s, 99, false}, {75s, 99, true}, {200s, 100, false}};
    progress_pace pace{steady_time()};
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT("at " << r.at.count())
        {
            BOOST_TEST(pace.is_due(r.done, 100, steady_time() + r.at) == r.is_due);
        }
    }
    BOOST_TEST(!progress_pace(steady_time()).is_due(0, 0, steady_time() + 60s));
}

BOOST_AUTO_TEST_SUITE_END()
