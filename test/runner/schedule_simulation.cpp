// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "schedule_simulation.hpp"

#include "runner/claim.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <random>

namespace testmon::test
{

using namespace runner;
using std::chrono::nanoseconds;

namespace
{

class simulation
{
  public:
    simulation(schedule& tested, simulated_world const& world)
        : tested_(tested), world_(world), random_(world.seed), workers_(world.workers)
    {
        for (auto const& item : world.tests) {
            claims_.push_back(claim_of(item.test));
        }
    }

    simulated_run run()
    {
        do {
            supply_all();
            start_all();
            expect(is_stopped_ || tested_.is_done() == (result_.ends.size() == world_.total),
                   "is_done is wrong");
        } while (result_.trouble.empty() && end_next());
        expect(tested_.is_done(), "the run stands still");
        expect(tested_.time_left(std::vector<nanoseconds>(workers_.size())) == nanoseconds(0),
               "there is time left after the end");
        result_.makespan = now_;
        return std::move(result_);
    }

  private:
    struct handed_out {
        test_index test = 0;
        std::size_t batch = 0;
    };

    struct worker_state {
        std::deque<handed_out> tests{}; // the first one runs if `ends` is set
        nanoseconds started{};
        std::optional<nanoseconds> ends{};
    };

    void expect(bool is_right, std::string const& otherwise)
    {
        if (!is_right && result_.trouble.empty()) {
            result_.trouble = otherwise + " after " + std::to_string(result_.ends.size()) + " tests";
        }
    }

    bool happens(unsigned percent) { return random_() % 100 < percent; }

    void supply_all()
    {
        // Twice: what one gives back may be for another that was asked before.
        for (int round = 0; round < 2; ++round) {
            for (worker_index i = 0; i < workers_.size(); ++i) {
                supply(i);
            }
        }
    }

    void supply(worker_index index)
    {
        if (take(index) || !workers_[index].tests.empty()) {
            return;
        }
        auto const taken_back = tested_.victim_for(index);
        if (!taken_back) {
            return;
        }
        ++result_.revocations;
        auto& tests = workers_[taken_back->worker].tests;
        auto const first = std::find_if(tests.begin(), tests.end(),
                                        [&](auto const& one) { return one.test == taken_back->first; });
        expect(first != tests.end(), "a test is taken back from a worker that does not have it");
        expect(first != tests.begin(), "a worker is left without any test");
        std::deque<handed_out> const given_back(first, tests.end());
        tests.erase(first, tests.end());
        for (auto const& one : given_back) {
            tested_.give_back(taken_back->worker, one.test);
        }
        expect(take(index), "nothing is there for the worker for which tests were taken back");
    }

    bool take(worker_index index)
    {
        auto const batch = tested_.take(index);
        expect(!is_stopped_ || batch.empty(), "a test is handed out after the stop");
        for (auto const test : batch) {
            workers_[index].tests.push_back({test, result_.batches});
            for (auto const& lock : claims_[test].locks) {
                expect(is_free_of(lock, index), "two workers have tests with the lock " + lock);
            }
        }
        result_.batches += batch.empty() ? 0 : 1;
        return !batch.empty();
    }

    bool is_free_of(std::string const& lock, worker_index except) const
    {
        for (worker_index i = 0; i < workers_.size(); ++i) {
            for (auto const& one : workers_[i].tests) {
                auto const& locks = claims_[one.test].locks;
                if (i != except && std::find(locks.begin(), locks.end(), lock) != locks.end()) {
                    return false;
                }
            }
        }
        return true;
    }

    void start_all()
    {
        std::uint32_t slots = 0;
        for (worker_index i = 0; i < workers_.size(); ++i) {
            auto& worker = workers_[i];
            if (!worker.ends && !worker.tests.empty()) {
                worker.started = now_;
                worker.ends = now_ + world_.durations[worker.tests.front().test];
                tested_.started(i, worker.tests.front().test);
            }
            if (worker.ends) {
                slots += std::min(claims_[worker.tests.front().test].slots, world_.workers);
            }
        }
        expect(slots <= world_.workers, "more slots are in use than there are");
    }

    bool end_next()
    {
        auto const ends = [](worker_state const& worker) { return worker.ends.value_or(nanoseconds::max()); };
        auto const next = std::min_element(workers_.begin(), workers_.end(),
                                           [&](auto const& a, auto const& b) { return ends(a) < ends(b); });
        if (!next->ends) {
            return false;
        }
        now_ = *next->ends;
        if (!is_stopped_ && world_.stop_at && now_ >= *world_.stop_at) {
            tested_.stop();
            is_stopped_ = true;
        }
        auto const index = static_cast<worker_index>(std::distance(workers_.begin(), next));
        auto const done = next->tests.front();
        next->tests.pop_front();
        next->ends.reset();
        if (happens(world_.percent_retried)) {
            tested_.give_back(index, done.test);
        } else {
            tested_.finished(index, done.test, now_ - next->started);
            result_.ends.push_back({done.test, index, done.batch, next->started, now_});
        }
        if (happens(world_.percent_lost)) {
            for (auto const& one : next->tests) {
                tested_.give_back(index, one.test);
            }
            next->tests.clear();
        }
        return true;
    }

    schedule& tested_;
    simulated_world const& world_;
    std::mt19937 random_;
    std::vector<claim> claims_{};
    std::vector<worker_state> workers_;
    nanoseconds now_{};
    bool is_stopped_ = false;
    simulated_run result_{};
};

} // namespace

simulated_run simulate(schedule& schedule, simulated_world const& world)
{
    return simulation(schedule, world).run();
}

} // namespace testmon::test
