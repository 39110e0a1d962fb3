// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_BATCH_WORKER_HPP
#define TESTMON_SRC_RUNNER_BATCH_WORKER_HPP

#include "batch_outcome.hpp"
#include "readable_log.hpp"
#include "run_test_argument.hpp"
#include "supervised_process.hpp"
#include "worker.hpp"
#include "worker_directory.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace testmon::runner
{

/// Runs each batch in a process of its own, of an executable that cannot be made a worker, and chooses the
/// tests with --run_test.
///
/// `on_started` comes while a test begins, `on_finished` of all tests of a batch once its process has ended,
/// in the order in which they ran: only then has Boost.Test said how they came out. A process that dies with
/// tests left is the end of the worker; one that dies in or behind the last test of its batch is not.
class batch_worker : public worker
{
  public:
    /// `process` is without what chooses tests, and what it says of Boost.Test's reports is overridden. Its
    /// output goes to the directory, where it finds its way also if it is isolated. `tests` must outlive it.
    /// It starts nothing. Errors: `std::runtime_error`: Boost.Test cannot be told the name of the directory.
    batch_worker(boost::asio::io_context& context, worker_index index, worker_directory directory,
                 process_description process, std::vector<test_item> const& tests, worker_events& events);

    ::pid_t pid() override { return process_ ? process_->pid() : -1; }
    bool has_ended() const override { return has_ended_; }
    bool is_at_work() const override { return process_ && !has_ended_; }
    void go(std::vector<bool> const& selected, bool stops_at_failure) override;
    bool has_room() const override;
    void run(std::vector<test_index> const& tests) override;
    std::vector<test_index> revoke(std::optional<test_index>) override { return {}; }
    void finish() override;
    void signal(int number) override;

    worker_directory const& directory() const noexcept { return directory_; }

  private:
    void start_next();
    void cannot_start(std::string const& why);
    void wait_for_end();
    void wait_for_tick();
    void on_end();
    void read_output();
    void tell_started();
    void blame_for_dependency(batch_outcome& outcome) const;
    void tell_finished(batch_outcome& outcome);
    void tell(attempt_result&& attempt);
    void tell_refused();
    void tell_ended(worker_end& how);
    void go_on();

    worker_index index_;
    worker_directory directory_;
    process_description description_;
    std::vector<test_item> const& tests_;
    run_test_names names_;
    worker_events& events_;
    std::map<std::string, test_index> index_of_path_{};

    bool has_gone_ = false;
    bool is_busy_ = false; // from `run` until all is told of it
    bool is_finishing_ = false;
    bool took_part_ = false;
    std::string why_not_started_{};
    std::deque<run_test_names::part> parts_{}; // of the batch, each for a process
    std::vector<test_index> refused_{};        // of the batch, that cannot be chosen

    run_test_names::part running_{}; // of the process
    std::vector<bool> is_running_{}; // by test_index
    bool has_ended_ = false;         // the process
    std::optional<supervised_process> process_{};
    readable_log log_{};
    std::uint64_t output_begin_ = 0; // of the process
    std::uint64_t read_ = 0;         // of the output
    std::size_t cases_told_ = 0;     // of those of the log
    std::map<test_index, database::timestamp> started_{};

    boost::asio::posix::stream_descriptor end_watch_;
    boost::asio::steady_timer timer_;
    // Of this object and of its process: a handler that was due when either came to its end is called all the
    // same.
    std::shared_ptr<void> life_ = std::make_shared<char>();
};

} // namespace testmon::runner

#endif
