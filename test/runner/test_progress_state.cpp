// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/progress_state.hpp"
#include "support/runner_samples.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace testmon::runner;
using namespace testmon::test;
using namespace std::chrono_literals;
using testmon::database::outcome;

BOOST_AUTO_TEST_SUITE(progress_state)

BOOST_AUTO_TEST_CASE(what_is_counted)
{
    testmon::runner::progress_state state;
    state.begin(1, "a/first", {}, 60s);
    state.begin(0, "a/second", {}, 60s);
    auto retried = sample_failure(0);
    retried.is_retried = true;
    state.finish(retried);
    BOOST_TEST(state.done == 0U);
    BOOST_TEST(state.running.size() == 1U);
    auto flaky = sample_attempt(0);
    flaky.attempt = 2;
    state.finish(flaky);
    for (auto const how :
         {outcome::passed, outcome::failed, outcome::crashed, outcome::timed_out, outcome::skipped}) {
        state.finish(sample_attempt(1, how));
    }
    BOOST_TEST(state.done == 6U);
    BOOST_TEST(state.passed == 1U);
    BOOST_TEST(state.failed == 3U);
    BOOST_TEST(state.flaky == 1U);
    BOOST_TEST(state.skipped == 1U);
}

BOOST_AUTO_TEST_CASE(one_running_test_for_each_worker)
{
    testmon::runner::progress_state state;
    state.begin(0, "one", {}, 60s);
    state.begin(1, "two", {}, 60s);
    state.begin(0, "three", {}, 60s);
    BOOST_REQUIRE(state.running.size() == 2U);
    BOOST_TEST(state.running[0].path == "two");
    BOOST_TEST(state.running[1].path == "three");
    state.forget(1);
    BOOST_REQUIRE(state.running.size() == 1U);
    BOOST_TEST(state.running[0].worker == 0U);
}

BOOST_AUTO_TEST_CASE(slow_notices_at_doubling_times)
{
    testmon::runner::progress_state state;
    steady_time const start{};
    state.begin(2, "short", start - 10s, 300ms);
    BOOST_TEST(due_slow_notices(state, start - 9700ms) ==
                   std::vector<std::string>{"slow: gw2 has been running short for 300 ms"},
               boost::test_tools::per_element());
    state.begin(1, "suite/test", start, 60s);
    state.begin(2, "suite/\x1b", start + 50s, 60s);
    state.begin(3, "never", start, 0s);
    struct row {
        std::chrono::seconds at;
        std::vector<std::string> notices;
    };
    row const rows[] = {{59s, {}},
                        {60s, {"slow: gw1 has been running suite/test for 60 s"}},
                        {61s, {}},
                        {110s, {"slow: gw2 has been running suite/\\x1b for 60 s"}},
                        {120s, {"slow: gw1 has been running suite/test for 2 min 00 s"}},
                        {500s,
                         {"slow: gw1 has been running suite/test for 8 min 00 s",
                          "slow: gw2 has been running suite/\\x1b for 4 min 00 s"}},
                        {529s, {}},
                        {530s, {"slow: gw2 has been running suite/\\x1b for 8 min 00 s"}}};
    for (auto const& r : rows) {
        auto const notices = due_slow_notices(state, start + r.at);
        BOOST_TEST_CONTEXT("at " << r.at.count())
        {
            BOOST_TEST(notices == r.notices, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
