// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "test_run_impl.hpp"
#include "worker_text.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace testmon::runner
{

void test_run::impl::note_worked(slot& at)
{
    at.has_worked = true;
    at.fruitless = 0;
    if (!std::exchange(has_any_worked_, true)) {
        replace_put_off();
    }
}

// Returns: false if there was none.
bool test_run::impl::replace_put_off()
{
    bool any = false;
    for (worker_index i = 0; i < slots_.size(); ++i) {
        if (slots_[i].is_put_off && !ending_) {
            any = true;
            replace(i);
        }
    }
    return any;
}

void test_run::impl::retire(worker_index index)
{
    auto& at = slots_[index];
    at.is_retiring = true;
    give_back(index, at.process->revoke(std::nullopt));
    at.process->finish();
}

void test_run::impl::on_ended(worker_index index, worker_end const& ended)
{
    guarded([&] {
        auto& at = slots_[index];
        auto end = ended;
        if (at.limit && at.limit->has_sent_signal()) {
            end.why = at.limit->explanation(end.why);
        }
        at.is_alive = at.has_gone = false;
        at.running.reset();
        at.busy_since.reset();
        at.limit.reset();
        auto const old = std::shared_ptr<worker>(std::move(at.process));
        boost::asio::post(context_, [old] {}); // this is called by it
        for (auto const& text : end.remarks) {
            notice(worker_name(index) + " " + text);
        }
        if (!is_prepared_ && !end.took_part && !ending_) {
            prepare_from_listing(static_cast<persistent_worker const&>(*old), end); // NOLINT
            return;
        }
        if (schedule_) {
            give_back(index, end.not_begun);
            at.held = 0;
        }
        bool const is_lost = !end.in_order || (!ending_ && !at.has_worked);
        if (is_lost) {
            lose(index, end);
        }
        if (!is_prepared_ && !ending_) {
            throw std::runtime_error(with_output(
                settings_.command.front() + " ended before it told its tests: " + end.why, end.output));
        }
        if (!ending_) {
            go_on_without(index, is_lost && !end.is_broken);
        }
        end_if_all_ended();
    });
}

void test_run::impl::lose(worker_index index, worker_end const& end)
{
    if (!is_started_ || (ending_ && interruptions_ != 0)) {
        return;
    }
    auto& at = slots_[index];
    tell([&](run_listener& to) { to.worker_lost(index, end.why); });
    last_loss_ = worker_name(index) + " " + end.why;
    if (end.in_test) {
        return;
    }
    // A sanitizer has found a leak after the last test, say, or the fixture of a suite could not be torn
    // down.
    auto const when = !at.has_worked        ? " before its first test"
                      : ending_.has_value() ? " after its last test"
                                            : " between two tests";
    last_loss_ += when;
    fail_outside(index, with_output(end.why + when, end.output));
}

// Another process takes the place of one that has ended, if there is something for it to do and that is
// allowed; or the other workers do without.
void test_run::impl::go_on_without(worker_index index, bool is_lost)
{
    auto& at = slots_[index];
    at.fruitless += at.has_worked ? 0 : 1;
    bool const is_needed = !schedule_->is_done() || !alone_.empty();
    auto const most = settings_.most_restarts.value_or(settings_.workers * 4);
    // What has failed twice, or for all that have tried, is not tried for ever.
    constexpr int most_fruitless = 2;
    bool const is_hopeless = at.fruitless >= most_fruitless;
    if (is_needed && !is_lost) {
        start_worker(index);
        tell_started(index);
    } else if (is_needed && !is_hopeless && result_.worker_restarts < most) {
        at.is_put_off = at.fruitless != 0 && !has_any_worked_ && is_any_alive();
        if (!at.is_put_off) {
            replace(index);
        }
    }
    if (is_any_alive()) {
        feed_all();
    } else if (!is_needed) {
        stop(run_end::complete);
    } else {
        fail(is_hopeless
                 ? "no worker can begin: " + last_loss_
                 : "no worker is left, after " + std::to_string(result_.worker_restarts) +
                       (result_.worker_restarts == 1 ? " was replaced: " : " were replaced: ") + last_loss_);
    }
}

void test_run::impl::replace(worker_index index)
{
    ++result_.worker_restarts;
    start_worker(index);
    tell_started(index);
}

bool test_run::impl::is_any_alive() const
{
    return std::any_of(slots_.begin(), slots_.end(), [](slot const& at) { return at.is_alive; });
}

} // namespace testmon::runner
