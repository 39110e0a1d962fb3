// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_CLAIM_QUEUE_HPP
#define TESTMON_SRC_RUNNER_CLAIM_QUEUE_HPP

#include "claim.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <set>
#include <utility>
#include <vector>

namespace testmon::runner
{

/// Groups of tests that wait for a worker, the most urgent first: that with the lowest number.
class claim_queue
{
  public:
    using group_index = std::uint32_t;

    explicit claim_queue(std::uint32_t slots) : resources_(slots), lanes_(1) {}

    claim_index add(claim const& value);
    void push(claim_index needs, group_index group);

    /// Returns: the claim of the most urgent group that may begin. A group whose lock is in use lets others
    /// go first; one that needs more slots than are free does not, as small ones might keep it from ever
    /// beginning. `own_slots`: see `resources::has_slots`.
    std::optional<claim_index> next(std::uint32_t own_slots);
    /// Whether a group with a plain claim, if there was one, could begin and had nothing before it.
    bool is_open();

    /// The most urgent group with the claim; none: no group with it waits.
    std::optional<group_index> top(claim_index needs) const;
    /// Whether the most urgent group of all, apart from those seen to be locked, has the claim.
    bool is_most_urgent(claim_index needs) const { return ready_.begin()->second == needs; }
    void pop(claim_index needs);

    void acquire(claim_index needs) { resources_.acquire(needs); }
    void release(claim_index needs);

  private:
    // The groups with one and the same claim: they can or cannot begin all alike.
    struct lane {
        std::priority_queue<group_index, std::vector<group_index>, std::greater<>> groups{};
        bool waits_for_lock = false;
    };

    void set_locked_aside();

    resources resources_;
    std::vector<lane> lanes_;                                  // for each claim
    std::set<std::pair<group_index, claim_index>> ready_{};    // the first group of each lane not set aside
    std::vector<std::vector<claim_index>> waiting_for_lock_{}; // for each lock
};

} // namespace testmon::runner

#endif
