// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "rendezvous.hpp"

#include "decisions.hpp"
#include "run_errors.hpp"
#include "wait_clock.hpp"

#include <testmon/xdist_coordination/coordination_error.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace testmon::xdist_coordination
{

namespace
{

std::string list_of(std::vector<std::string> const& names)
{
    constexpr std::size_t most = 20;
    std::string result;
    for (std::size_t i = 0; i < std::min(names.size(), most); ++i) {
        result += (i == 0 ? "" : ", ") + names[i];
    }
    return names.size() > most ? result + " and " + std::to_string(names.size() - most) + " more" : result;
}

// One controller's wait for its workers: what it has seen so far, and what follows from it.
class rendezvous
{
  public:
    rendezvous(backend& where, std::size_t expected, wait_for_workers_options const& options)
        : where_(where), options_(options), clock_(where, options.timeout),
          observer_(where.observe(backend::side::controller, true))
    {
        facts_.expected = expected;
    }

    std::size_t run()
    {
        // Without a publication there is nothing to listen at, and no directory to make.
        if (!where_.observe(backend::side::controller, false)->published()) {
            throw_not_published(where_.directory());
        }
        for (;;) {
            throw_if_cancelled(options_.cancellation, "the workers");
            observer_->listen();
            look();
            switch (decide_rendezvous(facts_)) {
            case controller_action::done:
                return facts_.acknowledged;
            case controller_action::fail_worker_died:
                report_dead_workers();
                break;
            case controller_action::fail_controller_died:
                throw_controller_died(where_.directory(), published_->controller.pid);
            case controller_action::fail_aborted:
                throw_aborted(where_.directory(), published_->state);
            case controller_action::fail_ended:
                throw_run_ended(where_.directory());
            case controller_action::wait:
                break;
            }
            if (clock_.is_over()) {
                throw_timed_out();
            }
            bool is_woken = false;
            do {
                is_woken = observer_->sleep_until(clock_.next_look(), options_.cancellation, facts_.expected);
                // A poll that finds nothing new is not worth a look.
            } while (!is_woken && !clock_.is_over() && !observer_->may_have_changed());
            if (is_woken) {
                clock_.reset();
            }
        }
    }

  private:
    void look()
    {
        observer_->begin_look();
        dead_.clear();
        ready_.clear();
        missing_.clear();
        published_ = observer_->published();
        if (published_ != nullptr && !run_id_) {
            run_id_ = published_->state.run_id();
        }
        if (published_ != nullptr && published_->state.run_id() != *run_id_) {
            published_ = nullptr; // another run, whose workers answer nobody here
        }
        facts_.published = published_ != nullptr;
        facts_.acknowledged = 0;
        if (published_ != nullptr) {
            facts_.is_abort = published_->state.is_abort();
            facts_.controller_is_dead = !published_->of_this_boot ||
                                        observer_->look_at(published_->controller) == process_liveness::dead;
            for (auto const& worker : observer_->workers(&published_->state)) {
                examine(worker);
            }
            facts_.acknowledged = ready_.size();
        }
        facts_.dead_workers = dead_.size();
        observer_->end_look();
        if (reported_ != facts_.acknowledged && options_.progress && facts_.published && !facts_.is_abort) {
            reported_ = facts_.acknowledged;
            clock_.reset();
            options_.progress({facts_.acknowledged, facts_.expected, missing_});
        }
    }

    void examine(worker_entry const& worker)
    {
        bool const can_die = !worker.left && worker.process.pid > 0;
        if (can_die && observer_->look_at(worker.process) == process_liveness::dead) {
            dead_.push_back(worker);
            return;
        }
        if (worker.acknowledged) {
            ready_.push_back(worker.id);
        } else if (!worker.left) {
            missing_.push_back(worker.id);
        }
    }

    // Each death is reported once: from then on the worker is missing, until it is started again.
    void report_dead_workers()
    {
        // Even after the time is over: a death is to be reported.
        constexpr auto shortest = std::chrono::milliseconds(20);
        auto const deadline = std::max(clock_.deadline(), where_.now() + shortest);
        auto const really_dead = where_.withdraw(dead_, published_->state, deadline);
        if (really_dead.empty()) {
            return; // started again in the very moment
        }
        error_details details = progress_details();
        details.message = really_dead.size() == 1 ? "worker " : "workers ";
        for (auto const& worker : really_dead) {
            details.dead.push_back({worker.id, worker.process.pid});
            details.message += (details.dead.size() == 1 ? "" : ", ") + worker.id + " (process " +
                               std::to_string(worker.process.pid) + ")";
        }
        details.message += " died before the rendezvous of " + std::to_string(facts_.expected) + " in " +
                           details.path + " was complete; a worker that means to end early leaves in order";
        throw_coordination_error(errc::worker_died, std::move(details));
    }

    [[noreturn]] void throw_timed_out() const
    {
        error_details details = progress_details();
        details.message = std::to_string(facts_.acknowledged) + " of " + std::to_string(facts_.expected) +
                          " workers acknowledged the state in " + details.path + " " + clock_.text();
        if (!ready_.empty()) {
            details.message += "; ready: " + list_of(ready_);
        }
        details.message += missing_.empty() ? "; the missing ones have not announced themselves"
                                            : "; missing: " + list_of(missing_);
        throw_coordination_error(errc::timed_out, std::move(details));
    }

    error_details progress_details() const
    {
        error_details details;
        details.path = where_.directory().native();
        details.acknowledged = ready_;
        details.missing = missing_;
        return details;
    }

    backend& where_;
    wait_for_workers_options const& options_;
    wait_clock clock_;
    std::unique_ptr<run_observer> observer_;
    rendezvous_facts facts_{};
    std::vector<worker_entry> dead_{};
    std::vector<std::string> ready_{};
    std::vector<std::string> missing_{};
    published_state const* published_ = nullptr; // as of the last look
    std::optional<std::string> run_id_{};        // of the run that is waited in, once it was seen
    std::optional<std::size_t> reported_{};
};

double in_seconds(std::int64_t nanoseconds)
{
    return static_cast<double>(nanoseconds) / 1e9;
}

bool same_status(coordination_status const& a, coordination_status const& b)
{
    return a.to_json() == b.to_json();
}

} // namespace

std::size_t wait_for_workers(backend& where, std::size_t count, wait_for_workers_options const& options)
{
    return rendezvous(where, count, options).run();
}

std::vector<std::string> ready_workers(backend& where)
{
    std::vector<std::string> result;
    auto const observer = where.observe(backend::side::controller, false);
    if (auto const* published = observer->published()) {
        for (auto const& worker : observer->workers(&published->state)) {
            if (worker.acknowledged) {
                result.push_back(worker.id);
            }
        }
    }
    return result;
}

coordination_status read_status(backend& where)
{
    coordination_status status;
    status.directory = where.directory().native();
    auto const observer = where.observe(backend::side::controller, false);
    auto const* published = observer->published(); // which looks at the directory, too
    auto const claim = observer->claim();
    if (published != nullptr) {
        auto const& state = published->state;
        coordination_status::controller_status controller;
        controller.pid = published->controller.pid;
        controller.liveness = published->of_this_boot ? published->liveness : process_liveness::dead;
        controller.published = true;
        controller.native = state.is_native();
        controller.since = state.timestamp();
        controller.generation = state.generation();
        controller.expected_workers = state.expected_workers();
        if (state.is_abort()) {
            controller.abort_reason = state.abort_reason();
        }
        status.controller = std::move(controller);
    } else if (claim) {
        coordination_status::controller_status controller;
        controller.pid = claim->controller.pid;
        controller.liveness = claim->liveness;
        controller.since = in_seconds(claim->claimed_at);
        status.controller = std::move(controller);
    }
    if (!status.controller) {
        return status;
    }
    for (auto const& worker : observer->workers(published == nullptr ? nullptr : &published->state)) {
        coordination_status::worker_status entry;
        entry.worker_id = worker.id;
        entry.pid = worker.process.pid;
        entry.liveness = probe(worker.process);
        entry.since = in_seconds(worker.since);
        entry.stage = worker.left           ? coordination_status::worker_stage::left
                      : worker.acknowledged ? coordination_status::worker_stage::ready
                                            : coordination_status::worker_stage::missing;
        status.acknowledged += worker.acknowledged ? 1U : 0U;
        status.workers.push_back(std::move(entry));
    }
    return status;
}

bool wait_for_change(backend& where, coordination_status const& seen, std::chrono::nanoseconds timeout,
                     wait_cancellation const* cancellation)
{
    wait_clock clock(where, timeout);
    auto const observer = where.observe(backend::side::controller, false);
    for (;;) {
        if (!same_status(read_status(where), seen)) {
            return true;
        }
        if (clock.is_over() || (cancellation != nullptr && cancellation->is_cancelled())) {
            return false;
        }
        observer->sleep_until(clock.next_look(), cancellation, 0);
    }
}

} // namespace testmon::xdist_coordination
