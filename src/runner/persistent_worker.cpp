// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "persistent_worker.hpp"

#include "worker_text.hpp"

#include <boost/cstdlib.hpp>

#include <algorithm>
#include <csignal>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

namespace testmon::runner
{

using boost_test::message_reader;
using boost_test::message_type;
using boost_test::message_writer;

namespace
{

std::string string_of(std::string_view text)
{
    return std::string(text);
}

} // namespace

persistent_worker::persistent_worker(boost::asio::io_context& context, worker_index index,
                                     worker_directory directory, process_description const& process,
                                     bool tells_tests, worker_events& events)
    : index_(index), directory_(std::move(directory)), events_(events), tells_tests_(tells_tests),
      connection_(
          context, directory_.path(), [this] { on_connected(); },
          [this](message_reader& message) { on_message(message); },
          [this](std::string const& why) { on_broken(why); }),
      process_(process), end_watch_(context, ::dup(process_.descriptor()))
{
    watch_end();
}

void persistent_worker::watch_end()
{
    end_watch_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                          [this, life = std::weak_ptr<void>(life_)](boost::system::error_code const& error) {
                              if (error || life.expired()) {
                                  return;
                              }
                              if (process_.end()) {
                                  on_end();
                              } else {
                                  watch_end();
                              }
                          });
}

// ---- What it is told ----

void persistent_worker::go(std::vector<bool> const& selected, bool stops_at_failure)
{
    stops_at_failure_ = stops_at_failure;
    message_writer message(message_type::go);
    std::string bits((selected.size() + 7) / 8, '\0');
    for (std::size_t i = 0; i < selected.size(); ++i) {
        if (selected[i]) {
            bits[i / 8] = static_cast<char>(static_cast<unsigned char>(bits[i / 8]) | 1U << i % 8);
        }
    }
    message.u8(1).text(bits).u8(stops_at_failure ? 1 : 0);
    connection_.send(message);
    has_gone_ = true;
    events_.on_room(index_);
}

bool persistent_worker::has_room() const
{
    constexpr std::size_t most_batches = 2; // one that runs, and one that waits
    static_assert(most_batches < boost_test::shared_page::batches);
    return has_gone_ && !is_finishing_ && !has_left_ && batches_.size() < most_batches;
}

void persistent_worker::run(std::vector<test_index> const& tests)
{
    batches_.push_back({++last_batch_, tests, 0});
    connection_.claims_of(last_batch_).open(static_cast<std::uint32_t>(tests.size()));
    send(batches_.back());
}

void persistent_worker::send_go_on()
{
    message_writer message(message_type::go_on);
    message.u32(failures_);
    connection_.send(message);
}

void persistent_worker::send(batch const& one)
{
    message_writer message(message_type::batch);
    message.u32(one.number).u32(static_cast<std::uint32_t>(one.tests.size()));
    for (auto const test : one.tests) {
        message.u32(test);
    }
    connection_.send(message);
}

std::vector<test_index> persistent_worker::revoke(std::optional<test_index> first)
{
    std::vector<test_index> result;
    bool is_behind = !first;
    for (auto& one : batches_) {
        auto const begin =
            is_behind ? one.tests.begin() : std::find(one.tests.begin(), one.tests.end(), *first);
        if (begin == one.tests.end()) {
            continue;
        }
        is_behind = true;
        auto const range =
            connection_.claims_of(one.number).revoke(static_cast<std::uint32_t>(begin - one.tests.begin()));
        auto const revoked =
            one.tests.begin() + std::min<std::ptrdiff_t>(range.first, one.tests.end() - one.tests.begin());
        result.insert(result.end(), revoked, one.tests.end());
        one.tests.erase(revoked, one.tests.end());
    }
    return result;
}

void persistent_worker::finish()
{
    if (is_finishing_) {
        return;
    }
    is_finishing_ = true;
    if (!has_gone_) {
        process_.signal(SIGKILL); // it has done nothing that would have to be undone
        return;
    }
    message_writer message(message_type::finish);
    connection_.send(message);
}

// ---- What it tells ----

void persistent_worker::listen()
{
    connection_.drain();
    // A list of a hundred thousand tests takes some 30 MiB. What is no list may have no end.
    constexpr std::uint64_t most_listed = std::uint64_t{256} * 1024 * 1024;
    if (!has_said_hello_ && why_killed_.empty() && directory_.output_size() > most_listed) {
        why_killed_ = "printed more than 256 MiB instead of a list of its tests, and was killed";
        process_.signal(SIGKILL);
    }
}

// What it says may be taken before its connection is; and one that comes again, after a test or an
// initialization had closed its descriptor, may have lost what it had not read.
void persistent_worker::on_connected()
{
    if (has_said_hello_ && !has_told_tests_) {
        greet();
    }
    if (!has_gone_) {
        return;
    }
    for (auto const& one : batches_) {
        send(one);
    }
    if (stops_at_failure_) {
        send_go_on();
    }
    if (is_finishing_) {
        message_writer message(message_type::finish);
        connection_.send(message);
    }
}

void persistent_worker::on_broken(std::string const& why)
{
    broken_ = why;
    process_.signal(SIGKILL);
}

void persistent_worker::on_message(message_reader& message)
{
    switch (message.type()) {
    case message_type::hello:
        take_hello(message);
        return;
    case message_type::unavailable:
        why_not_preloaded_ = message.text();
        return;
    case message_type::unit:
        take_unit(message);
        return;
    case message_type::tree_complete:
        has_told_tests_ = true;
        events_.on_tree(index_, message.u64(), std::exchange(tests_, {}));
        return;
    case message_type::entering:
        entering_ = message.text();
        return;
    case message_type::started:
        begin_attempt(message.u32());
        return;
    case message_type::log:
        take_log(message);
        return;
    case message_type::remark:
        if (message.u32(); attempt_) {
            attempt_->remarks.push_back(string_of(message.text()));
        }
        return;
    case message_type::finished:
        take_finished(message);
        return;
    case message_type::skipped: {
        begin_attempt(message.u32());
        attempt_->outcome = database::outcome::skipped;
        attempt_->reason = message.text();
        end_attempt(output_begin_);
        return;
    }
    case message_type::batch_done:
        take_batch_done(message.u32());
        return;
    case message_type::dying: {
        message.u32();
        called_exit_ = message.u32() == 0;
        died_at_.emplace();
        died_at_->file = message.text();
        died_at_->line = static_cast<std::int64_t>(message.u64());
        return;
    }
    case message_type::farewell:
        tell_failure_outside();
        output_begin_ = message.u64();
        has_left_ = true;
        return;
    case message_type::greeting:
    case message_type::go:
    case message_type::go_on:
    case message_type::batch:
    case message_type::finish:
        break;
    }
    throw boost_test::protocol_error("a message of unknown type " +
                                     std::to_string(static_cast<int>(message.type())));
}

void persistent_worker::take_hello(message_reader& message)
{
    if (message.u32() != boost_test::protocol_version) {
        throw boost_test::protocol_error("the worker is of another version of testmon");
    }
    is_preloaded_ = message.u8() != 0;
    has_said_hello_ = true;
    if (!is_preloaded_) {
        process_.pose_as_debugger(); // elsewhere, the preloaded library answers for Boost.Test
    }
    greet();
}

void persistent_worker::greet()
{
    message_writer greeting(message_type::greeting);
    greeting.u8(tells_tests_ ? 1 : 0);
    connection_.send(greeting);
}

void persistent_worker::take_unit(message_reader& message)
{
    test_item item;
    item.test.path = message.text();
    item.test.suite = message.text();
    item.fixture_suite = message.text();
    item.test.file = message.text();
    item.test.line = static_cast<std::int64_t>(message.u64());
    item.test.enabled = message.u8() != 0;
    item.test.time_limit = std::chrono::seconds(message.u32());
    item.test.expected_failures = static_cast<std::int64_t>(message.u64());
    for (auto* list : {&item.test.labels, &item.test.depends_on}) {
        for (auto left = message.u32(); left != 0; --left) {
            list->push_back(string_of(message.text()));
        }
    }
    tests_.push_back(std::move(item));
}

void persistent_worker::begin_attempt(test_index test)
{
    batch_before(test);
    tell_failure_outside();
    entering_.clear();
    attempt_.emplace();
    attempt_->test = test;
    attempt_->worker = index_;
    attempt_->started =
        std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
    events_.on_started(index_, test);
}

void persistent_worker::take_log(message_reader& message)
{
    auto const test = message.u32();
    log_message entry;
    entry.severity = static_cast<log_message::level>(std::min<std::uint8_t>(message.u8(), 3));
    entry.place.file = message.text();
    entry.place.line = static_cast<std::int64_t>(message.u64());
    entry.text = message.text();
    for (auto left = message.u32(); left != 0; --left) {
        entry.context.push_back(string_of(message.text()));
    }
    auto& messages = test != boost_test::no_case && attempt_ ? attempt_->messages : outside_;
    // A test may log without end; nobody reads it all.
    constexpr std::size_t most_messages = 1000;
    if (messages.size() < most_messages) {
        messages.push_back(std::move(entry));
    }
}

// Failures of fixtures belong to no test. (What is logged beside them is of no interest.)
void persistent_worker::tell_failure_outside()
{
    auto const text = text_of_errors(std::exchange(outside_, {}));
    if (!text.empty()) {
        has_failures_ = true;
        events_.on_failure_outside_tests(index_, text);
    }
}

void persistent_worker::take_finished(message_reader& message)
{
    message.u32();
    if (!attempt_) {
        throw boost_test::protocol_error("a test has ended that had not begun");
    }
    switch (static_cast<boost_test::case_outcome>(message.u8())) {
    case boost_test::case_outcome::passed:
        attempt_->outcome = database::outcome::passed;
        break;
    case boost_test::case_outcome::failed:
        attempt_->outcome = database::outcome::failed;
        break;
    case boost_test::case_outcome::timed_out:
        attempt_->outcome = database::outcome::timed_out;
        attempt_->reason = "ran longer than its own time limit";
        break;
    default:
        throw boost_test::protocol_error("a test has ended in an unknown way");
    }
    attempt_->duration = std::chrono::nanoseconds(message.u64());
    attempt_->assertions = static_cast<std::int64_t>(message.u64());
    attempt_->failed_assertions = static_cast<std::int64_t>(message.u64());
    bool const failed = database::is_failure(attempt_->outcome);
    end_attempt(message.u64());
    if (failed && stops_at_failure_) {
        ++failures_; // what it was the end of, has ended by now
        send_go_on();
    }
}

void persistent_worker::end_attempt(std::uint64_t output_end)
{
    auto done = std::move(*attempt_);
    attempt_.reset();
    done.output_size = output_end - std::min(output_begin_, output_end);
    if (database::is_failure(done.outcome)) {
        has_failures_ = true;
        done.output = directory_.read_output(output_begin_, output_end);
    }
    directory_.forget_output(output_begin_, output_end);
    output_begin_ = std::max(output_begin_, output_end);
    ++batch_before(done.test).done;
    events_.on_finished(index_, std::move(done));
}

persistent_worker::batch& persistent_worker::batch_before(test_index test)
{
    for (auto& one : batches_) {
        if (one.done < one.tests.size() && one.tests[one.done] == test) {
            return one;
        }
    }
    throw boost_test::protocol_error("it told of a test that was not the next");
}

void persistent_worker::take_batch_done(std::uint32_t number)
{
    tell_failure_outside();
    entering_.clear();
    if (batches_.empty() || batches_.front().number != number) {
        throw boost_test::protocol_error("a batch has ended that was not the next");
    }
    if (batches_.front().done != batches_.front().tests.size()) {
        throw boost_test::protocol_error("a batch has ended before its tests");
    }
    batches_.pop_front();
    events_.on_room(index_);
}

// ---- Its end ----

bool persistent_worker::is_expected(int status) const
{
    if (!has_left_ || !WIFEXITED(status)) {
        return false;
    }
    int const code = WEXITSTATUS(status);
    return code == 0 ||
           (has_failures_ && (code == boost::exit_test_failure || code == boost::exit_exception_failure));
}

// Says of the running test that it has not survived. Returns: false if none is running.
bool persistent_worker::blame(std::string const& how)
{
    if (!attempt_ && !entering_.empty() && !batches_.empty()) {
        // The fixture of a suite is set up for the test that comes next.
        auto& next = batches_.front();
        if (next.done < next.tests.size()) {
            auto const suite = entering_;
            begin_attempt(next.tests[next.done]);
            attempt_->remarks.push_back("it happened while the fixture of suite \"" + suite +
                                        "\" was at work");
        }
    }
    if (!attempt_) {
        return false;
    }
    attempt_->outcome = database::outcome::crashed;
    attempt_->reason = called_exit_ ? "the test called exit: the process " + how : how;
    if (!broken_.empty()) {
        attempt_->reason = "the process " + how;
    }
    if (died_at_) {
        attempt_->last_checkpoint = *died_at_;
    }
    attempt_->duration = std::chrono::system_clock::now() - attempt_->started;
    end_attempt(directory_.output_size());
    return true;
}

void persistent_worker::on_end()
{
    connection_.drain();
    has_ended_ = true;
    auto const& ended = *process_.end();
    worker_end end;
    end.took_part = has_said_hello_;
    end.has_started = ended.failure.empty();
    bool const is_dismissed = is_finishing_ && !has_gone_;
    end.in_order = is_dismissed || (ended.failure.empty() && is_expected(ended.status) && !attempt_);
    end.why = ended.failure.empty() ? describe_status(ended.status) : ended.failure;
    if (!why_killed_.empty()) {
        end.why = why_killed_;
    }
    if (!broken_.empty()) {
        end.why = "wrote nonsense to the runner (" + broken_ + ") and was killed";
    }
    if (!end.in_order) {
        end.in_test = blame(end.why);
    }
    tell_failure_outside();
    end.output = directory_.read_output(output_begin_, directory_.output_size());
    for (auto const& one : batches_) {
        connection_.claims_of(one.number).revoke();
        end.not_begun.insert(end.not_begun.end(), one.tests.begin() + static_cast<std::ptrdiff_t>(one.done),
                             one.tests.end());
    }
    batches_.clear();
    if (!ended.left.empty()) {
        end.remarks.push_back(text_of_left(ended.left));
    }
    connection_.disconnect();
    has_left_ = true;
    events_.on_ended(index_, end);
}

} // namespace testmon::runner
