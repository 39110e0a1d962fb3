// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "distributing_schedule.hpp"

#include "claim_queue.hpp"
#include "grouping.hpp"
#include "replay_schedule.hpp"
#include "workload.hpp"

#include <algorithm>
#include <list>
#include <utility>

namespace testmon::runner
{

namespace
{

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// Small batches cost time, and a worker that got too much keeps others waiting at the end.
struct batch_limits {
    nanoseconds longest;
    nanoseconds shortest;
    std::uint32_t most_unknown;
    std::uint32_t first_unknown; // as long as nothing is known: one part in so many of what a worker will
                                 // get; 0: one test
};

batch_limits limits_for(std::optional<nanoseconds> process_start)
{
    if (!process_start) {
        return {20ms, 500us, 64, 0};
    }
    // The start is paid for each batch: the tests of one shall take longer.
    auto const shortest = std::max<nanoseconds>(50ms, 2 * *process_start);
    return {std::max<nanoseconds>(2s, shortest), shortest, 100'000, 8};
}

// A worker with no more than this left gets its next batch in advance.
constexpr nanoseconds short_of_work = 5ms;

class distributing_schedule final : public schedule
{
  public:
    distributing_schedule(std::vector<test_item> const& items, std::vector<test_index> const& order,
                          schedule_settings const& settings)
        : settings_(settings), limits_(limits_for(settings.process_start)), queue_(settings.workers),
          tests_(items.size()), workers_(settings.workers)
    {
        for (auto const index : order) {
            tests_[index].load = workload_of(items[index].expected);
            waiting_ += tests_[index].load;
        }
        if (auto const known = waiting_.tests - waiting_.unknown; known != 0) {
            mean_of_history_ = waiting_.known / known;
        }
        for (auto& grouped : group_tests(items, order, settings)) {
            auto const index = static_cast<group_index>(groups_.size());
            auto& group = groups_.emplace_back();
            group.needs = queue_.add(grouped.needs);
            group.tests = std::move(grouped.tests);
            group.waiting_end = static_cast<std::uint32_t>(group.tests.size());
            for (std::uint32_t i = 0; i < group.waiting_end; ++i) {
                auto& test = tests_[group.tests[i]];
                test.group = index;
                test.place = i;
                test.is_waiting = true;
                group.waiting += test.load;
            }
            queue_.push(group.needs, index);
        }
    }

    std::vector<test_index> take(worker_index index) override
    {
        auto& worker = workers_[index];
        bool const is_idle = worker.groups.empty();
        if (is_stopped_ || (!is_idle && !is_short_of_work(worker))) {
            return {};
        }
        auto const needs = queue_.next(is_idle ? 0 : 1);
        // A claim is held from the start of a batch to its end; one that is in the future is not made.
        if (!needs || (!is_idle && *needs != plain_claim)) {
            return {};
        }
        if (is_idle) {
            queue_.acquire(*needs);
            worker.holds = *needs;
        }
        auto const longest = longest_batch();
        std::vector<test_index> batch;
        workload load{};
        for (auto group = queue_.top(*needs); group; group = next_of_batch(*needs, load, longest)) {
            queue_.pop(*needs);
            load += groups_[*group].waiting;
            hand_out(worker, *group, batch);
        }
        return batch;
    }

    std::optional<revocation> victim_for(worker_index idle) override
    {
        if (settings_.mode != distribution::worksteal || is_stopped_ || !workers_[idle].groups.empty() ||
            !queue_.is_open()) {
            return std::nullopt;
        }
        std::optional<revocation> best;
        nanoseconds longest(-1);
        for (worker_index i = 0; i < workers_.size(); ++i) {
            auto const load = not_begun_by(workers_[i]);
            // However short they are said to be: the one before them may turn out to be long.
            if (load.tests != 0 && estimate_.of(load) > longest) {
                longest = estimate_.of(load);
                best = revocation{i, first_of_half(workers_[i], longest)};
            }
        }
        return best;
    }

    void started(worker_index, test_index test) override { groups_[tests_[test].group].is_begun = true; }

    void finished(worker_index worker, test_index test, nanoseconds duration) override
    {
        if (tests_[test].load.unknown != 0) {
            estimate_.learn(duration);
        }
        groups_[tests_[test].group].is_begun = true;
        let_go(workers_[worker], test);
    }

    void give_back(worker_index worker, test_index index) override
    {
        auto& test = tests_[index];
        auto& group = groups_[test.group];
        test.is_waiting = true;
        group.waiting += test.load;
        waiting_ += test.load;
        group.waiting_begin = std::min(group.waiting_begin, test.place);
        group.waiting_end = std::max(group.waiting_end, test.place + 1);
        let_go(workers_[worker], index);
    }

    void stop() override { is_stopped_ = true; }

    bool is_done() const override { return left().tests == 0; }

    std::optional<nanoseconds> time_left(std::vector<nanoseconds> const& busy) const override
    {
        if (!mean_of_history_ && !estimate_.covers(left())) {
            return std::nullopt;
        }
        auto const guess = mean_of_history_.value_or(0ns);
        auto of_all = estimate_.of(left(), guess);
        nanoseconds longest(0);
        for (std::size_t i = 0; i < workers_.size(); ++i) {
            auto const held = estimate_.of(workers_[i].held, guess);
            auto const done = std::min(busy[i], held);
            of_all -= done;
            longest = std::max(longest, held - done);
        }
        return std::max(longest, of_all / settings_.workers);
    }

  private:
    using group_index = claim_queue::group_index;

    struct test_state {
        workload load{};
        group_index group = 0;
        std::uint32_t place = 0; // in the group
        bool is_waiting = false;
    };

    // One worker at a time has tests of it: what was given back waits until that one has done its part.
    struct group_state {
        std::vector<test_index> tests{};
        claim_index needs = plain_claim;
        std::uint32_t waiting_begin = 0; // all that wait are in this part of `tests`
        std::uint32_t waiting_end = 0;
        workload waiting{};
        workload held{};
        // Of the worker that holds it:
        test_index first = 0;
        bool is_begun = false;
        std::list<group_index>::iterator in_hand{};
    };

    struct worker_state {
        std::list<group_index> groups{}; // with unfinished tests, in the order in which it got them
        workload held{};
        claim_index holds = plain_claim; // while there are groups
    };

    // So that those at the end even out what the ones before did not.
    nanoseconds longest_batch() const
    {
        if (settings_.workers == 1) {
            return limits_.longest;
        }
        // Processes start beside each other: none shall be spared by leaving its worker without tests.
        auto const share = estimate_.of(waiting_) / settings_.workers;
        auto const shortest = std::min(limits_.shortest, std::max<nanoseconds>(share, 50ms));
        return std::clamp(share / 2, shortest, limits_.longest);
    }

    // No more than a worker has run of them on average: if these were short, a batch that is not can be wrong
    // by as much as has passed.
    std::uint32_t most_unknown() const
    {
        auto const share = limits_.first_unknown * settings_.workers;
        auto const first = share == 0 ? 1 : waiting_.unknown / share;
        return std::clamp(std::max(estimate_.learned() / settings_.workers, first), 1U, limits_.most_unknown);
    }

    // One batch in advance, not many small ones.
    bool is_short_of_work(worker_state const& worker) const
    {
        return worker.holds == plain_claim && estimate_.covers(worker.held) &&
               worker.held.unknown <= most_unknown() &&
               estimate_.of(worker.held) <= std::min(short_of_work, longest_batch());
    }

    std::optional<group_index> next_of_batch(claim_index needs, workload const& batch,
                                             nanoseconds longest) const
    {
        auto const next = queue_.top(needs);
        if (!next || (settings_.keep_order && !queue_.is_most_urgent(needs))) {
            return std::nullopt;
        }
        auto const load = batch + groups_[*next].waiting;
        return estimate_.of(load) <= longest && load.unknown <= most_unknown() ? next : std::nullopt;
    }

    void hand_out(worker_state& worker, group_index index, std::vector<test_index>& batch)
    {
        auto& group = groups_[index];
        auto const first = batch.size();
        for (auto i = group.waiting_begin; i < group.waiting_end; ++i) {
            if (std::exchange(tests_[group.tests[i]].is_waiting, false)) {
                batch.push_back(group.tests[i]);
            }
        }
        group.waiting_begin = static_cast<std::uint32_t>(group.tests.size());
        group.waiting_end = 0;
        group.held = std::exchange(group.waiting, {});
        group.first = batch[first];
        group.is_begun = false;
        group.in_hand = worker.groups.insert(worker.groups.end(), index);
        worker.held += group.held;
        held_ += group.held;
        waiting_ -= group.held;
    }

    void let_go(worker_state& worker, test_index index)
    {
        auto const& test = tests_[index];
        auto& group = groups_[test.group];
        group.held -= test.load;
        worker.held -= test.load;
        held_ -= test.load;
        if (group.held.tests != 0) {
            return;
        }
        worker.groups.erase(group.in_hand);
        if (worker.groups.empty()) {
            queue_.release(worker.holds);
        }
        if (group.waiting.tests != 0) {
            queue_.push(group.needs, test.group);
        }
    }

    // What the worker will not begin in a moment, whole groups only.
    workload not_begun_by(worker_state const& worker) const
    {
        if (worker.groups.empty() || worker.holds != plain_claim) {
            return {};
        }
        auto load = worker.held;
        auto group = worker.groups.begin();
        do {
            load -= groups_[*group].held;
            ++group;
        } while (group != worker.groups.end() && groups_[*group].is_begun);
        return load;
    }

    // If it were all, the worker would soon be idle and take it back in turn.
    test_index first_of_half(worker_state const& worker, nanoseconds all) const
    {
        auto group = worker.groups.end();
        workload half{};
        do {
            --group;
            half += groups_[*group].held;
        } while (2 * estimate_.of(half) < all);
        return groups_[*group].first;
    }

    workload left() const { return is_stopped_ ? held_ : held_ + waiting_; }

    schedule_settings settings_;
    batch_limits limits_;
    claim_queue queue_;
    std::vector<test_state> tests_; // by test_index
    std::vector<group_state> groups_{};
    std::vector<worker_state> workers_;
    workload waiting_{};
    workload held_{};
    duration_estimate estimate_{};
    std::optional<nanoseconds> mean_of_history_{}; // of a test of this run; none: all never ran
    bool is_stopped_ = false;
};

} // namespace

std::unique_ptr<schedule> distribute(std::vector<test_item> const& tests,
                                     std::vector<test_index> const& order, schedule_settings const& settings)
{
    if (settings.mode == distribution::each) {
        std::vector const all(settings.workers, order);
        return settings.process_start ? replay(all, tests, tests.size()) : replay(all, tests);
    }
    return std::make_unique<distributing_schedule>(tests, order, settings);
}

} // namespace testmon::runner
