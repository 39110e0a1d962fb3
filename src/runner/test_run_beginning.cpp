// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "batch_worker.hpp"
#include "boost_test_arguments.hpp"
#include "distributing_schedule.hpp"
#include "replay_schedule.hpp"
#include "test_path.hpp"
#include "test_run_impl.hpp"
#include "worker_text.hpp"

#include "../xdist_coordination/process_identity.hpp"

#include <testmon/precreation/collect_tests.hpp>
#include <testmon/xdist_coordination/coordination_manager.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/range/adaptor/transformed.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <unistd.h>

namespace testmon::runner
{

namespace
{

std::string host_name()
{
    char name[256] = "";
    ::gethostname(name, sizeof name - 1);
    return name;
}

struct record_of {
    database::test_record const& operator()(test_item const& item) const { return item.test; }
};

std::string text_of(boost::filesystem::path const& file)
{
    std::ifstream in(file.native(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

void test_run::impl::prepare_resource()
{
    if (settings_.setup.empty()) {
        return;
    }
    boost::filesystem::create_directories(variables_.coordination);
    try {
        resource_.emplace(settings_.setup, environment_with(variables_of_run(variables_)),
                          directory_.path() / "setup", [this] { return keep_waiting(); });
    } catch (std::runtime_error const&) {
        if (interruptions_ == 0) {
            throw;
        }
    }
}

// Lets signals in. For what is waited for outside the event loop.
bool test_run::impl::keep_waiting()
{
    context_.poll();
    return interruptions_ == 0;
}

process_description test_run::impl::process_of(worker_index index, worker_directory const& directory)
{
    process_description what;
    what.command = settings_.command;
    what.output = directory.output();
    what.isolation = settings_.isolation;
    what.isolation.scratch = directory.path();
    if (settings_.worker_cwd) {
        what.working_directory = directory.scratch();
    }
    auto changes = variables_of_worker(variables_, index, directory.scratch());
    if (kind_ != worker_kind::batches) {
        what.command = without_report_sink(what.command);
        changes.merge(variables_of_persistent_worker(directory.path(), settings_.preload));
    }
    what.environment = environment_with(changes);
    return what;
}

void test_run::impl::start_worker(worker_index index)
{
    auto& at = slots_[index];
    auto name = worker_name(index);
    if (at.processes != 0) {
        name += "-" + std::to_string(at.processes + 1);
    }
    ++at.processes;
    at.has_gone = at.is_retiring = at.has_worked = at.is_put_off = at.is_signal_late = false;
    at.running.reset();
    at.limit.reset();
    worker_directory directory(directory_.path() / name);
    auto const process = process_of(index, directory);
    if (kind_ == worker_kind::batches) {
        at.process = std::make_unique<batch_worker>(context_, index, directory, process, tests_, *this);
        at.is_alive = true;
        acknowledge(index);
    } else {
        at.process =
            std::make_unique<persistent_worker>(context_, index, directory, process, tests_.empty(), *this);
        at.is_alive = true;
    }
}

void test_run::impl::tell_started(worker_index index)
{
    auto const pid = slots_[index].process->pid();
    tell([&](run_listener& to) { to.worker_started(index, pid); });
}

void test_run::impl::on_tree(worker_index worker, std::uint64_t hash, std::vector<test_item>&& tests)
{
    guarded([&] {
        if (!is_prepared_) {
            tree_hash_ = hash;
            auto const& first = static_cast<persistent_worker const&>(*slots_[worker].process); // NOLINT
            kind_ = first.is_preloaded() ? worker_kind::preloaded : worker_kind::linked;
            if (kind_ == worker_kind::preloaded) {
                why_not_better_ = "the worker is not linked into it";
            }
            prepare(std::move(tests));
            acknowledge(worker); // it begins while the others start
            start_others();
            return;
        }
        if (hash != tree_hash_) {
            fail(worker_name(worker) + " has other tests than gw0 (" + std::to_string(tests_.size()) +
                 "): the set of tests differs from process to process");
            return;
        }
        acknowledge(worker);
    });
}

// The first process told nothing of being a worker: it has listed its tests instead.
void test_run::impl::prepare_from_listing(persistent_worker const& first, worker_end const& end)
{
    if (!end.has_started) {
        throw std::runtime_error(end.why);
    }
    kind_ = worker_kind::batches;
    listing_time_ = steady_clock::now() - first_start_;
    why_not_better_ = first.why_not_preloaded();
    if (why_not_better_.empty()) {
        why_not_better_ = settings_.preload.empty() ? "there is no library to preload"
                                                    : "it does not load the library to preload";
    }
    std::vector<test_item> tests;
    try {
        for (auto& one : precreation::parse_test_graph(text_of(first.directory().output()))) {
            tests.emplace_back();
            tests.back().test = std::move(one);
        }
    } catch (precreation::collection_error const& e) {
        throw std::runtime_error(with_output(settings_.command.front() + ", asked for its tests: " + end.why +
                                                 "; " + e.what() + "; is it an executable of Boost.Test?",
                                             end.output));
    }
    prepare(std::move(tests));
    start_worker(0);
    if (is_started_) {
        tell_started(0);
    }
    start_others();
}

void test_run::impl::prepare(std::vector<test_item>&& tests)
{
    tests_ = std::move(tests);
    is_prepared_ = true;
    tell_history(tests_, std::exchange(past_, {}));
    auto const plan = plan_tests_(tests_);
    if (plan.order.empty()) {
        stop(run_end::complete);
        return;
    }
    if (plan.replay) {
        schedule_ = kind_ == worker_kind::batches ? replay(*plan.replay, tests_, tests_.size())
                                                  : replay(*plan.replay, tests_);
    } else {
        schedule_settings how;
        how.mode = settings_.mode;
        how.workers = settings_.workers;
        how.keep_order = plan.keep_order;
        if (kind_ == worker_kind::batches) {
            how.process_start = listing_time_;
        }
        schedule_ = distribute(tests_, plan.order, how);
    }
    selected_.resize(tests_.size());
    for (auto const test : plan.order) {
        selected_[test] = true;
    }
    has_dependencies_ = std::any_of(tests_.begin(), tests_.end(),
                                    [](test_item const& item) { return !item.test.depends_on.empty(); });
    if (has_dependencies_ && kind_ == worker_kind::batches) {
        note_what_is_left_out();
    }
    attempts_.resize(tests_.size());
    verdicts_.resize(tests_.size(), verdict::not_run);
    publish();
    announce(plan);
    auto const copies = settings_.mode == distribution::each ? settings_.workers : 1;
    useful_workers_ = plan.replay || copies != 1
                          ? settings_.workers
                          : std::min<std::size_t>(settings_.workers, plan.order.size());
}

// Boost.Test would skip what depends on it, but run before what it depends on in turn, in each batch.
void test_run::impl::note_what_is_left_out()
{
    for (bool const is_in_run : {false, true}) {
        for (std::size_t i = 0; i < tests_.size(); ++i) {
            if (selected_[i] != is_in_run) {
                continue;
            }
            for_each_unit_of(tests_[i].test, [&](std::string_view path) {
                if (is_in_run) {
                    unmet_.erase(std::string(path));
                } else {
                    unmet_.emplace(path, verdict::not_run);
                }
            });
        }
    }
}

void test_run::impl::start_others()
{
    worker_index started = 1;
    for (; started < useful_workers_ && !ending_; ++started) {
        start_worker(started);
    }
    for (worker_index other = 1; other < started; ++other) {
        if (slots_[other].is_alive) {
            tell_started(other);
        }
    }
}

void test_run::impl::publish()
{
    precreation::preparation what;
    what.environment = environment_;
    what.workers = settings_.workers;
    what.run_uuid = uuid_;
    if (resource_) {
        what.extra = resource_->state();
    }
    controller_.prepare_for_workers(what, tests_ | boost::adaptors::transformed(record_of()));
    auto const& registered = controller_.registered();
    for (std::size_t i = 0; i < tests_.size(); ++i) {
        tests_[i].database_id = registered.test_ids[i];
    }
    recorder_.emplace(controller_.database(), registered.run_id);
}

void test_run::impl::announce(run_plan const& plan)
{
    overview_.uuid = uuid_;
    overview_.machine = host_name();
    overview_.started =
        std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
    overview_.command = settings_.command;
    overview_.kind = kind_;
    overview_.why_not_better = why_not_better_;
    overview_.workers = settings_.workers;
    overview_.distribution = plan.replay && !is_each() ? "replay" : std::string(to_string(settings_.mode));
    overview_.tests = &tests_;
    overview_.selected = plan.order;
    overview_.total = plan.order.size() * (settings_.mode == distribution::each ? settings_.workers : 1);
    is_started_ = true;
    tell([&](run_listener& to) { to.run_started(overview_); });
    if (kind_ != worker_kind::batches) { // in that kind, the process that listed the tests is gone
        tell_started(0);
    }
}

// The process of the worker has started with the published state; it is told so, and may begin.
void test_run::impl::acknowledge(worker_index index)
{
    auto& at = slots_[index];
    if (ending_ || !schedule_) {
        at.process->finish();
        return;
    }
    take_part(index);
    at.has_gone = true;
    at.process->go(selected_, settings_.most_failures != 0);
}

// The published state is acknowledged for the process that the worker is now.
void test_run::impl::take_part(worker_index index)
{
    auto const pid = slots_[index].process->pid();
    if (pid <= 0) {
        return;
    }
    xdist::manager_options options;
    options.acting_for = pid;
    xdist::wait_for_controller_options at_once; // the state is published, and nobody else is heard meanwhile
    at_once.timeout = std::chrono::nanoseconds(0);
    try {
        xdist::coordination_manager(settings_.root, config_, options)
            .wait_for_controller(worker_name(index), at_once);
    } catch (std::exception const& e) {
        // One that has ended meanwhile takes part no more; its worker tells of it. And a test may have
        // removed the directory of the coordination.
        if (xdist::identify_process(pid) && !std::exchange(has_told_of_coordination_, true)) {
            notice(worker_name(index) + " and others do not take part in the coordination: " + e.what());
        }
    }
}

} // namespace testmon::runner
