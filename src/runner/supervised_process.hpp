// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_SUPERVISED_PROCESS_HPP
#define TESTMON_SRC_RUNNER_SUPERVISED_PROCESS_HPP

#include "isolation.hpp"
#include "left_process.hpp"
#include "xdist_coordination/trusted_file.hpp"

#include <boost/filesystem/path.hpp>

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace testmon::runner
{

/// What to start, and with what.
struct process_description {
    std::vector<std::string> command{};          ///< the first is looked up in PATH unless it holds a '/'
    std::vector<std::string> environment{};      ///< "NAME=value"; all that it gets
    boost::filesystem::path working_directory{}; ///< empty: the caller's
    boost::filesystem::path output{};            ///< both standard output and error are appended to this file
    isolation_settings isolation{};
};

/// What a supervisor reports, once, at the end.
struct process_end {
    /// Why it could not be started, or is not supervised any more; empty: it was started and has ended.
    std::string failure{};
    int status = 0; ///< as of waitpid
    /// Processes that it left behind, of very many the first hundred; they were killed if they could be.
    std::vector<left_process> left{};
};

/// A process under a supervisor of its own: a process between it and this one that sees to it that nothing
/// remains.
///
/// The supervisor is a child of this process, the reaper of whatever its descendants leave behind (Linux,
/// PR_SET_CHILD_SUBREAPER), and leads no terminal's foreground, so that Ctrl-C reaches this process only.
/// When the supervised process has ended, when this process dies (by whatever signal) or this object is
/// destroyed, it kills all that remains, also what has left the process group or the session, and ends.
///
/// The end of the supervisor itself, by SIGKILL, say, kills the supervised process; and what that left, if
/// this process is a subreaper: all of its children then that have the same TESTMON_XDIST_RUN_ID in their
/// environment.
///
/// The supervised process has standard input from /dev/null, an empty signal mask, default signal actions,
/// and no other open descriptor than 0 to 2.
///
/// Thread safety: one thread at a time; this process must have no other threads when one is made.
class supervised_process
{
  public:
    /// Errors: `std::system_error` if there is no process or no descriptor to be had. What fails later, in
    /// the new process, is reported as `process_end::failure`.
    explicit supervised_process(process_description const& what);
    /// Kills, and waits until nothing remains.
    ~supervised_process();
    supervised_process(supervised_process&&) noexcept;
    supervised_process& operator=(supervised_process&&) noexcept;

    /// The supervised process, as this process sees it; -1: there was none to be had. Waits until it is
    /// known, which is the time of a fork: whoever starts several asks when all are on their way.
    ::pid_t pid();
    /// Becomes readable when `end` has something to return.
    int descriptor() const noexcept;
    /// Returns: how it ended; none: it has not, yet. Once it has, the same answer each time.
    std::optional<process_end> const& end();
    /// Sends a signal to the process group of the supervised process. None once it has ended.
    void signal(int number);
    /// The supervisor is called "gdb" from now on. Before each test Boost.Test looks through the ancestors of
    /// the process for one of this name, to leave faults to it if there is one; to look at all up to the
    /// first process of the system takes longer than a small test.
    void pose_as_debugger() { signal(0); }

  private:
    bool receive();

    ::pid_t supervisor_ = -1;
    std::optional<::pid_t> pid_{};
    std::string mark_{}; // of what belongs to the run
    xdist_coordination::file_descriptor channel_{};
    std::string received_{};
    std::optional<process_end> end_{};
};

} // namespace testmon::runner

#endif
