// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/replay_schedule.hpp"
#include "schedule_samples.hpp"
#include "schedule_simulation.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <stdexcept>
#include <vector>

using namespace testmon::runner;
using namespace testmon::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(replay_schedule)

BOOST_AUTO_TEST_CASE(each_worker_gets_its_list_in_batches)
{
    auto const tested = replay({from_to(0, 150), {200, 7, 0}, {}});
    BOOST_TEST(tested->take(1) == (batch{200, 7, 0}));
    BOOST_TEST(tested->take(2).empty());
    BOOST_TEST(tested->take(0) == from_to(0, 64));
    BOOST_TEST(tested->take(0).empty());
    finish(*tested, 0, from_to(0, 62));
    BOOST_TEST(tested->take(0).empty());
    finish(*tested, 0, {62});
    BOOST_TEST(tested->take(0) == from_to(64, 128));
    finish(*tested, 0, from_to(63, 128));
    BOOST_TEST(tested->take(0) == from_to(128, 150));
    BOOST_TEST(!tested->victim_for(2));
    finish(*tested, 0, from_to(128, 150));
    BOOST_TEST(!tested->is_done());
    finish(*tested, 1, {200, 7, 0});
    BOOST_TEST(tested->is_done());
}

BOOST_AUTO_TEST_CASE(a_list_may_be_one_batch)
{
    auto const tested = replay({from_to(0, 150)}, {}, 150);
    BOOST_TEST(tested->take(0) == from_to(0, 150));
}

BOOST_AUTO_TEST_CASE(what_is_given_back_comes_next)
{
    auto const tested = replay({from_to(0, 70), {70}});
    tested->take(0);
    finish(*tested, 0, from_to(0, 60));
    tested->give_back(0, 60);
    finish(*tested, 0, {61});
    tested->give_back(0, 62);
    BOOST_TEST(tested->take(1) == batch{70});
    BOOST_TEST(tested->take(0) == (batch{60, 62, 64, 65, 66, 67, 68, 69}));
}

BOOST_AUTO_TEST_CASE(nothing_is_handed_out_after_a_stop)
{
    auto const tested = replay({from_to(0, 100), {100}});
    tested->take(0);
    finish(*tested, 0, from_to(0, 62));
    tested->stop();
    BOOST_TEST(tested->take(1).empty());
    finish(*tested, 0, {62});
    BOOST_TEST(!tested->is_done());
    tested->give_back(0, 63);
    BOOST_TEST(tested->take(0).empty());
    BOOST_TEST(tested->is_done());
}

BOOST_AUTO_TEST_CASE(locks_and_slots_are_waited_for)
{
    std::vector<test_item> tests(6);
    tests[0].test.labels = {"lock:db"};
    tests[1].test.labels = {"lock:db"};
    tests[3].test.labels = {"slots:9"};
    tests[5].test.labels = {"slots:0"}; // not in a list
    auto const tested = replay({{0, 2}, {1, 3, 4}}, tests);
    BOOST_TEST(tested->take(0) == batch{0});
    BOOST_TEST(tested->take(0).empty()); // a lock is given up between batches
    BOOST_TEST(tested->take(1).empty());
    finish(*tested, 0, {0});
    BOOST_TEST(tested->take(1) == batch{1});
    BOOST_TEST(tested->take(0) == batch{2});
    finish(*tested, 1, {1});
    BOOST_TEST(tested->take(1).empty());
    finish(*tested, 0, {2});
    BOOST_TEST(tested->take(1) == batch{3});
    finish(*tested, 1, {3});
    BOOST_TEST(tested->take(1) == batch{4});
    BOOST_CHECK_THROW(replay({{5}}, tests), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(the_longest_list_is_the_time_left)
{
    std::vector<test_item> tests(4);
    tests[0].expected = 5ms;
    tests[1].expected = 7ms;
    tests[2].expected = 4ms;
    auto const tested = replay({{0, 1}, {2, 3}}, tests);
    BOOST_TEST(!tested->time_left({0ms, 0ms}));
    tested->take(0);
    tested->take(1);
    tested->finished(1, 3, 10ms);
    BOOST_TEST((tested->time_left({0ms, 0ms}) == 12ms));
    BOOST_TEST((tested->time_left({4ms, 100ms}) == 8ms));
    BOOST_TEST((tested->time_left({100ms, 1ms}) == 3ms));
    tested->finished(0, 1, 1s);
    BOOST_TEST((tested->time_left({0ms, 0ms}) == 5ms));
    tested->give_back(1, 2);
    tested->stop();
    tested->finished(0, 0, 1s);
    BOOST_TEST((tested->time_left({0ms, 0ms}) == 0ms));
    BOOST_TEST((*replay({{0}})).time_left({0ms}).has_value() == false);
}

BOOST_AUTO_TEST_CASE(a_run_with_losses_and_retries_goes_to_its_end)
{
    for (std::uint32_t seed = 0; seed < 300; ++seed) {
        simulated_world world;
        world.tests.resize(400);
        world.durations.assign(400, 1ms);
        world.workers = 3;
        world.total = 400;
        world.seed = seed;
        world.percent_retried = seed % 3 * 10;
        world.percent_lost = seed % 5 * 4;
        auto const tested = replay({from_to(0, 200), from_to(200, 210), from_to(210, 400)});
        auto const run = simulate(*tested, world);
        BOOST_TEST(run.trouble == "");
        BOOST_TEST(run.ends.size() == 400);
        test_index last[3] = {0, 200, 210};
        for (auto const& end : run.ends) {
            BOOST_TEST(end.worker == (end.test < 200 ? 0 : end.test < 210 ? 1 : 2));
            BOOST_TEST((world.percent_retried != 0 || end.test == last[end.worker]++));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
