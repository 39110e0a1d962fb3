// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "xdist_coordination/decisions.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace testmon::xdist_coordination;
using namespace std::chrono_literals;

namespace
{

constexpr process_liveness every_liveness[] = {process_liveness::alive, process_liveness::dead,
                                               process_liveness::unknown};
constexpr std::chrono::nanoseconds every_age[] = {
    std::chrono::nanoseconds::min(), -1h, 0s, 300s, 300s + 1ns, 1h, std::chrono::nanoseconds::max()};

} // namespace

BOOST_AUTO_TEST_SUITE(decisions)

BOOST_AUTO_TEST_CASE(whether_a_state_can_be_used) // G2
{
    struct row {
        state_facts facts;
        freshness expected = freshness::fresh;
    };
    constexpr auto alive = process_liveness::alive;
    constexpr auto dead = process_liveness::dead;
    constexpr auto unknown = process_liveness::unknown;
    row const rows[] = {
        {{true, alive, 0s}, freshness::fresh},          {{true, alive, 300s}, freshness::fresh},
        {{true, alive, 301s}, freshness::too_old},      {{true, alive, -3600s}, freshness::fresh},
        {{true, unknown, 0s}, freshness::fresh},        {{true, unknown, 301s}, freshness::too_old},
        {{true, dead, 0s}, freshness::controller_dead}, {{true, dead, 301s}, freshness::controller_dead},
        {{false, alive, 0s}, freshness::other_boot},    {{false, dead, 301s}, freshness::other_boot},
    };
    for (auto const& r : rows) {
        BOOST_TEST((judge_state(r.facts, 300s) == r.expected));
    }
}

BOOST_AUTO_TEST_CASE(what_becomes_of_a_second_controller) // G9
{
    struct row {
        claim_facts facts;
        claim_action expected = claim_action::refuse;
    };
    constexpr auto alive = process_liveness::alive;
    constexpr auto dead = process_liveness::dead;
    constexpr auto unknown = process_liveness::unknown;
    row const rows[] = {
        {{false, false, true, dead, 0s}, claim_action::take_over},
        {{true, true, true, alive, 0s}, claim_action::go_on},
        {{true, true, true, alive, 999s}, claim_action::go_on},
        {{true, false, true, alive, 0s}, claim_action::refuse},
        {{true, false, true, alive, 999s}, claim_action::refuse},
        {{true, false, true, dead, 0s}, claim_action::take_over},
        {{true, false, false, alive, 0s}, claim_action::take_over},
        {{true, true, false, alive, 0s}, claim_action::take_over},
        {{true, false, true, unknown, 0s}, claim_action::refuse},
        {{true, false, true, unknown, 301s}, claim_action::take_over},
    };
    for (auto const& r : rows) {
        BOOST_TEST((decide_claim(r.facts, 300s) == r.expected));
    }
}

// Every combination, said in another order than the function does: what is enough for each answer.
BOOST_AUTO_TEST_CASE(whether_a_state_can_be_used_in_every_combination) // G2
{
    for (auto const liveness : every_liveness) {
        for (auto const age : every_age) {
            auto const of_another_boot = judge_state({false, liveness, age}, 300s);
            BOOST_TEST((of_another_boot == freshness::other_boot)); // pids say nothing then
            bool const dead = liveness == process_liveness::dead;
            bool const old = age > 300s;
            auto const answer = judge_state({true, liveness, age}, 300s);
            BOOST_TEST((answer == freshness::controller_dead) == dead);
            BOOST_TEST((answer == freshness::fresh) == (!dead && !old));
            BOOST_TEST((answer == freshness::too_old) == (!dead && old));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_becomes_of_a_second_controller_in_every_combination) // G9
{
    for (int bits = 0; bits < 1 << 3; ++bits) {
        for (auto const liveness : every_liveness) {
            for (auto const age : every_age) {
                claim_facts facts;
                facts.exists = (bits & 1) != 0;
                facts.is_own = (bits & 2) != 0;
                facts.of_this_boot = (bits & 4) != 0;
                facts.controller = liveness;
                facts.age = age;
                bool const is_real = facts.exists && facts.of_this_boot;
                bool const may_live = liveness == process_liveness::alive ||
                                      (liveness == process_liveness::unknown && age <= 300s);
                auto const answer = decide_claim(facts, 300s);
                BOOST_TEST((answer == claim_action::go_on) == (is_real && facts.is_own), "bits " << bits);
                BOOST_TEST((answer == claim_action::refuse) == (is_real && !facts.is_own && may_live),
                           "bits " << bits);
            }
        }
    }
}

// Every combination of what a worker can see, against what must hold of the answer.
BOOST_AUTO_TEST_CASE(what_a_worker_does)
{
    for (int bits = 0; bits < 1 << 7; ++bits) {
        for (auto const state :
             {freshness::fresh, freshness::controller_dead, freshness::other_boot, freshness::too_old}) {
            worker_facts facts;
            facts.state = state;
            facts.published = (bits & 1) != 0;
            facts.is_abort = (bits & 2) != 0;
            facts.abort_is_for_us = (bits & 4) != 0;
            facts.is_new = (bits & 8) != 0;
            facts.claimed = (bits & 16) != 0;
            facts.followed = (bits & 32) != 0;
            facts.followed_is_dead = (bits & 64) != 0;
            auto const action = decide_worker(facts);
            bool const usable =
                facts.published && !facts.is_abort && facts.is_new && state == freshness::fresh;
            BOOST_TEST((action == worker_action::take) == usable, "bits " << bits);
            if (action == worker_action::fail_aborted) {
                BOOST_TEST((facts.published && facts.is_abort));
                BOOST_TEST((state == freshness::fresh || facts.abort_is_for_us));
            }
            if (action == worker_action::fail_died) {
                BOOST_TEST(((facts.followed && facts.followed_is_dead) || !facts.is_new));
            }
            if (action == worker_action::fail_ended) {
                BOOST_TEST((!facts.published && !facts.claimed));
            }
            if (facts.followed && facts.followed_is_dead) {
                BOOST_TEST((action != worker_action::wait)); // G5: it never waits for a dead one
            }
            if (facts.published && facts.is_abort && state == freshness::fresh) {
                BOOST_TEST((action == worker_action::fail_aborted)); // G7
            }
            if (facts.published && facts.is_abort && state == freshness::other_boot) {
                BOOST_TEST((action != worker_action::fail_aborted)); // G2: not even if it looks like ours
            }
            bool const has_lost_its_run = !facts.published && !facts.claimed &&
                                          (facts.followed || !facts.is_new) &&
                                          !(facts.followed && facts.followed_is_dead);
            BOOST_TEST((action == worker_action::fail_ended) == has_lost_its_run, "bits " << bits);
            bool const has_seen_nothing = !facts.published && !facts.followed && facts.is_new;
            BOOST_TEST((!has_seen_nothing || action == worker_action::wait), "bits " << bits);
            bool const sees_a_leftover =
                facts.published && state != freshness::fresh && !facts.is_abort && facts.is_new;
            BOOST_TEST((!sees_a_leftover || facts.followed || action == worker_action::wait),
                       "bits " << bits);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_a_worker_does_in_the_cases_that_matter)
{
    struct row {
        char const* when = "";
        worker_facts facts;
        worker_action expected = worker_action::wait;
    };
    worker_facts const nothing;
    auto const with = [](auto change) {
        worker_facts facts;
        change(facts);
        return facts;
    };
    row const rows[] = {
        {"nothing is there", nothing, worker_action::wait},
        {"a leftover of a dead controller", with([](auto& f) {
             f.published = true;
             f.state = freshness::controller_dead;
         }),
         worker_action::wait},
        {"a leftover abort of a run before", with([](auto& f) {
             f.published = f.is_abort = true;
             f.state = freshness::controller_dead;
         }),
         worker_action::wait},
        {"an abort whose controller has ended since", with([](auto& f) {
             f.published = f.is_abort = f.abort_is_for_us = true;
             f.state = freshness::controller_dead;
         }),
         worker_action::fail_aborted},
        {"the state that it has already", with([](auto& f) {
             f.published = true;
             f.is_new = false;
             f.followed = true;
         }),
         worker_action::wait},
        {"the controller of the state that it has died", with([](auto& f) {
             f.published = true;
             f.is_new = false;
             f.state = freshness::controller_dead;
         }),
         worker_action::fail_died},
        {"the run that it was in was cleaned up", with([](auto& f) { f.is_new = false; }),
         worker_action::fail_ended},
        {"and the next controller prepares", with([](auto& f) {
             f.is_new = false;
             f.claimed = true;
         }),
         worker_action::wait},
        {"the controller died, and another one published",
         with([](auto& f) { f.published = f.followed = f.followed_is_dead = true; }), worker_action::take},
    };
    for (auto const& r : rows) {
        BOOST_TEST((decide_worker(r.facts) == r.expected), r.when);
    }
}

BOOST_AUTO_TEST_CASE(what_a_controller_does)
{
    for (int bits = 0; bits < 1 << 6; ++bits) {
        rendezvous_facts facts;
        facts.published = (bits & 1) != 0;
        facts.is_abort = (bits & 2) != 0;
        facts.controller_is_dead = (bits & 4) != 0;
        facts.dead_workers = (bits & 8) != 0 ? 1 : 0;
        facts.expected = 3;
        facts.acknowledged = (bits & 16) != 0 ? ((bits & 32) != 0 ? 4 : 3) : ((bits & 32) != 0 ? 0 : 2);
        auto const expected = !facts.published           ? controller_action::fail_ended
                              : facts.is_abort           ? controller_action::fail_aborted
                              : facts.dead_workers != 0  ? controller_action::fail_worker_died
                              : facts.acknowledged >= 3  ? controller_action::done
                              : facts.controller_is_dead ? controller_action::fail_controller_died
                                                         : controller_action::wait;
        BOOST_TEST((decide_rendezvous(facts) == expected), "bits " << bits);
    }
}

BOOST_AUTO_TEST_CASE(pauses_grow_up_to_a_limit_and_are_shortened_by_a_quarter_at_most) // G4
{
    poll_backoff backoff(1ms, 1.5, 50ms);
    auto before = 0ns;
    for (int i = 0; i < 100; ++i) {
        auto const pause = backoff.next(0);
        BOOST_TEST((pause >= before));
        BOOST_TEST((pause <= 50ms));
        before = pause;
    }
    BOOST_TEST((before == 50ms));
    BOOST_TEST((backoff.next(1) == 37500us));
    BOOST_TEST((backoff.next(7) == 37500us)); // what is out of range is brought back
    backoff.reset();
    BOOST_TEST((backoff.next(0) == 1ms));
    BOOST_TEST((backoff.next(0) == 1500us));
}

BOOST_AUTO_TEST_CASE(a_rendezvous_of_nobody_is_complete)
{
    rendezvous_facts facts;
    BOOST_TEST((decide_rendezvous(facts) == controller_action::done));
    facts.dead_workers = 1;
    BOOST_TEST(
        (decide_rendezvous(facts) == controller_action::fail_worker_died)); // G5: it is reported even so
}

BOOST_AUTO_TEST_CASE(each_pause_is_within_its_quarter) // G4
{
    for (double const random : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        poll_backoff plain(1ms, 2, 1s);
        poll_backoff jittered(1ms, 2, 1s);
        for (int i = 0; i < 20; ++i) {
            auto const whole = std::chrono::duration<double>(plain.next(0)).count();
            auto const pause = std::chrono::duration<double>(jittered.next(random)).count();
            BOOST_TEST(pause == whole * (1 - random / 4), boost::test_tools::tolerance(1e-6));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_first_pause_is_not_longer_than_the_longest)
{
    poll_backoff backoff(1s, 1.5, 50ms);
    BOOST_TEST((backoff.next(0) == 50ms));
    backoff.reset();
    BOOST_TEST((backoff.next(0) == 50ms));
}

BOOST_AUTO_TEST_CASE(a_factor_close_to_one_comes_to_the_end_too)
{
    poll_backoff backoff(1us, 1.000001, 1us);
    BOOST_TEST((backoff.next(0) == 1us));
    poll_backoff slow(1ms, 1.01, 2ms);
    auto last = 0ns;
    for (int i = 0; i < 100; ++i) {
        last = slow.next(0);
    }
    BOOST_TEST((last == 2ms));
}

BOOST_AUTO_TEST_CASE(pauses_do_not_overflow)
{
    poll_backoff backoff(1h, 1000, 1h);
    for (int i = 0; i < 1000; ++i) {
        BOOST_TEST((backoff.next(0) == 1h));
    }
}

BOOST_AUTO_TEST_SUITE_END()
