// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "test_path.hpp"
#include "test_run_impl.hpp"
#include "worker_text.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <csignal>
#include <utility>

namespace testmon::runner
{

void test_run::impl::on_room(worker_index)
{
    guarded([this] { feed_all(); });
}

void test_run::impl::feed_all()
{
    if (!schedule_ || ending_) {
        return;
    }
    for (worker_index i = 0; i < slots_.size(); ++i) {
        feed(i);
    }
    for (worker_index i = 0; i < slots_.size(); ++i) {
        if (is_idle(slots_[i])) {
            steal_for(i);
        }
    }
    if (schedule_->is_done()) {
        feed_alone();
    } else if (stands_still() && !replace_put_off()) {
        fail("nobody is left for the tests of a worker that was lost: " + last_loss_);
    }
}

// Tests that only one worker may run are left, and it is no more, or not yet again.
bool test_run::impl::stands_still() const
{
    return skips_due_ == 0 && std::all_of(slots_.begin(), slots_.end(), [](slot const& at) {
               bool const has_nothing = is_idle(at) && at.process->has_room();
               return !at.is_alive || has_nothing;
           });
}

bool test_run::impl::is_idle(slot const& at)
{
    return at.is_alive && at.has_gone && !at.is_retiring && at.held == 0;
}

void test_run::impl::feed(worker_index index)
{
    auto& at = slots_[index];
    while (at.is_alive && at.has_gone && !at.is_retiring && at.process->has_room()) {
        auto tests = schedule_->take(index);
        if (tests.empty()) {
            return;
        }
        hand_out(index, std::move(tests));
    }
}

void test_run::impl::hand_out(worker_index index, std::vector<test_index> tests)
{
    slots_[index].held += tests.size();
    if (!unmet_.empty()) { // Boost.Test knows only of what has run in the same process
        tests.erase(std::remove_if(tests.begin(), tests.end(),
                                   [&](test_index test) { return skip_for_dependency(index, test); }),
                    tests.end());
    }
    if (tests.empty()) {
        return;
    }
    slots_[index].process->run(tests);
    if (kind_ == worker_kind::batches) {
        take_part(index); // there is a new process
    }
}

bool test_run::impl::skip_for_dependency(worker_index index, test_index test)
{
    for (auto const& path : tests_[test].test.depends_on) {
        auto const found = unmet_.find(path);
        if (found == unmet_.end()) {
            continue;
        }
        bool const is_left_out = found->second == verdict::not_run;
        if (!is_left_out) {
            note_for_dependents(test, verdict::skipped); // which may be handed out with it
        }
        auto const* const what = is_left_out                         ? "\" is disabled"
                                 : found->second == verdict::skipped ? "\" was skipped"
                                                                     : "\" has failed";
        skip_soon(index, test, "dependency \"" + path + what);
        return true;
    }
    return false;
}

// Not while tests are being handed out.
void test_run::impl::skip_soon(worker_index index, test_index test, std::string const& why)
{
    attempt_result attempt;
    attempt.test = test;
    attempt.worker = index;
    attempt.outcome = database::outcome::skipped;
    attempt.reason = why;
    attempt.started =
        std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
    ++skips_due_;
    boost::asio::post(context_, [this, index, attempt]() mutable {
        --skips_due_;
        tell_begun(index, attempt.test); // it counts in a replay
        on_finished(index, std::move(attempt));
    });
}

void test_run::impl::steal_for(worker_index idle)
{
    auto const wanted = schedule_->victim_for(idle);
    if (!wanted) {
        return;
    }
    auto const revoked = slots_[wanted->worker].process->revoke(wanted->first);
    give_back(wanted->worker, revoked);
    if (!revoked.empty()) {
        feed(idle);
    }
}

void test_run::impl::give_back(worker_index index, std::vector<test_index> const& tests)
{
    for (auto const test : tests) {
        if (is_alone_) {
            is_alone_ = false;
            alone_.push_front(test);
        } else {
            schedule_->give_back(index, test);
        }
    }
    slots_[index].held -= std::min(slots_[index].held, tests.size());
}

// The last attempts of tests that failed beside others: each while nothing else runs. Then all is done.
void test_run::impl::feed_alone()
{
    auto const busy = std::any_of(slots_.begin(), slots_.end(), [](slot const& at) { return at.held != 0; });
    if (busy || skips_due_ != 0) {
        return;
    }
    if (alone_.empty()) {
        stop(run_end::complete);
        return;
    }
    auto const free = std::find_if(slots_.begin(), slots_.end(),
                                   [](slot const& at) { return is_idle(at) && at.process->has_room(); });
    if (free != slots_.end()) {
        auto const test = alone_.front();
        alone_.pop_front();
        is_alone_ = true;
        hand_out(static_cast<worker_index>(free - slots_.begin()), {test});
    }
}

void test_run::impl::on_process_begins(worker_index worker)
{
    slots_[worker].limit.reset();
    slots_[worker].is_signal_late = false;
}

void test_run::impl::on_started(worker_index worker, test_index test)
{
    guarded([&] {
        auto& at = slots_[worker];
        bool const has_sent = at.limit && at.limit->has_sent_signal();
        // What has killed the process while a fixture was set up, was for the test that it was set up for.
        bool const was_for_it = has_sent && !at.running && at.process->has_ended();
        at.is_signal_late |= has_sent && !was_for_it;
        if (!was_for_it) {
            at.limit.emplace(time_limit::phase::test, steady_clock::now(), settings_.timeout,
                             settings_.grace);
        }
        at.running = test;
        at.busy_since = at.busy_since.value_or(steady_clock::now());
        if (!is_alone_) {
            schedule_->started(worker, test);
        }
        tell_begun(worker, test);
    });
}

void test_run::impl::tell_begun(worker_index worker, test_index test)
{
    auto const attempt = is_each() ? 1 : attempts_[test] + 1;
    tell([&](run_listener& to) { to.test_started(worker, test, attempt); });
}

void test_run::impl::on_finished(worker_index worker, attempt_result&& attempt)
{
    guarded([&] {
        auto& at = slots_[worker];
        auto const test = attempt.test;
        bool const was_alone = std::exchange(is_alone_, false);
        at.busy_since.reset();
        // In batches, a test may have begun by the time that another is told to have ended.
        if (at.running == test) {
            at.running.reset();
            explain(at, attempt);
        }
        at.held -= std::min<std::size_t>(at.held, 1);
        bool const is_end_of_run =
            ending_ == run_end::interrupted && attempt.outcome == database::outcome::crashed;
        if (is_end_of_run || (at.is_signal_late && is_killed(attempt))) {
            note_unfinished(worker, test, was_alone);
            note_worked(at);
            return;
        }
        if (attempt.outcome == database::outcome::skipped && attempts_[test] != 0 && !is_each()) {
            attempt.outcome = database::outcome::failed; // as it has before
            attempt.reason = "the retry was skipped: " + attempt.reason;
        }
        attempt.attempt = ++attempts_[test];
        bool const failed = database::is_failure(attempt.outcome);
        attempt.is_retried = failed && !ending_ && !is_each() && attempts_[test] <= settings_.retries;
        hand_on(worker, attempt, was_alone);
        conclude(attempt, was_alone);
        note_worked(at);
        if (attempt.outcome == database::outcome::timed_out && at.is_alive) {
            retire(worker); // its test was left by a jump out of a signal handler
        }
        feed_all();
    });
}

// Makes the attempt a timed-out one if its time was over.
void test_run::impl::explain(slot& at, attempt_result& attempt)
{
    bool const is_over = attempt.outcome != database::outcome::crashed;
    if (is_over && kind_ == worker_kind::batches) {
        return; // it is told when its process has ended: the limit was that of what came after it
    }
    auto const limit = std::exchange(at.limit, std::nullopt);
    if (limit->has_sent_signal()) {
        at.is_signal_late |= is_over;
        attempt.outcome = database::outcome::timed_out;
        attempt.reason = limit->explanation(attempt.reason);
    }
}

// By what --timeout sends.
bool test_run::impl::is_killed(attempt_result const& attempt)
{
    auto const is_by = [&](int number) { return attempt.reason == describe_status(number); };
    return attempt.outcome == database::outcome::crashed && (is_by(SIGTERM) || is_by(SIGKILL));
}

// It was killed because the user had enough, or for another test's sake: it says nothing of the test.
void test_run::impl::note_unfinished(worker_index worker, test_index test, bool was_alone)
{
    if (was_alone) {
        alone_.push_front(test);
    } else {
        schedule_->give_back(worker, test);
    }
}

void test_run::impl::hand_on(worker_index worker, attempt_result const& attempt, bool was_alone)
{
    if (was_alone) {
        if (attempt.is_retried) {
            alone_.push_back(attempt.test);
        }
        return;
    }
    bool const is_last_retry = attempt.is_retried && attempts_[attempt.test] == settings_.retries;
    if (attempt.is_retried && !is_last_retry) {
        schedule_->give_back(worker, attempt.test);
        return;
    }
    schedule_->finished(worker, attempt.test, attempt.duration);
    if (is_last_retry) {
        alone_.push_back(attempt.test);
    }
}

void test_run::impl::conclude(attempt_result& attempt, bool was_alone)
{
    // The database tells the runs of a test apart by their numbers; those on other workers are no
    // retries.
    recorder_->add(attempt, tests_[attempt.test].database_id);
    attempt.attempt = is_each() ? 1 : attempt.attempt;
    tell([&](run_listener& to) { to.attempt_finished(attempt); });
    auto const before = verdicts_[attempt.test];
    if (attempt.is_retried) {
        verdicts_[attempt.test] = verdict_of(attempt); // unless the retry comes to something else
        return;
    }
    auto now = verdict_of(attempt);
    if (now == verdict::flaky && was_alone && settings_.workers > 1) {
        result_.passed_alone.push_back(attempt.test);
    }
    if (is_each()) {
        now = std::max(now, before, [](verdict a, verdict b) { return rank(a) < rank(b); });
    }
    verdicts_[attempt.test] = now;
    if (has_dependencies_ && !is_each() && is_failure(now)) {
        note_for_dependents(attempt.test, now);
    }
    if (is_failure(now) && !(is_each() && is_failure(before)) && ++failures_ == settings_.most_failures) {
        stop(run_end::max_failures);
    }
}

void test_run::impl::note_for_dependents(test_index test, verdict what)
{
    for_each_unit_of(tests_[test].test, [&](std::string_view path) {
        auto& unmet = unmet_[std::string(path)];
        unmet = is_failure(unmet) ? unmet : what;
    });
}

void test_run::impl::on_failure_outside_tests(worker_index worker, std::string const& text)
{
    guarded([&] {
        auto const& at = slots_[worker];
        bool const is_too_long = !at.running && at.limit && at.limit->has_sent_signal();
        fail_outside(worker, is_too_long ? at.limit->explanation(text) : text);
    });
}

void test_run::impl::on_notice(std::string const& text)
{
    guarded([&] { notice(text); });
}

void test_run::impl::fail_outside(worker_index worker, std::string const& text)
{
    result_.failed_outside_tests = true;
    // The same fixture may fail for each batch.
    if (told_outside_.emplace(worker, text).second) {
        tell([&](run_listener& to) { to.failed_outside_tests(worker, text); });
    }
}

} // namespace testmon::runner
