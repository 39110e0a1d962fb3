// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_TEST_RUN_IMPL_HPP
#define TESTMON_SRC_RUNNER_TEST_RUN_IMPL_HPP

#include "test_run.hpp"

#include "history.hpp"
#include "persistent_worker.hpp"
#include "run_directory.hpp"
#include "schedule.hpp"
#include "session_resource.hpp"
#include "time_limit.hpp"
#include "worker.hpp"
#include "worker_environment.hpp"

#include <testmon/precreation/controller_precreation.hpp>
#include <testmon/xdist_coordination/xdist_config.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/filesystem/path.hpp>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace testmon::runner
{

namespace xdist = xdist_coordination;
using steady_clock = std::chrono::steady_clock;

// What happens comes in through the members of worker_events, the signals and the tick; all of it in one
// thread, out of the event loop.
class test_run::impl : public worker_events
{
  public:
    impl(run_settings settings, planner plan, std::vector<run_listener*> listeners);
    std::optional<run_result> run();

  private:
    struct slot {
        std::unique_ptr<worker> process{};
        bool is_alive = false;       // a process runs
        bool has_gone = false;       // it may be handed tests
        bool is_retiring = false;    // it runs what it has, and another takes its place
        bool has_worked = false;     // the process has finished a test
        bool is_put_off = false;     // no process runs; there may be one once any other has worked
        bool is_signal_late = false; // it was sent for a test that has ended, and may hit the next one
        int fruitless = 0;           // processes in a row that have not worked
        std::uint32_t processes = 0; // that there have been
        std::size_t held = 0;        // tests that were handed out to it and are not done
        std::optional<test_index> running{};
        std::optional<steady_time> busy_since{}; // with the test that runs, or the first one of its batch
        std::optional<time_limit> limit{};       // of the running test, or of what is done around the tests
    };

    // ---- Before the tests ----
    void prepare_resource();
    bool keep_waiting();
    process_description process_of(worker_index index, worker_directory const& directory);
    void start_worker(worker_index index);
    void tell_started(worker_index index);
    void on_tree(worker_index worker, std::uint64_t hash, std::vector<test_item>&& tests) override;
    void prepare_from_listing(persistent_worker const& first, worker_end const& end);
    void prepare(std::vector<test_item>&& tests);
    void note_what_is_left_out();
    void start_others();
    void publish();
    void announce(run_plan const& plan);
    void acknowledge(worker_index index);
    void take_part(worker_index index);

    // ---- Tests ----
    void on_process_begins(worker_index worker) override;
    void on_room(worker_index) override;
    void feed_all();
    bool replace_put_off();
    bool stands_still() const;
    static bool is_idle(slot const& at);
    void feed(worker_index index);
    void hand_out(worker_index index, std::vector<test_index> tests);
    bool skip_for_dependency(worker_index index, test_index test);
    void skip_soon(worker_index index, test_index test, std::string const& why);
    void steal_for(worker_index idle);
    void give_back(worker_index index, std::vector<test_index> const& tests);
    void feed_alone();
    void on_started(worker_index worker, test_index test) override;
    void tell_begun(worker_index worker, test_index test);
    void on_finished(worker_index worker, attempt_result&& attempt) override;
    static bool is_killed(attempt_result const& attempt);
    void note_unfinished(worker_index worker, test_index test, bool was_alone);
    void hand_on(worker_index worker, attempt_result const& attempt, bool was_alone);
    void conclude(attempt_result& attempt, bool was_alone);
    void note_for_dependents(test_index test, verdict what);
    // Of a test that every worker runs, the worst counts.
    static int rank(verdict value) { return is_failure(value) ? 2 : value == verdict::not_run ? 0 : 1; }
    void on_failure_outside_tests(worker_index worker, std::string const& text) override;
    void on_notice(std::string const& text) override;
    void fail_outside(worker_index worker, std::string const& text);
    bool is_each() const { return settings_.mode == distribution::each; }

    // ---- Ends of processes ----
    void note_worked(slot& at);
    void retire(worker_index index);
    void on_ended(worker_index index, worker_end const& end) override;
    void lose(worker_index index, worker_end const& end);
    void go_on_without(worker_index index, bool is_lost);
    void replace(worker_index index);
    bool is_any_alive() const;

    // ---- The end ----
    void stop(run_end why);
    void end_if_all_ended();
    void trouble(std::string const& what)
    {
        if (result_.trouble.find(what) == std::string::npos) { // a full disk is met again and again
            result_.trouble += (result_.trouble.empty() ? "" : "\n") + what;
        }
    }
    void fail(std::string const& what);
    void on_signal(boost::system::error_code const& error);
    void signal_all(int number);
    void tick();
    void on_tick(steady_time now);
    void explain(slot& at, attempt_result& attempt);
    void mind_limit(slot& at, steady_time now);
    void end_what_goes_on(steady_time now);
    void end_everything();
    void conclude_run();

    // ---- Telling ----
    void notice(std::string const& text);

    template <class Say>
    void tell(Say const& say)
    {
        for (auto* const to : listeners_) {
            say(*to);
        }
    }

    // An exception in the event loop ends the run, not the process: workers are to be ended, the record to be
    // saved.
    template <class Act>
    void guarded(Act const& act)
    {
        try {
            act();
        } catch (std::exception const& e) {
            if (is_started_) {
                fail(e.what());
                return;
            }
            failure_ = failure_ ? failure_ : std::current_exception();
            context_.stop();
        }
    }

    run_settings settings_;
    planner plan_tests_;
    std::vector<run_listener*> listeners_;
    steady_time began_ = steady_clock::now();
    std::string uuid_;
    xdist::xdist_config config_;
    boost::filesystem::path database_file_;
    precreation::controller_precreation controller_;
    run_directory directory_;
    run_variables variables_{};
    database::environment_description environment_{};

    boost::asio::io_context context_{1};
    boost::asio::signal_set signals_{context_, SIGINT, SIGTERM, SIGHUP};
    boost::asio::steady_timer timer_{context_};

    std::optional<session_resource> resource_{};
    database::known_tests past_{}; // until the tests are told of it
    std::optional<history_recorder> recorder_{};
    std::unique_ptr<schedule> schedule_{};
    worker_kind kind_ = worker_kind::linked;
    steady_time first_start_{};               // of the first process
    std::chrono::nanoseconds listing_time_{}; // of that process, if it has listed its tests
    std::string why_not_better_{};
    std::uint64_t tree_hash_ = 0;
    bool is_prepared_ = false; // the tests are known
    bool is_started_ = false;  // the listeners know that there is a run
    std::vector<test_item> tests_{};
    std::vector<bool> selected_{};
    std::size_t useful_workers_ = 0;        // 0: nothing runs
    std::vector<std::uint32_t> attempts_{}; // of each test; with "each", on all workers
    std::vector<verdict> verdicts_{};
    bool has_dependencies_ = false; // a test depends on another
    // Tests that have failed, or were skipped for one that has, and the suites around them; in batches, those
    // that are not in the run, too. Nothing that depends on them runs.
    std::map<std::string, verdict, std::less<>> unmet_{};
    std::size_t skips_due_ = 0; // of tests that were handed out, and not to the process
    std::deque<test_index> alone_{};
    bool is_alone_ = false; // the test that runs is one of those
    run_overview overview_{};
    run_result result_{};
    std::uint64_t failures_ = 0;
    bool has_any_worked_ = false;
    std::set<std::pair<worker_index, std::string>> told_outside_{};
    std::string last_loss_{};
    std::optional<run_end> ending_{};
    int interruptions_ = 0;
    bool was_interrupted_ = false; // before all had ended
    bool has_told_of_coordination_ = false;
    std::optional<steady_time> wants_end_since_{};
    bool has_asked_for_end_ = false;
    bool is_over_ = false; // nothing runs any more
    std::exception_ptr failure_{};
    std::vector<slot> slots_; // last: their processes tell the rest
};

} // namespace testmon::runner

#endif
