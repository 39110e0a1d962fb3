// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "claim_queue.hpp"

#include <algorithm>

namespace testmon::runner
{

claim_index claim_queue::add(claim const& value)
{
    auto const index = resources_.add(value);
    lanes_.resize(std::max<std::size_t>(lanes_.size(), index + 1));
    for (auto const lock : resources_.locks_of(index)) {
        waiting_for_lock_.resize(std::max<std::size_t>(waiting_for_lock_.size(), lock + 1));
    }
    return index;
}

void claim_queue::push(claim_index needs, group_index group)
{
    auto& same = lanes_[needs];
    if (!same.waits_for_lock && !same.groups.empty()) {
        ready_.erase({same.groups.top(), needs});
    }
    same.groups.push(group);
    if (!same.waits_for_lock) {
        ready_.emplace(same.groups.top(), needs);
    }
}

// They come back when the lock is released: to look at them each time would take too long.
void claim_queue::set_locked_aside()
{
    while (!ready_.empty()) {
        auto const needs = ready_.begin()->second;
        auto const lock = resources_.lock_in_use(needs);
        if (!lock) {
            return;
        }
        ready_.erase(ready_.begin());
        lanes_[needs].waits_for_lock = true;
        waiting_for_lock_[*lock].push_back(needs);
    }
}

std::optional<claim_index> claim_queue::next(std::uint32_t own_slots)
{
    set_locked_aside();
    if (ready_.empty() || !resources_.has_slots(ready_.begin()->second, own_slots)) {
        return std::nullopt;
    }
    return ready_.begin()->second;
}

bool claim_queue::is_open()
{
    set_locked_aside();
    return ready_.empty() && resources_.has_slots(plain_claim);
}

std::optional<claim_queue::group_index> claim_queue::top(claim_index needs) const
{
    auto const& groups = lanes_[needs].groups;
    return groups.empty() ? std::nullopt : std::optional(groups.top());
}

void claim_queue::pop(claim_index needs)
{
    auto& groups = lanes_[needs].groups;
    ready_.erase({groups.top(), needs});
    groups.pop();
    if (!groups.empty()) {
        ready_.emplace(groups.top(), needs);
    }
}

void claim_queue::release(claim_index needs)
{
    resources_.release(needs);
    for (auto const lock : resources_.locks_of(needs)) {
        for (auto const waiting : std::exchange(waiting_for_lock_[lock], {})) {
            lanes_[waiting].waits_for_lock = false;
            ready_.emplace(lanes_[waiting].groups.top(), waiting);
        }
    }
}

} // namespace testmon::runner
