// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_PERSISTENT_WORKER_HPP
#define TESTMON_SRC_RUNNER_PERSISTENT_WORKER_HPP

#include "supervised_process.hpp"
#include "worker.hpp"
#include "worker_connection.hpp"
#include "worker_directory.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace testmon::runner
{

/// A process of the test executable that has the worker in it, linked or preloaded, and runs one batch after
/// the other. Whether it has is seen when it says so.
class persistent_worker : public worker
{
  public:
    /// Starts `process`, whose output goes to the directory. `tells_tests`: whether `on_tree` shall hold the
    /// tests.
    persistent_worker(boost::asio::io_context& context, worker_index index, worker_directory directory,
                      process_description const& process, bool tells_tests, worker_events& events);

    ::pid_t pid() override { return process_.pid(); }
    bool has_ended() const override { return has_ended_; }
    bool is_at_work() const override { return !batches_.empty(); }
    void go(std::vector<bool> const& selected, bool stops_at_failure) override;
    bool has_room() const override;
    void run(std::vector<test_index> const& tests) override;
    std::vector<test_index> revoke(std::optional<test_index> first) override;
    void listen() override;
    void finish() override;
    void signal(int number) override { process_.signal(number); }

    /// Whether it is preloaded, and not linked. Known once it has told its tree.
    bool is_preloaded() const noexcept { return is_preloaded_; }
    /// Why the preloaded library could not make the process a worker; empty: it has not said so.
    std::string const& why_not_preloaded() const noexcept { return why_not_preloaded_; }
    worker_directory const& directory() const noexcept { return directory_; }

  private:
    struct batch {
        std::uint32_t number;
        std::vector<test_index> tests;
        std::size_t done; // of the tests, from the first
    };

    void watch_end();
    void on_end();
    void on_connected();
    void on_message(boost_test::message_reader& message);
    void on_broken(std::string const& why);
    void take_hello(boost_test::message_reader& message);
    void greet();
    void take_unit(boost_test::message_reader& message);
    void take_log(boost_test::message_reader& message);
    void take_finished(boost_test::message_reader& message);
    void take_batch_done(std::uint32_t number);
    void send(batch const& one);
    void send_go_on();
    void begin_attempt(test_index test);
    /// Of the running test; it is done with. Its output ends at `output_end`.
    void end_attempt(std::uint64_t output_end);
    /// The batch whose next test it is. Errors: `protocol_error`: there is none.
    batch& batch_before(test_index test);
    void tell_failure_outside();
    bool is_expected(int status) const;
    bool blame(std::string const& how);

    worker_index index_;
    worker_directory directory_;
    worker_events& events_;
    bool tells_tests_;
    worker_connection connection_;
    supervised_process process_;
    boost::asio::posix::stream_descriptor end_watch_;

    bool has_said_hello_ = false;
    bool has_told_tests_ = false;
    bool has_gone_ = false;
    bool is_preloaded_ = false;
    bool is_finishing_ = false;
    bool has_ended_ = false;
    bool has_left_ = false;         // it has told its farewell
    bool stops_at_failure_ = false; // it waits after each until it is told to go on
    std::uint32_t failures_ = 0;    // of tests that have ended
    bool has_failures_ = false;     // so that Boost.Test's exit code is not 0
    std::string why_not_preloaded_{};
    std::string broken_{};
    std::string why_killed_{};
    std::vector<test_item> tests_{}; // while they are being told

    std::deque<batch> batches_{};
    std::uint32_t last_batch_ = 0;
    std::optional<attempt_result> attempt_{};
    std::string entering_{};             // the suite whose fixture may be at work
    std::vector<log_message> outside_{}; // what was logged while no test ran
    std::uint64_t output_begin_ = 0;
    std::optional<source_place> died_at_{};
    bool called_exit_ = false;
    // A handler that was due when this object was destroyed is called all the same.
    std::shared_ptr<void> life_ = std::make_shared<char>();
};

} // namespace testmon::runner

#endif
