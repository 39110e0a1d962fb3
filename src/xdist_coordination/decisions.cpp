// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "decisions.hpp"

#include <algorithm>

namespace testmon::xdist_coordination
{

freshness judge_state(state_facts const& facts, std::chrono::nanoseconds max_age) noexcept
{
    if (!facts.of_this_boot) {
        return freshness::other_boot;
    }
    if (facts.controller == process_liveness::dead) {
        return freshness::controller_dead;
    }
    return facts.age > max_age ? freshness::too_old : freshness::fresh;
}

claim_action decide_claim(claim_facts const& facts, std::chrono::nanoseconds max_age) noexcept
{
    if (!facts.exists || !facts.of_this_boot) {
        return claim_action::take_over;
    }
    if (facts.is_own) {
        return claim_action::go_on;
    }
    switch (facts.controller) {
    case process_liveness::dead:
        return claim_action::take_over;
    case process_liveness::alive:
        return claim_action::refuse;
    case process_liveness::unknown:
        break;
    }
    return facts.age > max_age ? claim_action::take_over : claim_action::refuse;
}

worker_action decide_worker(worker_facts const& facts) noexcept
{
    if (facts.published && facts.is_abort) {
        if (facts.state == freshness::fresh ||
            (facts.abort_is_for_us && facts.state != freshness::other_boot)) {
            return worker_action::fail_aborted;
        }
    } else if (facts.published && facts.is_new && facts.state == freshness::fresh) {
        return worker_action::take;
    }
    if (facts.followed && facts.followed_is_dead) {
        return worker_action::fail_died;
    }
    if (facts.published && !facts.is_new && facts.state == freshness::controller_dead) {
        return worker_action::fail_died;
    }
    bool const had_a_run = facts.followed || !facts.is_new;
    return had_a_run && !facts.published && !facts.claimed ? worker_action::fail_ended : worker_action::wait;
}

controller_action decide_rendezvous(rendezvous_facts const& facts) noexcept
{
    if (!facts.published) {
        return controller_action::fail_ended;
    }
    if (facts.is_abort) {
        return controller_action::fail_aborted;
    }
    // Before the count: a worker that acknowledged and died is no part of the rendezvous.
    if (facts.dead_workers != 0) {
        return controller_action::fail_worker_died;
    }
    if (facts.acknowledged >= facts.expected) {
        return controller_action::done;
    }
    return facts.controller_is_dead ? controller_action::fail_controller_died : controller_action::wait;
}

poll_backoff::poll_backoff(std::chrono::nanoseconds first, double factor,
                           std::chrono::nanoseconds longest) noexcept
    : first_(std::min(first, longest)), factor_(factor), longest_(longest), current_(first_)
{
}

std::chrono::nanoseconds poll_backoff::next(double random) noexcept
{
    constexpr double most_off = 0.25;
    auto const scaled = [](std::chrono::nanoseconds duration, double factor) {
        return std::chrono::nanoseconds(
            static_cast<std::chrono::nanoseconds::rep>(static_cast<double>(duration.count()) * factor));
    };
    auto const pause = scaled(current_, 1 - most_off * std::clamp(random, 0.0, 1.0));
    // Compared as floating point: the product may be more than an integer holds.
    bool const at_the_end =
        static_cast<double>(current_.count()) * factor_ >= static_cast<double>(longest_.count());
    current_ = at_the_end ? longest_ : scaled(current_, factor_);
    return pause;
}

} // namespace testmon::xdist_coordination
