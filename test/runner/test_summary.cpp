// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/summary.hpp"
#include "support/runner_samples.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>
#include <string>
#include <vector>

using namespace testmon::runner;
using namespace testmon::test;
using namespace std::chrono_literals;
using testmon::database::outcome;

namespace
{

std::string shown(std::vector<attempt_result> const& attempts, run_result result, std::size_t durations = 0)
{
    auto const items = sample_items();
    std::ostringstream out;
    testmon::runner::summary one(out, durations, false);
    one.run_started(sample_overview(items));
    for (auto const& attempt : attempts) {
        one.attempt_finished(attempt);
    }
    result.wall_time = 12300ms;
    one.run_finished(result);
    return out.str();
}

run_result result_of(std::vector<verdict> verdicts, run_end end = run_end::complete)
{
    run_result result;
    result.verdicts = std::move(verdicts);
    result.end = end;
    return result;
}

constexpr auto passed = verdict::passed;
constexpr auto not_run = verdict::not_run;

} // namespace

BOOST_AUTO_TEST_SUITE(summary)

BOOST_AUTO_TEST_CASE(of_a_run_without_failures)
{
    BOOST_TEST(shown({sample_attempt(0)}, result_of({passed, passed, passed, passed, verdict::skipped})) ==
               "=== 4 passed, 1 skipped in 12.3 s on 2 workers ===\n");
    BOOST_TEST(shown({}, result_of({})) == "=== no tests in 12.3 s on 2 workers ===\n");
}

BOOST_AUTO_TEST_CASE(of_failures_outside_of_tests)
{
    auto const items = sample_items();
    std::ostringstream out;
    testmon::runner::summary one(out, 0, false);
    one.run_started(sample_overview(items));
    one.failed_outside_tests(1, "no database\nat all");
    auto result = result_of({passed});
    result.failed_outside_tests = true;
    result.wall_time = 12300ms;
    one.run_finished(result);
    BOOST_TEST(out.str() == "\n"
                            "failed outside of tests (1):\n"
                            "  gw1: no database\n"
                            "=== 1 passed, failed outside of tests in 12.3 s on 2 workers ===\n");
}

BOOST_AUTO_TEST_CASE(of_failures_of_each_kind)
{
    auto timeout = sample_attempt(3, outcome::timed_out);
    timeout.reason = "ran out of time after 60 s";
    auto retried = sample_failure(1);
    retried.is_retried = true;
    auto second = sample_attempt(1);
    second.attempt = 2;
    auto again = sample_failure(0);
    again.is_retried = true;
    auto last = sample_failure(0);
    last.attempt = 2;
    auto result = result_of({verdict::failed, verdict::flaky, passed, verdict::timed_out, verdict::crashed});
    result.worker_restarts = 1;
    BOOST_TEST(
        shown({again, last, retried, second, timeout, sample_crash(4)}, result) ==
        "\n"
        "flaky (1), passed on a retry:\n"
        "tests.cpp(12): in \"a/second\" (gw1, attempt 1): check x == y has failed [1 != 2]\n"
        "timed out (1):\n"
        "tests.cpp(40): in \"alone\" (gw1): ran out of time after 60 s\n"
        "crashed (1):\n"
        "tests.cpp(41): in \"a/crash\" (gw1): killed by signal 11 (Segmentation fault)\n"
        "failed (1):\n"
        "tests.cpp(12): in \"a/first\" (gw1, attempt 2): check x == y has failed [1 != 2]\n"
        "=== 1 passed, 1 failed, 1 crashed, 1 timed out, 1 flaky in 12.3 s on 2 workers (1 restart) ===\n");
}

BOOST_AUTO_TEST_CASE(of_runs_that_ended_early)
{
    struct row {
        run_end end;
        std::string why;
        std::string how;
    };
    row const rows[] = {{run_end::max_failures, "enough had failed (--maxfail)", "stopped early"},
                        {run_end::interrupted, "the run was interrupted", "interrupted"},
                        {run_end::trouble, "no worker could go on", "could not go on"}};
    for (auto const& r : rows) {
        BOOST_TEST(shown({}, result_of({passed, passed, passed, not_run, not_run}, r.end)) ==
                   "\nnot run (2), since " + r.why + ":\n  alone\n  a/crash\n=== " + r.how +
                       ": 3 passed, 2 not run in 12.3 s on 2 workers ===\n");
    }
    BOOST_TEST(shown({}, result_of({passed, passed, passed, passed, passed}, run_end::trouble)) ==
               "=== with trouble: 5 passed in 12.3 s on 2 workers ===\n");
    auto result = result_of({}, run_end::trouble);
    result.trouble = "my_tests\nis gone";
    BOOST_TEST(shown({}, result) ==
               "\ntrouble: my_tests\\nis gone\n=== could not go on: no tests in 12.3 s on 2 workers ===\n");
}

BOOST_AUTO_TEST_CASE(of_many_that_did_not_run)
{
    std::vector<test_item> items(12, sample_items()[0]);
    run_digest digest(0);
    digest.run_started(sample_overview(items));
    auto const text =
        summary_text(digest, result_of(std::vector<verdict>(12, not_run), run_end::interrupted), false);
    BOOST_TEST(text.find("  a/first\n  … and 2 more\n=== ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(of_tests_that_passed_alone)
{
    auto result = result_of({verdict::failed, passed, passed, passed, passed});
    result.passed_alone = {0};
    auto const text = shown({sample_failure(0)}, result);
    BOOST_TEST(text.find("passed alone (1):\n  a/first\nThis test failed beside others and passed alone") !=
               std::string::npos);
    for (auto const* option : {"--isolate files", "--isolate net", "--isolate all"}) {
        BOOST_TEST(text.find(option) != std::string::npos);
    }
    result.passed_alone = {0, 1};
    BOOST_TEST(shown({}, result).find("These tests failed") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_slowest)
{
    std::vector<attempt_result> attempts;
    for (test_index i = 0; i < 5; ++i) {
        attempts.push_back(sample_attempt(i));
        attempts.back().duration = std::chrono::seconds(i == 3 ? 100 : i);
        attempts.back().attempt = i == 4 ? 2 : 1;
    }
    auto skipped = sample_attempt(0, outcome::skipped);
    skipped.duration = 500s;
    attempts.push_back(skipped);
    auto const result = result_of({passed, passed, passed, passed, passed});
    BOOST_TEST(shown(attempts, result, 3) == "\n"
                                             "slowest:\n"
                                             "        TOOK  WORKER          TEST\n"
                                             "  1 min 40 s  gw1             alone\n"
                                             "      4.00 s  gw1, attempt 2  a/crash\n"
                                             "      2.00 s  gw1             a/b/third\n"
                                             "=== 5 passed in 12.3 s on 2 workers ===\n");
}

BOOST_AUTO_TEST_CASE(its_colours)
{
    auto const items = sample_items();
    run_digest digest(0);
    digest.run_started(sample_overview(items));
    BOOST_TEST(summary_text(digest, result_of({passed}), true).substr(0, 5) == "\x1b[32m");
    BOOST_TEST(summary_text(digest, result_of({passed}, run_end::interrupted), true).substr(0, 5) ==
               "\x1b[31m");
}

BOOST_AUTO_TEST_SUITE_END()
