// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_CHILD_PROCESS_HPP
#define TESTMON_TEST_SUPPORT_CHILD_PROCESS_HPP

#include <boost/filesystem/path.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace testmon::test
{

/// How a process ended: by an exit code or by a signal.
struct exit_status {
    int code = -1;
    int signal = 0;
};

/// How a child process is started.
struct child_options {
    std::map<std::string, std::string> environment{}; ///< added to this process' own
    boost::filesystem::path working_directory{};      ///< empty: this process' own
    std::string input{};                              ///< for standard input, which stays open afterwards
};

/// A real child process with its own standard streams. The destructor kills and reaps it.
///
/// Every wait ends after `patience` with an exception, so that a fault shows as a failed test and not as a
/// hang.
class child_process
{
  public:
    static constexpr std::chrono::seconds patience{60};

    child_process(std::string const& program, std::vector<std::string> const& arguments,
                  child_options const& how = {});
    ~child_process();
    child_process(child_process&& other) noexcept;
    child_process& operator=(child_process&&) = delete;

    std::int64_t pid() const noexcept { return pid_; }
    /// The next line of standard output, without its end; none at the end of the output.
    std::optional<std::string> read_line();
    /// Reads lines up to one that begins like this, and returns it. Throws if there is none.
    std::string wait_for_line(std::string const& beginning);
    /// Writes a line to standard input.
    void write_line(std::string const& text);
    void close_input();
    void send_signal(int number) const;
    /// Kills the process and reaps it.
    void kill_and_wait();
    /// Waits for the end. The output that was not read yet is in `output` then.
    exit_status wait();
    /// Whether it has ended; it is not reaped by this.
    bool has_ended() const;
    /// All of standard output that `read_line` has not returned, once `wait` is over.
    std::string const& output() const noexcept { return output_; }
    /// All of standard error so far.
    std::string errors() const;

  private:
    bool fill(std::chrono::steady_clock::time_point deadline);

    std::int64_t pid_ = -1;
    int input_ = -1;
    int output_pipe_ = -1;
    int errors_file_ = -1;
    std::string output_{};
    bool reaped_ = false;
    exit_status status_{};
};

/// Runs a program to its end.
struct finished_process {
    exit_status status;
    std::string output;
    std::string errors;
};
finished_process run_process(std::string const& program, std::vector<std::string> const& arguments,
                             child_options const& how = {});

} // namespace testmon::test

#endif
