// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Linked into a test executable, or loaded into it, this makes it a worker: started by a runner (the
// environment says so), it runs the tests that the runner names, in the order in which they are named, until
// it is told to finish. Started by anybody else, it does nothing.
//
// Boost.Test runs its tree once, as ever, so that its own fixtures, preconditions and dependencies hold. But
// the tree has been emptied, and a suite of our own is put into it, whose precondition is never met.
// Boost.Test asks for it, outside any test, and the next tests are put into the tree then, and our suite
// behind them.
#include "channel.hpp"
#include "crash_reporter.hpp"
#include "log_formatter.hpp"
#include "process_guard.hpp"
#include "test_tree.hpp"

#include <boost/test/framework.hpp>
#include <boost/test/results_collector.hpp>
#include <boost/test/results_reporter.hpp>
#include <boost/test/tree/observer.hpp>
#include <boost/test/tree/test_unit.hpp>
#include <boost/test/unit_test_parameters.hpp>
#include <boost/version.hpp>

#include <chrono>
#include <climits>
#include <cstdlib>
#include <deque>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace testmon::boost_test
{

namespace ut = boost::unit_test;

namespace
{

#ifdef TESTMON_WORKER_IS_PRELOADED
constexpr bool is_preloaded = true;
#else
constexpr bool is_preloaded = false;
// Found by the library to preload, which then leaves the executable to this. (An ELF note in its first
// segments.)
asm(".pushsection .note.testmon,\"a\",%note\n"
    ".balign 4\n"
    ".long 8, 0, 1\n"
    ".asciz \"testmon\"\n"
    ".popsection\n");
#endif

constexpr char pump_name[] = "testmon waits for its next tests";

class worker
{
  public:
    explicit worker(std::string const& directory)
        : runner_(directory), crashes_(runner_), guard_(directory + '/' + output_name), first_(*this),
          last_(*this)
    {
        message_writer hello(message_type::hello);
        hello.u32(protocol_version).u8(is_preloaded ? 1 : 0).text(BOOST_LIB_VERSION);
        runner_.send(hello);
        runner_.wake_runner();

        // There from the start, so that Boost.Test finds something to run even if all of the user's are
        // disabled.
        auto* const pump = new ut::test_suite(pump_name, __FILE__, __LINE__);
        pump->add(ut::make_test_case([] {}, "never run", __FILE__, __LINE__));
        pump->add_precondition([this](ut::test_unit_id) {
            insert_next_tests();
            return boost::test_tools::assertion_result(false);
        });
        ut::framework::master_test_suite().add(pump);
        pump_ = pump->p_id;
        ut::framework::register_observer(first_);
        ut::framework::register_observer(last_);
    }

  private:
    // Boost.Test's own observers come between these two: what a test did is known after them.
    class first_observer : public ut::test_observer
    {
      public:
        explicit first_observer(worker& owner) : owner_(owner) {}
        int priority() override { return INT_MIN; }
        void test_start(ut::counter_t, ut::test_unit_id) override
        {
            if (++owner_.depth_ == 1 && !std::exchange(owner_.has_begun_, true)) {
                owner_.begin();
            }
        }

      private:
        worker& owner_;
    };
    class last_observer : public ut::test_observer
    {
      public:
        explicit last_observer(worker& owner) : owner_(owner) {}
        int priority() override { return INT_MAX; }
        void test_finish() override
        {
            if (--owner_.depth_ == 0 && !std::exchange(owner_.has_ended_, true)) {
                owner_.end();
            }
        }
        void test_aborted() override { owner_.is_aborted_ = owner_.is_aborted_ || owner_.depth_ == 1; }
        void test_unit_aborted(ut::test_unit const&) override { owner_.something_fails_badly(); }
        void exception_caught(boost::execution_exception const&) override { owner_.something_fails_badly(); }
        void test_unit_start(ut::test_unit const& unit) override { owner_.unit_starts(unit); }
        void test_unit_finish(ut::test_unit const& unit, unsigned long) override
        {
            owner_.unit_finishes(unit);
        }
        void test_unit_skipped(ut::test_unit const& unit, ut::const_string reason) override
        {
            owner_.unit_is_skipped(unit, std::string(reason.begin(), reason.end()));
        }

      private:
        worker& owner_;
    };

    void begin()
    {
        // Order is the runner's affair: in an order of its own Boost.Test would not come to what is put in
        // later.
        const_cast<boost::runtime::arguments_store&>(ut::runtime_config::argument_store()) // NOLINT
            .set(ut::runtime_config::btrt_random_seed, 0U);
        ut::results_reporter::set_level(ut::NO_REPORT);
        auto* const formatter = new log_formatter([this](log_entry const& entry) { log(entry); });
        formatter->install();

        tree_.read(pump_);
        bool const is_wanted = receive(message_type::greeting).u8() != 0;
        auto const hash = tree_.describe(is_wanted ? &runner_ : nullptr);
        message_writer complete(message_type::tree_complete);
        complete.u64(hash).u32(tree_.size());
        runner_.send(complete);
        runner_.wake_runner();
        auto go = receive(message_type::go);
        if (go.u8() != 0) {
            tree_.select(go.text());
        }
        waits_after_failure_ = go.u8() != 0;
        crashes_.watch_signals(formatter->checkpoint());
        tree_.clear();
        tree_.insert({}, 0, pump_);
    }

    void end()
    {
        message_writer farewell(message_type::farewell);
        farewell.u64(guard_.output_end());
        runner_.send(farewell);
        runner_.wake_runner();
    }

    message_reader receive(message_type expected)
    {
        message_reader message(runner_.receive());
        if (message.type() != expected) {
            throw protocol_error("the runner sent another message than the one that is due");
        }
        return message;
    }

    // ---- Batches ----

    void insert_next_tests()
    {
        while (!is_claimed_) {
            if (is_in_batch_) {
                is_in_batch_ = false;
                message_writer done(message_type::batch_done);
                done.u32(batch_number_);
                runner_.send(done);
                runner_.wake_runner();
            }
            if (!receive_batch()) {
                return;
            }
            claim();
        }
        inserted_ = tree_.insert(batch_, position_, pump_);
    }

    // Returns: false if there are no more.
    bool receive_batch()
    {
        while (next_.empty() && !is_finishing_) {
            take_message();
        }
        if (next_.empty()) {
            return false;
        }
        batch_number_ = next_.front().number;
        batch_ = std::move(next_.front().tests);
        next_.pop_front();
        is_in_batch_ = true;
        return true;
    }

    // It may be that the runner stops at the first test that fails.
    void wait_after_failure()
    {
        while (failures_known_ < failures_ && !is_finishing_) {
            take_message();
        }
    }

    void take_message()
    {
        message_reader message(runner_.receive());
        switch (message.type()) {
        case message_type::finish:
            is_finishing_ = true;
            return;
        case message_type::go_on:
            failures_known_ = message.u32();
            return;
        case message_type::batch:
            take_batch(message);
            return;
        default:
            throw protocol_error("the runner sent another message than a batch");
        }
    }

    void take_batch(message_reader& message)
    {
        batch taken{message.u32(), {}};
        if (taken.number <= (next_.empty() ? batch_number_ : next_.back().number)) {
            return; // sent again after a test had closed the connection
        }
        taken.tests.resize(message.u32());
        for (auto& one : taken.tests) {
            one = message.u32();
            if (one >= tree_.size()) {
                throw protocol_error("the runner named a test that there is not");
            }
        }
        next_.push_back(std::move(taken));
    }

    void claim()
    {
        auto const claimed = runner_.claims_of(batch_number_).claim();
        is_claimed_ = claimed && *claimed < batch_.size();
        if (is_claimed_) {
            position_ = *claimed;
        }
    }

    // The claimed test is done with.
    void advance()
    {
        claim();
        if (!is_claimed_) {
            tree_.remove(batch_, position_ + 1, inserted_);
        }
    }

    // ---- What Boost.Test tells ----

    // A test may run Boost.Test on tests of its own: these are its affair.
    bool is_nested(std::uint32_t number) const
    {
        return depth_ != 1 || (running_ != no_case && running_ != number);
    }

    // A test or a fixture has forked and returned in the child, too. There is one who goes on, and that is
    // not this one.
    static void leave_if_forked_copy()
    {
        if (is_forked_copy()) {
            ::_Exit(EXIT_SUCCESS);
        }
    }

    void unit_starts(ut::test_unit const& unit)
    {
        leave_if_forked_copy();
        auto const number = tree_.number_of(unit.p_id);
        if (is_nested(number)) {
            return;
        }
        setting_up_ = number == no_case ? unit.p_id : ut::INV_TEST_UNIT_ID;
        if (number == no_case) {
            // Global fixtures are no test's affair.
            if (unit.p_id != ut::framework::master_test_suite().p_id && !unit.p_fixtures->empty()) {
                message_writer entering(message_type::entering);
                entering.text(unit.full_name());
                runner_.send(entering);
            }
            return;
        }
        running_ = number;
        crashes_.test_begins(number);
        message_writer started(message_type::started);
        started.u32(number);
        runner_.send(started);
        guard_.test_begins(std::exchange(others_acted_, false));
        began_ = std::chrono::steady_clock::now();
    }

    void unit_finishes(ut::test_unit const& unit)
    {
        auto const duration = std::chrono::steady_clock::now() - began_;
        leave_if_forked_copy();
        auto const number = tree_.number_of(unit.p_id);
        if (is_nested(number)) {
            return;
        }
        if (number == no_case) {
            others_acted_ = true;
            // None of its tests has begun. (That is not to be seen from those that are left: some that are in
            // the suite, too, may come behind it, without it around them.)
            bool const is_without_tests = std::exchange(setting_up_, ut::INV_TEST_UNIT_ID) == unit.p_id;
            if (is_without_tests && !is_aborted_) {
                skip_for_want_of_set_up(unit);
            }
            return;
        }
        crashes_.test_ends();
        bool const was_closed = runner_.is_closed();
        auto found = guard_.test_ends();
        if (was_closed) {
            found.remarks.emplace_back("closed descriptors that it had not opened");
        }
        for (auto const& text : found.remarks) {
            message_writer remark(message_type::remark);
            remark.u32(number).text(text);
            runner_.send(remark);
        }
        auto const& results = ut::results_collector.results(unit.p_id);
        auto outcome = results.passed() ? case_outcome::passed : case_outcome::failed;
        if (results.p_timed_out) {
            outcome = case_outcome::timed_out;
        }
        message_writer finished(message_type::finished);
        finished.u32(number)
            .u8(static_cast<std::uint8_t>(outcome))
            .u64(static_cast<std::uint64_t>(std::chrono::nanoseconds(duration).count()))
            .u64(results.p_assertions_passed + results.p_assertions_failed)
            .u64(results.p_assertions_failed)
            .u64(found.output_end);
        runner_.send(finished);
        if (outcome != case_outcome::passed) {
            runner_.wake_runner(); // it may want to stop
        }
        running_ = no_case;
        if (outcome != case_outcome::passed && waits_after_failure_) {
            ++failures_;
            wait_after_failure();
        }
        if (is_claimed_ && batch_[position_] == number) {
            advance();
        }
    }

    void unit_is_skipped(ut::test_unit const& unit, std::string const& reason)
    {
        auto const number = tree_.number_of(unit.p_id);
        if (is_nested(number)) {
            return;
        }
        if (number == no_case) {
            skip_inside(unit.p_id, reason);
        } else if (is_claimed_ && batch_[position_] == number) {
            skip(number, reason);
        }
    }

    // The suite's tests are done with before its fixture is torn down, which Boost.Test tries even now, and
    // which may not end well: they have nothing to do with that.
    void something_fails_badly()
    {
        if (setting_up_ != ut::INV_TEST_UNIT_ID && !is_forked_copy() &&
            setting_up_ != ut::framework::master_test_suite().p_id) {
            skip_for_want_of_set_up(ut::framework::get(setting_up_, ut::TUT_SUITE));
        }
    }

    void skip_for_want_of_set_up(ut::test_unit const& suite)
    {
        skip_inside(suite.p_id, std::string(suite.p_type_name.begin(), suite.p_type_name.end()) + " \"" +
                                    suite.full_name() + "\" could not be set up");
    }

    // Boost.Test tells of a suite, and not of the tests in it.
    void skip_inside(ut::test_unit_id suite, std::string const& reason)
    {
        while (is_claimed_ && position_ < inserted_ && tree_.is_inside(batch_[position_], suite)) {
            skip(batch_[position_], reason);
        }
    }

    void skip(std::uint32_t number, std::string const& reason)
    {
        message_writer skipped(message_type::skipped);
        skipped.u32(number).text(reason);
        runner_.send(skipped);
        advance();
    }

    // What a fixture has to say belongs to no test, and Boost.Test may not know where it was.
    std::string place_outside_of_tests() const
    {
        auto const unit = ut::framework::current_test_case_id(); // of whatever kind
        bool const is_of_all =
            unit == ut::INV_TEST_UNIT_ID || unit == ut::framework::master_test_suite().p_id;
        return running_ != no_case || is_of_all
                   ? ""
                   : "in \"" + ut::framework::get(unit, ut::TUT_ANY).full_name() + "\": ";
    }

    void log(log_entry const& entry)
    {
        message_writer message(message_type::log);
        message.u32(running_).u8(static_cast<std::uint8_t>(entry.severity)).text(entry.file).u64(entry.line);
        message.text(place_outside_of_tests() + entry.text)
            .u32(static_cast<std::uint32_t>(entry.context.size()));
        for (auto const& frame : entry.context) {
            message.text(frame);
        }
        runner_.send(message);
    }

    int depth_ = 0; // of Boost.Test's runs in each other
    bool has_begun_ = false;
    bool has_ended_ = false; // in a second run there is nothing to do any more

    channel runner_;
    crash_reporter crashes_;
    process_guard guard_;
    first_observer first_;
    last_observer last_;
    test_tree tree_{};
    ut::test_unit_id pump_ = ut::INV_TEST_UNIT_ID;

    struct batch {
        std::uint32_t number;
        std::vector<std::uint32_t> tests;
    };
    std::deque<batch> next_{};
    bool is_finishing_ = false; // there are no more
    bool waits_after_failure_ = false;
    std::uint32_t failures_ = 0;
    std::uint32_t failures_known_ = 0; // to the runner, which goes on all the same

    std::vector<std::uint32_t> batch_{}; // numbers of tests
    std::uint32_t batch_number_ = 0;
    bool is_in_batch_ = false;
    bool is_claimed_ = false;  // the test at position_ is this worker's, and it is not done
    std::size_t position_ = 0; // in batch_
    std::size_t inserted_ = 0; // in batch_: one past those that are in the tree
    ut::test_unit_id setting_up_ = ut::INV_TEST_UNIT_ID; // a suite none of whose tests has begun
    bool is_aborted_ = false;                            // Boost.Test goes no further
    std::uint32_t running_ = no_case;
    bool others_acted_ = true; // since the last test ended
    std::chrono::steady_clock::time_point began_{};
};

// What a test starts must not take itself for a worker, nor list its tests (which is what keeps an executable
// that has no worker from running all of them).
std::string take_directory()
{
    auto const* const value = std::getenv(directory_variable);
    std::string directory = value == nullptr ? "" : value;
    ::unsetenv(directory_variable);
    if (!directory.empty()) {
        ::unsetenv("BOOST_TEST_LIST_CONTENT");
    }
    return directory;
}

std::unique_ptr<worker> make_worker()
{
    auto const directory = take_directory();
    if (directory.empty()) {
        return nullptr;
    }
    try {
        return std::make_unique<worker>(directory);
    } catch (std::exception const& e) {
        // Without the runner nobody asked for these tests: running them all would be wrong.
        std::cerr << "testmon: " << e.what() << '\n';
        std::_Exit(EXIT_FAILURE);
    }
}

auto const the_worker = make_worker();

} // namespace

} // namespace testmon::boost_test
