// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "worker_wait.hpp"

#include "decisions.hpp"
#include "run_errors.hpp"
#include "wait_clock.hpp"

#include <testmon/xdist_coordination/coordination_error.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace testmon::xdist_coordination
{

namespace
{

freshness judge(published_state const& published, std::chrono::nanoseconds max_age)
{
    return judge_state({published.of_this_boot, published.liveness, published.age}, max_age);
}

std::string describe(published_state const& published, freshness state)
{
    auto const controller = std::to_string(published.controller.pid);
    switch (state) {
    case freshness::controller_dead:
        return "its controller, process " + controller + ", is dead";
    case freshness::other_boot:
        return "it was published before this machine was booted";
    case freshness::too_old:
        return "it was published " +
               std::to_string(std::chrono::duration_cast<std::chrono::seconds>(published.age).count()) +
               " s ago, longer than TESTMON_XDIST_STATE_MAX_AGE allows";
    case freshness::fresh:
        break;
    }
    return "it is fresh";
}

// One worker's wait for its controller: what it has seen so far, and what follows from it.
class controller_wait
{
  public:
    controller_wait(backend& where, std::string_view worker_id, wait_for_controller_options const& options)
        : where_(where), worker_id_(worker_id), options_(options), clock_(where, options.timeout),
          observer_(where.observe(backend::side::worker, true))
    {
    }

    coordination_state run()
    {
        for (;;) {
            throw_if_cancelled(options_.cancellation, "the controller");
            observer_->listen();
            if (auto state = look(); state && accept(*state)) {
                return std::move(*state);
            }
            if (clock_.is_over()) {
                throw_timed_out();
            }
            bool is_woken = false;
            do {
                is_woken = observer_->sleep_until(clock_.next_look(), options_.cancellation, 0);
                // A poll that finds nothing new is not worth a look.
            } while (!is_woken && !clock_.is_over() && !observer_->may_have_changed());
            if (is_woken) {
                clock_.reset();
            }
        }
    }

  private:
    // Returns the state to take, if there is one.
    std::optional<coordination_state> look()
    {
        observer_->begin_look();
        auto const* published = observer_->published();
        worker_facts facts;
        facts.is_new = options_.after_generation == 0;
        if (published != nullptr) {
            facts.published = true;
            facts.state = judge(*published, where_.config().state_max_age);
            facts.is_abort = published->state.is_abort();
            facts.abort_is_for_us = published->state.published_since_boot() >= born_;
            bool const is_other_run =
                !options_.after_run_id.empty() && published->state.run_id() != options_.after_run_id;
            facts.is_new = is_other_run || published->state.generation() != options_.after_generation;
        }
        std::optional<run_claim> claim;
        bool const must_wait = !facts.published || facts.state != freshness::fresh || !facts.is_new;
        if (must_wait) {
            claim = observer_->claim();
            facts.claimed = claim.has_value();
            follow(published, facts, claim);
        }
        facts.followed = followed_.has_value();
        facts.followed_is_dead = followed_ && observer_->look_at(*followed_) == process_liveness::dead;
        observer_->end_look();

        switch (decide_worker(facts)) {
        case worker_action::take:
            return published->state;
        case worker_action::fail_aborted:
            throw_aborted(where_.directory(), published->state);
        case worker_action::fail_died:
            throw_controller_died(where_.directory(), followed_ ? followed_->pid : published->controller.pid);
        case worker_action::fail_ended:
            throw_run_ended(where_.directory());
        case worker_action::wait:
            break;
        }
        if (published != nullptr && facts.state != freshness::fresh) {
            pass_over(*published, facts.state);
        }
        if (claim && claim->liveness == process_liveness::alive && !announced_) {
            announce();
        }
        return std::nullopt;
    }

    // Tries for a moment only, and again at the next look: meanwhile the controller may die, or the wait be
    // cancelled.
    void announce()
    {
        constexpr auto moment = std::chrono::milliseconds(20);
        try {
            where_.announce(worker_id_, std::min(clock_.deadline(), where_.now() + moment));
            announced_ = true;
        } catch (coordination_timeout const& e) {
            where_.debug(e.what());
        }
    }

    // From the first sight of a living controller on, this worker waits on that one.
    void follow(published_state const* published, worker_facts const& facts,
                std::optional<run_claim> const& claim)
    {
        if (followed_) {
            return;
        }
        if (claim && claim->liveness == process_liveness::alive) {
            followed_ = claim->controller;
        } else if (facts.published && published->liveness == process_liveness::alive &&
                   facts.state == freshness::fresh) {
            followed_ = published->controller;
        }
    }

    void pass_over(published_state const& published, freshness state)
    {
        auto text = "passed over the state of generation " + std::to_string(published.state.generation()) +
                    ": " + describe(published, state);
        if (text != passed_over_) {
            passed_over_ = std::move(text);
            where_.debug(passed_over_);
        }
    }

    // Returns false if another state has been published meanwhile: it is looked at next.
    bool accept(coordination_state const& state)
    {
        if (!options_.acknowledge) {
            if (state.is_native()) {
                where_.announce(worker_id_, clock_.deadline());
            }
            return true;
        }
        try {
            where_.acknowledge(worker_id_, state, clock_.deadline());
        } catch (invalid_coordination_state const& e) {
            if (e.code() == errc::superseded) {
                return false;
            }
            throw;
        }
        return true;
    }

    [[noreturn]] void throw_timed_out() const
    {
        error_details details;
        details.path = where_.directory().native();
        details.pid = followed_ ? followed_->pid : 0;
        details.message = "worker " + worker_id_ + ": no controller published a " +
                          (options_.after_generation == 0 ? "" : "new ") + "state in " + details.path + " " +
                          clock_.text();
        if (followed_) {
            details.message += "; the controller is process " + std::to_string(followed_->pid);
        }
        if (!passed_over_.empty()) {
            details.message += "; " + passed_over_;
        }
        throw_coordination_error(errc::timed_out, std::move(details));
    }

    backend& where_;
    std::string worker_id_;
    wait_for_controller_options const& options_;
    wait_clock clock_;
    std::unique_ptr<run_observer> observer_;
    std::int64_t born_ = ticks_to_nanoseconds(where_.participant().start_time);
    std::optional<process_identity> followed_{};
    std::string passed_over_{};
    bool announced_ = false;
};

} // namespace

void require_valid_worker_id(std::string_view worker_id)
{
    if (is_valid_id(worker_id)) {
        return;
    }
    error_details details;
    details.message =
        "the worker id is \"" + printable(worker_id) + "\"; allowed is [A-Za-z0-9][A-Za-z0-9_.-]{0,63}";
    throw_coordination_error(errc::invalid_argument, std::move(details));
}

coordination_state wait_for_controller(backend& where, std::string_view worker_id,
                                       wait_for_controller_options const& options)
{
    require_valid_worker_id(worker_id);
    return controller_wait(where, worker_id, options).run();
}

coordination_state read_controller_state(backend& where)
{
    auto const observer = where.observe(backend::side::worker, false);
    auto const* published = observer->published();
    if (published == nullptr) {
        throw_not_published(where.directory());
    }
    if (published->state.is_abort()) {
        throw_aborted(where.directory(), published->state);
    }
    auto const state = judge(*published, where.config().state_max_age);
    if (state == freshness::controller_dead) {
        throw_controller_died(where.directory(), published->controller.pid);
    }
    if (state != freshness::fresh) {
        error_details details;
        details.path = where.directory().native();
        details.pid = published->controller.pid;
        details.message = "the state in " + details.path + " is stale: " + describe(*published, state);
        throw_coordination_error(errc::stale_state, std::move(details));
    }
    return published->state;
}

} // namespace testmon::xdist_coordination
