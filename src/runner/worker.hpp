// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_WORKER_HPP
#define TESTMON_SRC_RUNNER_WORKER_HPP

#include "attempt.hpp"
#include "test_item.hpp"

#include <boost/filesystem/path.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace testmon::runner
{

/// How a worker's process ended.
struct worker_end {
    bool in_order = false;   ///< it was told to finish, or ended by itself with nothing amiss
    bool took_part = false;  ///< it has said that it is a worker
    bool in_test = false;    ///< a test has been told to have crashed with it
    bool is_broken = false;  ///< by a test that was told before: its end is nobody else's fault
    bool has_started = true; ///< otherwise `why` says why there was no process, or none that could be watched
    std::string why{};       ///< such as "killed by signal 11 (Segmentation fault)", "exited with code 3"
    std::string output{};    ///< the end of what it wrote after its last test
    /// Handed out and not begun, in the order in which they were.
    std::vector<test_index> not_begun{};
    std::vector<std::string> remarks{}; ///< such as processes that it left behind
};

/// Is told what workers do.
class worker_events
{
  public:
    virtual ~worker_events() = default;

    /// The worker has read its tree. `tests`: of the first worker only; all its tests, in the order of the
    /// tree.
    virtual void on_tree(worker_index worker, std::uint64_t hash, std::vector<test_item>&& tests) = 0;
    /// Another process begins, where each batch has one of its own.
    virtual void on_process_begins(worker_index) {}
    /// It can be handed tests.
    virtual void on_room(worker_index worker) = 0;
    virtual void on_started(worker_index worker, test_index test) = 0;
    /// `attempt` has no number, and says nothing of a retry.
    virtual void on_finished(worker_index worker, attempt_result&& attempt) = 0;
    /// A fixture of a suite or of all tests failed: a text of one or more lines.
    virtual void on_failure_outside_tests(worker_index worker, std::string const& text) = 0;
    virtual void on_notice(std::string const& text) = 0;
    virtual void on_ended(worker_index worker, worker_end const& end) = 0;
};

/// A worker of the run: a slot, in which one process after the other may run.
class worker
{
  public:
    virtual ~worker() = default;

    /// The process; -1: none runs.
    virtual ::pid_t pid() = 0;
    /// Whether the process has ended, so that what is told now is what became of its tests.
    virtual bool has_ended() const = 0;
    /// Whether it has been handed tests, and is not done with all that belongs to them.
    virtual bool is_at_work() const = 0;
    /// The state is published, and acknowledged for the worker: its tests may begin. `selected`: for each
    /// test, whether it is in the run. `stops_at_failure`: a failure may be the end of the run, so that no
    /// test shall begin after it before the runner has heard of it, if that can be had.
    virtual void go(std::vector<bool> const& selected, bool stops_at_failure) = 0;
    /// Whether `run` may be called.
    virtual bool has_room() const = 0;
    virtual void run(std::vector<test_index> const& tests) = 0;
    /// Returns: tests that were handed out and will not be begun: `first` and those after it, or all (none).
    virtual std::vector<test_index> revoke(std::optional<test_index> first) = 0;
    /// Takes what it has said and not yet drawn attention to. To be called from time to time.
    virtual void listen() {}
    /// It shall end once it has run what it has.
    virtual void finish() = 0;
    /// Signals its process group.
    virtual void signal(int number) = 0;
};

/// "killed by signal 11 (Segmentation fault)" or "exited with code 3", of a status as of waitpid.
std::string describe_status(int status);

} // namespace testmon::runner

#endif
