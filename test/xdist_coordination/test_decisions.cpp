// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "xdist_coordination/decisions.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace testmon::xdist_coordination;
using namespace std::chrono_literals;

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
    for (int bits = 0; bits < 1 << 5; ++bits) {
        rendezvous_facts facts;
        facts.published = (bits & 1) != 0;
        facts.is_abort = (bits & 2) != 0;
        facts.controller_is_dead = (bits & 4) != 0;
        facts.dead_workers = (bits & 8) != 0 ? 1 : 0;
        facts.expected = 3;
        facts.acknowledged = (bits & 16) != 0 ? 3 : 2;
        auto const expected = !facts.published           ? controller_action::fail_ended
                              : facts.is_abort           ? controller_action::fail_aborted
                              : facts.dead_workers != 0  ? controller_action::fail_worker_died
                              : facts.acknowledged == 3  ? controller_action::done
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

BOOST_AUTO_TEST_CASE(pauses_do_not_overflow)
{
    poll_backoff backoff(1h, 1000, 1h);
    for (int i = 0; i < 1000; ++i) {
        BOOST_TEST((backoff.next(0) == 1h));
    }
}

BOOST_AUTO_TEST_SUITE_END()
