// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "batch_worker.hpp"

#include "boost_test_arguments.hpp"
#include "boost_test_xml.hpp"
#include "test_command.hpp"
#include "worker_text.hpp"

#include <boost/filesystem/fstream.hpp>
#include <boost/filesystem/operations.hpp>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <unistd.h>

namespace testmon::runner
{

namespace
{

namespace fs = boost::filesystem;

constexpr char log_name[] = "log.xml";
constexpr char report_name[] = "report.xml";

database::timestamp now()
{
    return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

// Boost.Test has no way to quote the name of the log in a list of loggers.
std::string log_sink(fs::path const& directory, fs::path const& working_directory)
{
    auto const file = directory / log_name;
    auto const from = working_directory.empty() ? fs::current_path() : working_directory;
    for (auto const& name : {file, file.lexically_relative(from)}) {
        if (!name.empty() && name.native().find_first_of(":,") == std::string::npos) {
            return name.native();
        }
    }
    throw std::runtime_error("Boost.Test cannot write to " + file.native() +
                             ": it takes no log whose name has a ':' or ','");
}

// The environment and not arguments, of which the user may have some: those were taken away.
void make_readable(process_description& process, worker_directory const& directory)
{
    process.command = without_reporting_arguments(process.command);
    process.environment = without_reporting_variables(process.environment);
    process.environment.insert(
        process.environment.end(),
        {
            // The first is complete, but lost with the process. The second is written line by line.
            "BOOST_TEST_LOGGER=XML,test_suite," + log_sink(directory.path(), process.working_directory) +
                ":HRF,test_suite,stderr",
            "BOOST_TEST_REPORT_FORMAT=XML",
            "BOOST_TEST_REPORT_LEVEL=detailed",
            "BOOST_TEST_REPORT_SINK=" + (directory.path() / report_name).native(),
            "BOOST_TEST_COLOR_OUTPUT=no",
            // For both files to be written after most crashes, too.
            "BOOST_TEST_CATCH_SYSTEM_ERRORS=yes",
        });
    process.output = directory.output();
}

std::string take_file(fs::path const& name)
{
    std::string text;
    {
        fs::ifstream file(name, std::ios::binary);
        text.assign(std::istreambuf_iterator<char>(file), {});
    }
    boost::system::error_code ignored;
    fs::remove(name, ignored);
    return text;
}

} // namespace

batch_worker::batch_worker(boost::asio::io_context& context, worker_index index, worker_directory directory,
                           process_description process, std::vector<test_item> const& tests,
                           worker_events& events)
    : index_(index), directory_(std::move(directory)), description_(std::move(process)), tests_(tests),
      names_(tests), events_(events), end_watch_(context), timer_(context)
{
    make_readable(description_, directory_);
    for (std::size_t i = 0; i < tests_.size(); ++i) {
        index_of_path_.emplace(tests_[i].test.path, static_cast<test_index>(i));
    }
}

// ---- What it is told ----

void batch_worker::go(std::vector<bool> const& selected, bool)
{
    names_.leave_out_all_but(selected);
    has_gone_ = true;
    events_.on_room(index_);
}

bool batch_worker::has_room() const
{
    return has_gone_ && !is_busy_ && !is_finishing_;
}

void batch_worker::run(std::vector<test_index> const& tests)
{
    is_busy_ = true;
    std::vector<test_index> selectable;
    for (auto const test : tests) {
        (why_not_selectable(tests_[test].test).empty() ? selectable : refused_).push_back(test);
    }
    auto parts = names_.parts_of(selectable);
    std::move(parts.begin(), parts.end(), std::back_inserter(parts_));
    if (parts_.empty()) {
        wait_for_tick();
    } else {
        start_next();
    }
}

void batch_worker::finish()
{
    if (std::exchange(is_finishing_, true)) {
        return;
    }
    if (!is_busy_) {
        wait_for_tick();
    }
}

void batch_worker::signal(int number)
{
    if (process_) {
        process_->signal(number);
    }
}

// ---- A process ----

void batch_worker::start_next()
{
    events_.on_process_begins(index_);
    has_ended_ = false;
    running_ = std::move(parts_.front());
    parts_.pop_front();
    is_running_.assign(tests_.size(), false);
    for (auto const test : running_.tests) {
        is_running_[test] = true;
    }
    // What an earlier one has left must not be taken for this one's.
    take_file(directory_.path() / log_name);
    take_file(directory_.path() / report_name);
    log_ = {};
    cases_told_ = 0;
    started_.clear();
    output_begin_ = read_;
    auto process = description_;
    // Behind whatever the executable may be started through, and before what is none of Boost.Test's
    // business.
    auto const executable = static_cast<std::ptrdiff_t>(executable_of(process.command));
    process.command.insert(std::find(process.command.begin() + executable + 1, process.command.end(), "--"),
                           {"--run_test=", running_.argument});
    try {
        process_.emplace(process);
        end_watch_.assign(::dup(process_->descriptor()));
        wait_for_end();
    } catch (std::runtime_error const& e) { // of the system: Boost's and the standard's are both
        cannot_start(e.what());
    }
    wait_for_tick();
}

// The runner has no descriptors left, say.
void batch_worker::cannot_start(std::string const& why)
{
    process_.reset();
    parts_.push_front(std::exchange(running_, {}));
    why_not_started_ = "cannot be started: " + why;
}

void batch_worker::wait_for_end()
{
    end_watch_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                          [this, life = std::weak_ptr<void>(life_)](boost::system::error_code const& error) {
                              if (error || life.expired()) {
                                  return;
                              }
                              if (process_->end()) {
                                  on_end();
                              } else {
                                  wait_for_end();
                              }
                          });
}

// Looks what the process is at. Without a process, tells what `run` and `finish` must not tell while they are
// being called.
void batch_worker::wait_for_tick()
{
    constexpr std::chrono::milliseconds glance{50};
    timer_.expires_after(process_ ? glance : std::chrono::milliseconds(0));
    timer_.async_wait([this, life = std::weak_ptr<void>(life_)](boost::system::error_code const& error) {
        if (error || life.expired()) {
            return;
        }
        if (process_) {
            read_output();
            tell_started();
            wait_for_tick();
        } else {
            go_on();
        }
    });
}

void batch_worker::read_output()
{
    constexpr std::uint64_t most = std::uint64_t{32} * 1024; // than the directory hands out at once
    for (auto const size = directory_.output_size(); read_ < size;) {
        auto const text = directory_.read_output(read_, std::min(read_ + most, size));
        if (text.empty()) {
            return;
        }
        log_.feed(text);
        read_ += text.size();
    }
}

void batch_worker::tell_started()
{
    for (; cases_told_ < log_.cases().size(); ++cases_told_) {
        auto const found = index_of_path_.find(log_.cases()[cases_told_].path);
        // Dependencies run with the batch.
        if (found != index_of_path_.end() && is_running_[found->second] &&
            started_.emplace(found->second, now()).second) {
            events_.on_started(index_, found->second);
        }
    }
}

// ---- Its end ----

void batch_worker::on_end()
{
    // A tick that is due already is not to be taken for one of the next process, or of none.
    life_ = std::make_shared<char>();
    timer_.cancel();
    end_watch_.close();
    read_output();
    has_ended_ = true;
    log_.end();
    tell_started();
    directory_.forget_output(output_begin_, read_);
    batch_traces traces;
    traces.end = *process_->end();
    process_.reset();
    auto const report = take_file(directory_.path() / report_name);
    traces.report = parse_test_report(report);
    traces.log = parse_test_log(take_file(directory_.path() / log_name));
    traces.readable = std::move(log_);
    took_part_ |= traces.report.is_complete || traces.readable.has_begun();

    auto outcome = judge_batch(tests_, running_.tests, traces);
    for (auto& attempt : outcome.attempts) {
        auto const started = started_.find(attempt.test);
        if (attempt.outcome == database::outcome::crashed && started != started_.end()) {
            attempt.duration = std::max<std::chrono::nanoseconds>(attempt.duration, now() - started->second);
        }
    }
    blame_for_dependency(outcome);
    tell_finished(outcome);
    if (outcome.not_begun.empty()) {
        if (!traces.end.left.empty()) {
            events_.on_notice("a process of worker gw" + std::to_string(index_) + ' ' +
                              text_of_left(traces.end.left));
        }
        go_on();
        return;
    }
    worker_end how;
    how.took_part = took_part_;
    how.in_test = outcome.has_crashed;
    how.is_broken = outcome.is_broken;
    how.why = std::move(outcome.why);
    how.output = traces.readable.output_after();
    if (!traces.report.is_complete) {
        how.output += report; // where Boost.Test says, too, why it cannot begin
    }
    how.not_begun = std::move(outcome.not_begun);
    if (!traces.end.left.empty()) {
        how.remarks.push_back(text_of_left(traces.end.left));
    }
    tell_ended(how);
}

// It would die again in each process in which it runs along.
void batch_worker::blame_for_dependency(batch_outcome& outcome) const
{
    if (outcome.died_in.empty()) {
        return;
    }
    auto const is_hit = [&](test_index test) { return names_.brings_along(test, outcome.died_in); };
    auto const hit = std::stable_partition(outcome.not_begun.begin(), outcome.not_begun.end(),
                                           [&](test_index test) { return !is_hit(test); });
    for (auto at = hit; at != outcome.not_begun.end(); ++at) {
        attempt_result attempt;
        attempt.test = *at;
        attempt.outcome = database::outcome::crashed;
        attempt.reason = outcome.why + ", in \"" + outcome.died_in + "\", which runs along with it";
        outcome.attempts.push_back(std::move(attempt));
        outcome.has_crashed = true;
    }
    outcome.not_begun.erase(hit, outcome.not_begun.end());
}

void batch_worker::tell_ended(worker_end& how)
{
    for (auto const& part : std::exchange(parts_, {})) {
        how.not_begun.insert(how.not_begun.end(), part.tests.begin(), part.tests.end());
    }
    tell_refused();
    is_finishing_ = true;
    events_.on_ended(index_, how);
}

void batch_worker::tell_finished(batch_outcome& outcome)
{
    for (auto& attempt : outcome.attempts) {
        tell(std::move(attempt));
    }
    for (auto const& text : outcome.outside) {
        events_.on_failure_outside_tests(index_, text);
    }
}

void batch_worker::tell(attempt_result&& attempt)
{
    attempt.worker = index_;
    auto const started = started_.find(attempt.test);
    if (started != started_.end()) {
        attempt.started = started->second;
    } else {
        attempt.started = now() - attempt.duration;
        events_.on_started(index_, attempt.test);
    }
    events_.on_finished(index_, std::move(attempt));
}

void batch_worker::tell_refused()
{
    for (auto const test : std::exchange(refused_, {})) {
        attempt_result attempt;
        attempt.test = test;
        attempt.outcome = database::outcome::failed;
        attempt.reason = why_not_selectable(tests_[test].test);
        tell(std::move(attempt));
    }
}

// No process runs.
void batch_worker::go_on()
{
    auto const is_to_go_on = [this] { return !is_finishing_ && why_not_started_.empty(); };
    if (is_to_go_on() && !parts_.empty()) {
        start_next();
        return;
    }
    if (is_to_go_on()) {
        tell_refused(); // which may be all that the run has waited for
        is_busy_ = false;
    }
    if (is_to_go_on()) {
        events_.on_room(index_);
        return;
    }
    worker_end how;
    how.in_order = why_not_started_.empty();
    how.took_part = took_part_;
    how.why = why_not_started_;
    tell_ended(how);
}

} // namespace testmon::runner
