// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "descriptor_limit.hpp"
#include "test_command.hpp"
#include "test_run_impl.hpp"

#include <testmon/database/data_file.hpp>

#include <boost/asio/post.hpp>
#include <boost/filesystem/operations.hpp>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <sys/prctl.h>

namespace testmon::runner
{

namespace
{

constexpr std::chrono::milliseconds tick_interval{50};

xdist::xdist_config config_for(std::string const& run_id)
{
    auto config = xdist::xdist_config::from_environment();
    config.controller_precreation = true;
    config.run_id = run_id;
    return config;
}

} // namespace

test_run::impl::impl(run_settings settings, planner plan, std::vector<run_listener*> listeners)
    : settings_(std::move(settings)), plan_tests_(std::move(plan)), listeners_(std::move(listeners)),
      uuid_(to_string(boost::uuids::random_generator()())), config_(config_for(uuid_)),
      database_file_(boost::filesystem::absolute(database::data_file(settings_.root), settings_.root)),
      controller_(settings_.root, config_), directory_(settings_.keep_scratch), slots_(settings_.workers)
{
    raise_descriptor_limit();
    ::prctl(PR_SET_CHILD_SUBREAPER, 1); // for what a worker leaves that has killed its supervisor
    variables_.run_id = uuid_;
    variables_.coordination =
        boost::filesystem::absolute(config_.coordination_directory(settings_.root), settings_.root);
    variables_.database = database_file_;
    variables_.workers = settings_.workers;
    environment_.executable = settings_.command[executable_of(settings_.command)];
}

std::optional<run_result> test_run::impl::run()
{
    signals_.async_wait([this](auto const& error, int) { on_signal(error); });
    guarded([this] {
        prepare_resource();
        if (!ending_) {
            first_start_ = steady_clock::now();
            start_worker(0);
            past_ = settings_.only_lists ? read_history(database_file_, environment_)
                                         : controller_.read_ahead(environment_); // while the worker starts
        }
    });
    if (!ending_ && !failure_) {
        tick();
        context_.run();
    }
    end_everything();
    if (interruptions_ != 0) {
        // What is left to do is to say what came of the run. Who is impatient shall not miss that.
        ::sigset_t signals;
        ::sigemptyset(&signals);
        for (int const number : {SIGINT, SIGTERM, SIGHUP}) {
            ::sigaddset(&signals, number);
        }
        ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    }
    if (failure_) {
        std::rethrow_exception(failure_);
    }
    bool const has_result = is_started_ || ending_ == run_end::interrupted;
    return has_result ? std::optional(result_) : std::nullopt;
}

// ---- The end ----

void test_run::impl::stop(run_end why)
{
    if (ending_) {
        return;
    }
    ending_ = why;
    if (schedule_) {
        schedule_->stop();
    }
    for (worker_index i = 0; i < slots_.size(); ++i) {
        if (slots_[i].is_alive) {
            if (schedule_) {
                give_back(i, slots_[i].process->revoke(std::nullopt));
            }
            slots_[i].process->finish();
        }
    }
    alone_.clear();
    boost::asio::post(context_, [this] { end_if_all_ended(); });
}

void test_run::impl::end_if_all_ended()
{
    if (ending_ && !is_over_ && !is_any_alive()) {
        context_.stop(); // signals are still heard: the teardown can be interrupted
    }
}

void test_run::impl::fail(std::string const& what)
{
    trouble(what);
    stop(run_end::trouble);
}

void test_run::impl::on_signal(boost::system::error_code const& error)
{
    if (error) {
        return;
    }
    ++interruptions_;
    was_interrupted_ = was_interrupted_ || !is_over_;
    if (interruptions_ == 1) {
        wants_end_since_ = steady_clock::now();
        guarded([this] {
            stop(run_end::interrupted);
            if (is_started_) {
                notice("interrupted: the tests that run may end; a second signal kills them");
            }
        });
    } else {
        signal_all(SIGKILL);
    }
    signals_.async_wait([this](auto const& next, int) { on_signal(next); });
}

void test_run::impl::signal_all(int number)
{
    for (auto& at : slots_) {
        if (at.is_alive) {
            at.process->signal(number);
        }
    }
}

void test_run::impl::tick()
{
    timer_.expires_after(tick_interval);
    timer_.async_wait([this](boost::system::error_code const& error) {
        if (!error && !is_over_) {
            guarded([this] { on_tick(steady_clock::now()); });
            tick();
        }
    });
}

void test_run::impl::on_tick(steady_time now)
{
    for (auto& at : slots_) {
        if (at.is_alive) {
            at.process->listen(); // a test that hangs may have begun without a sound
        }
        if (at.is_alive) {
            mind_limit(at, now);
        }
    }
    end_what_goes_on(now);
    if (recorder_) {
        recorder_->record_some(now);
    }
    if (is_started_) {
        std::vector<std::chrono::nanoseconds> busy;
        for (auto const& at : slots_) {
            busy.push_back(now - at.busy_since.value_or(now));
        }
        auto const left = schedule_->time_left(busy);
        tell([&](run_listener& to) { to.tick(left); });
    }
}

void test_run::impl::mind_limit(slot& at, steady_time now)
{
    if (!at.running) {
        // It starts, sets up or tears down a fixture, or ends.
        bool const is_busy = !at.has_gone || at.process->is_at_work() || at.is_retiring || ending_;
        if (!is_busy) {
            at.limit.reset();
        } else if (!at.limit) {
            at.limit.emplace(time_limit::phase::around_tests, now, settings_.timeout, settings_.grace);
        }
    }
    if (auto const signal = at.limit ? at.limit->due_signal(now) : std::nullopt) {
        at.process->signal(*signal);
    }
}

// Once the run is interrupted: what runs may end; what has not ended by then is ended.
void test_run::impl::end_what_goes_on(steady_time now)
{
    if (!ending_ || (ending_ != run_end::interrupted && interruptions_ == 0 && is_started_)) {
        return;
    }
    if (!wants_end_since_) {
        wants_end_since_ = now;
    }
    auto const due =
        (now - *wants_end_since_) / std::max<std::chrono::nanoseconds>(settings_.grace, tick_interval);
    if (due >= 1 && !std::exchange(has_asked_for_end_, true)) {
        signal_all(SIGTERM);
    } else if (due >= 2) {
        signal_all(SIGKILL);
    }
}

void test_run::impl::end_everything()
{
    is_over_ = true;
    slots_.clear();
    std::exception_ptr failure;
    auto const attempt = [&](auto const& step) {
        try {
            step();
        } catch (...) {
            failure = failure ? failure : std::current_exception();
        }
    };
    if (!settings_.teardown.empty()) {
        interruptions_ = 0;
        context_.restart();
        attempt([&] {
            run_teardown(settings_.teardown, environment_with(variables_of_run(variables_)),
                         directory_.path() / "teardown", [this] { return keep_waiting(); });
        });
    }
    resource_.reset();
    attempt([&] {
        if (recorder_) {
            recorder_->record_all();
        }
    });
    recorder_.reset();
    attempt([&] { controller_.cleanup(); });
    if (failure) {
        try {
            std::rethrow_exception(failure);
        } catch (std::exception const& e) {
            trouble(e.what());
        }
    }
    if (is_started_) {
        conclude_run();
    } else if (ending_ == run_end::interrupted) {
        result_.end = run_end::interrupted;
    } else if (!failure_ && !result_.trouble.empty()) {
        throw std::runtime_error(result_.trouble);
    }
}

void test_run::impl::conclude_run()
{
    result_.end = result_.trouble.empty() ? ending_.value_or(run_end::complete) : run_end::trouble;
    if (ending_ == run_end::interrupted || was_interrupted_) {
        result_.end = run_end::interrupted;
    }
    result_.wall_time = steady_clock::now() - began_;
    for (auto const test : overview_.selected) {
        result_.verdicts.push_back(verdicts_[test]);
    }
    for (auto* const to : listeners_) {
        to->run_finished(result_);
    }
}

void test_run::impl::notice(std::string const& text)
{
    tell([&](run_listener& to) { to.notice(text); });
}

test_run::test_run(run_settings settings, planner plan, std::vector<run_listener*> listeners)
    : impl_(std::make_unique<impl>(std::move(settings), std::move(plan), std::move(listeners)))
{
}

test_run::~test_run() = default;

std::optional<run_result> test_run::run()
{
    return impl_->run();
}

} // namespace testmon::runner
