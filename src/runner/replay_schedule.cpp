// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "replay_schedule.hpp"

#include "claim.hpp"
#include "workload.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

namespace testmon::runner
{

namespace
{

using std::chrono::nanoseconds;

class replay_schedule final : public schedule
{
  public:
    replay_schedule(std::vector<std::vector<test_index>> per_worker, std::vector<test_item> const& items,
                    std::size_t most_in_batch)
        : most_in_batch_(most_in_batch), resources_(static_cast<std::uint32_t>(per_worker.size())),
          workers_(per_worker.size())
    {
        for (std::size_t i = 0; i < workers_.size(); ++i) {
            workers_[i].list = std::move(per_worker[i]);
            for (auto const index : workers_[i].list) {
                workers_[i].waiting += add(index, items).load;
            }
        }
    }

    std::vector<test_index> take(worker_index index) override
    {
        auto& worker = workers_[index];
        bool const is_idle = worker.held.empty();
        // Nothing is won by more than one in advance, and it would be run in spite of a stop.
        if (is_stopped_ || worker.held.size() > 1 || worker.waiting.tests == 0) {
            return {};
        }
        auto const needs = tests_[worker.list[next_place(worker)]].needs;
        if (is_idle) {
            if (resources_.lock_in_use(needs) || !resources_.has_slots(needs)) {
                return {};
            }
            resources_.acquire(needs);
            worker.holds = needs;
        } else if (worker.holds != plain_claim || needs != plain_claim) {
            return {};
        }
        std::vector<test_index> batch;
        do {
            auto const next = next_place(worker);
            if (worker.given_back.erase(next) == 0) {
                ++worker.next;
            }
            worker.held.push_back(next);
            batch.push_back(worker.list[next]);
            worker.waiting -= tests_[batch.back()].load;
            worker.in_hand += tests_[batch.back()].load;
        } while (batch.size() < most_in_batch_ && worker.waiting.tests != 0 &&
                 tests_[worker.list[next_place(worker)]].needs == needs);
        return batch;
    }

    std::optional<revocation> victim_for(worker_index) override { return std::nullopt; }

    void started(worker_index, test_index) override {}

    void finished(worker_index index, test_index test, nanoseconds duration) override
    {
        if (tests_[test].load.unknown != 0) {
            estimate_.learn(duration);
        }
        let_go(workers_[index], test);
    }

    void give_back(worker_index index, test_index test) override
    {
        auto& worker = workers_[index];
        worker.given_back.insert(let_go(worker, test));
        worker.waiting += tests_[test].load;
    }

    void stop() override { is_stopped_ = true; }

    bool is_done() const override
    {
        return std::all_of(workers_.begin(), workers_.end(),
                           [this](auto const& worker) { return left_of(worker).tests == 0; });
    }

    std::optional<nanoseconds> time_left(std::vector<nanoseconds> const& busy) const override
    {
        nanoseconds longest(0);
        for (std::size_t i = 0; i < workers_.size(); ++i) {
            auto const left = left_of(workers_[i]);
            if (!estimate_.covers(left)) {
                return std::nullopt;
            }
            longest =
                std::max(longest, estimate_.of(left) - std::min(busy[i], estimate_.of(workers_[i].in_hand)));
        }
        return longest;
    }

  private:
    using place = std::size_t; // in the list of a worker

    struct test_state {
        workload load{};
        claim_index needs = plain_claim;
    };

    struct worker_state {
        std::vector<test_index> list{};
        place next = 0; // the first that was never handed out
        std::set<place> given_back{};
        std::vector<place> held{}; // few
        workload waiting{};
        workload in_hand{};
        claim_index holds = plain_claim; // while there are held ones
    };

    test_state const& add(test_index index, std::vector<test_item> const& items)
    {
        tests_.resize(std::max<std::size_t>(tests_.size(), index + std::size_t{1}));
        auto& test = tests_[index];
        if (test.load.tests == 0) {
            bool const is_known = index < items.size();
            test.load = workload_of(is_known ? items[index].expected : std::nullopt);
            test.needs = is_known ? resources_.add(claim_of(items[index].test)) : plain_claim;
        }
        return test;
    }

    static place next_place(worker_state const& worker)
    {
        return worker.given_back.empty() ? worker.next : *worker.given_back.begin();
    }

    place let_go(worker_state& worker, test_index test)
    {
        auto const found = std::find_if(worker.held.begin(), worker.held.end(),
                                        [&](place i) { return worker.list[i] == test; });
        auto const result = *found;
        worker.held.erase(found);
        worker.in_hand -= tests_[test].load;
        if (worker.held.empty()) {
            resources_.release(worker.holds);
        }
        return result;
    }

    workload left_of(worker_state const& worker) const
    {
        return is_stopped_ ? worker.in_hand : worker.in_hand + worker.waiting;
    }

    std::size_t most_in_batch_;
    resources resources_;
    std::vector<test_state> tests_{}; // by test_index
    std::vector<worker_state> workers_;
    duration_estimate estimate_{};
    bool is_stopped_ = false;
};

} // namespace

std::unique_ptr<schedule> replay(std::vector<std::vector<test_index>> per_worker,
                                 std::vector<test_item> const& tests, std::size_t most_in_batch)
{
    return std::make_unique<replay_schedule>(std::move(per_worker), tests, most_in_batch);
}

} // namespace testmon::runner
