// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/attempt.hpp"
#include "runner/run_listener.hpp"

#include <boost/test/unit_test.hpp>

using namespace testmon::runner;
using testmon::database::outcome;

BOOST_AUTO_TEST_SUITE(attempt)

BOOST_AUTO_TEST_CASE(verdicts)
{
    struct row {
        verdict value;
        char const* text;
        bool failure;
    };
    row const rows[] = {{verdict::passed, "passed", false},   {verdict::failed, "failed", true},
                        {verdict::crashed, "crashed", true},  {verdict::timed_out, "timed out", true},
                        {verdict::skipped, "skipped", false}, {verdict::flaky, "flaky", false},
                        {verdict::not_run, "not run", false}};
    for (auto const& r : rows) {
        BOOST_TEST(to_string(r.value) == r.text);
        BOOST_TEST(is_failure(r.value) == r.failure);
    }
}

BOOST_AUTO_TEST_CASE(verdicts_of_attempts)
{
    struct row {
        outcome how;
        std::int64_t attempt;
        verdict expected;
    };
    row const rows[] = {{outcome::passed, 1, verdict::passed},   {outcome::passed, 2, verdict::flaky},
                        {outcome::failed, 1, verdict::failed},   {outcome::failed, 3, verdict::failed},
                        {outcome::crashed, 2, verdict::crashed}, {outcome::timed_out, 1, verdict::timed_out},
                        {outcome::skipped, 2, verdict::skipped}};
    for (auto const& r : rows) {
        attempt_result one;
        one.outcome = r.how;
        one.attempt = r.attempt;
        BOOST_TEST(to_string(verdict_of(one)) == to_string(r.expected));
    }
}

BOOST_AUTO_TEST_CASE(words_of_a_run)
{
    BOOST_TEST(to_string(worker_kind::linked) == "linked");
    BOOST_TEST(to_string(worker_kind::preloaded) == "preloaded");
    BOOST_TEST(to_string(worker_kind::batches) == "batches by command line");
    BOOST_TEST(to_string(run_end::complete) == "complete");
    BOOST_TEST(to_string(run_end::max_failures) == "max_failures");
    BOOST_TEST(to_string(run_end::interrupted) == "interrupted");
    BOOST_TEST(to_string(run_end::trouble) == "trouble");
    BOOST_TEST(why_not_run(run_end::complete) == "");
    BOOST_TEST(why_not_run(run_end::max_failures) == "enough had failed (--maxfail)");
    BOOST_TEST(why_not_run(run_end::interrupted) == "the run was interrupted");
    BOOST_TEST(why_not_run(run_end::trouble) == "no worker could go on");
    BOOST_TEST(worker_name(12) == "gw12");
}

BOOST_AUTO_TEST_SUITE_END()
