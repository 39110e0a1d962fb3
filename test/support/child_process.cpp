// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/child_process.hpp"

#include "xdist_coordination/pointers_to.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace testmon::test
{

namespace
{

using steady_clock = std::chrono::steady_clock;
using xdist_coordination::pointers_to;

[[noreturn]] void fail(std::string const& what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

std::vector<std::string> environment_with(std::map<std::string, std::string> const& more)
{
    std::vector<std::string> result;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        std::string const text = *entry;
        if (more.count(text.substr(0, text.find('='))) == 0) {
            result.push_back(text);
        }
    }
    for (auto const& [name, value] : more) {
        result.push_back(name + "=" + value);
    }
    return result;
}

int milliseconds_until(steady_clock::time_point deadline)
{
    auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
    return left.count() <= 0 ? 0 : static_cast<int>(left.count()) + 1;
}

} // namespace

child_process::child_process(std::string const& program, std::vector<std::string> const& arguments,
                             child_options const& how)
{
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) {
        fail("pipe2");
    }
    errors_file_ = ::memfd_create("errors", MFD_CLOEXEC);
    std::vector<std::string> words{program};
    words.insert(words.end(), arguments.begin(), arguments.end());
    auto variables = environment_with(how.environment);
    auto const argv = pointers_to(words);
    auto const envp = pointers_to(variables);
    auto const child = ::fork();
    if (child < 0) {
        fail("fork");
    }
    if (child == 0) {
        // Only calls that are safe in a child of a process with threads.
        for (int const number : {SIGINT, SIGQUIT, SIGHUP}) {
            ::signal(number, SIG_DFL); // a shell that has started the tests in the background ignores them
        }
        ::dup2(in[0], STDIN_FILENO);
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(errors_file_, STDERR_FILENO);
        if (how.working_directory.empty() || ::chdir(how.working_directory.c_str()) == 0) {
            ::execve(program.c_str(), argv.data(), envp.data());
        }
        ::_exit(127);
    }
    pid_ = child;
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_pipe_ = out[0];
    if (!how.input.empty() && ::write(input_, how.input.data(), how.input.size()) < 0) {
        fail("write to the child");
    }
}

child_process::child_process(child_process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), input_(std::exchange(other.input_, -1)),
      output_pipe_(std::exchange(other.output_pipe_, -1)),
      errors_file_(std::exchange(other.errors_file_, -1)), output_(std::move(other.output_)),
      reaped_(other.reaped_), status_(other.status_)
{
}

child_process::~child_process()
{
    if (pid_ > 0 && !reaped_) {
        ::kill(static_cast<::pid_t>(pid_), SIGKILL);
        ::waitpid(static_cast<::pid_t>(pid_), nullptr, 0);
    }
    for (int const descriptor : {input_, output_pipe_, errors_file_}) {
        if (descriptor >= 0) {
            ::close(descriptor);
        }
    }
}

// Reads what there is; returns false at the end of the output.
bool child_process::fill(steady_clock::time_point deadline)
{
    ::pollfd source{output_pipe_, POLLIN, 0};
    int const ready = ::poll(&source, 1, milliseconds_until(deadline));
    if (ready < 0 && errno == EINTR) {
        return true;
    }
    if (ready == 0) {
        throw std::runtime_error("process " + std::to_string(pid_) +
                                 " keeps silent; its errors: " + errors());
    }
    std::array<char, 4096> buffer{};
    auto const got = ::read(output_pipe_, buffer.data(), buffer.size());
    if (got <= 0) {
        return false;
    }
    output_.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
}

std::optional<std::string> child_process::read_line()
{
    auto const deadline = steady_clock::now() + patience;
    for (;;) {
        if (auto const end = output_.find('\n'); end != std::string::npos) {
            auto line = output_.substr(0, end);
            output_.erase(0, end + 1);
            return line;
        }
        if (!fill(deadline)) {
            return std::nullopt;
        }
    }
}

std::string child_process::wait_for_line(std::string const& beginning)
{
    std::string seen;
    while (auto line = read_line()) {
        if (line->compare(0, beginning.size(), beginning) == 0) {
            return *line;
        }
        seen += *line + "\n";
    }
    throw std::runtime_error("no line \"" + beginning + "\" came; output: " + seen + "errors: " + errors());
}

void child_process::write_line(std::string const& text)
{
    auto const line = text + "\n";
    if (::write(input_, line.data(), line.size()) != static_cast<::ssize_t>(line.size())) {
        fail("write to the child");
    }
}

void child_process::close_input()
{
    ::close(std::exchange(input_, -1));
}

void child_process::send_signal(int number) const
{
    ::kill(static_cast<::pid_t>(pid_), number);
}

void child_process::kill_and_wait()
{
    send_signal(SIGKILL);
    wait();
}

exit_status child_process::wait()
{
    if (reaped_) {
        return status_;
    }
    auto const deadline = steady_clock::now() + patience;
    auto const pidfd = static_cast<int>(::syscall(SYS_pidfd_open, static_cast<::pid_t>(pid_), 0));
    std::array<::pollfd, 2> sources{{{pidfd, POLLIN, 0}, {output_pipe_, POLLIN, 0}}};
    // Its output is read meanwhile, so that a full pipe does not keep it from ending.
    bool more = true;
    while (sources[0].revents == 0) {
        if (steady_clock::now() >= deadline) {
            ::close(pidfd);
            throw std::runtime_error("process " + std::to_string(pid_) +
                                     " does not end; its errors: " + errors());
        }
        sources[1].fd = more ? output_pipe_ : -1;
        if (::poll(sources.data(), sources.size(), milliseconds_until(deadline)) > 0 &&
            sources[1].revents != 0) {
            more = fill(deadline);
        }
    }
    ::close(pidfd);
    int raw = 0;
    ::waitpid(static_cast<::pid_t>(pid_), &raw, 0);
    reaped_ = true;
    // Children of its own may hold the pipe open: take what is there.
    for (::pollfd out{output_pipe_, POLLIN, 0}; more && ::poll(&out, 1, 0) > 0;) {
        more = fill(deadline);
    }
    status_.code = WIFEXITED(raw) ? WEXITSTATUS(raw) : -1;
    status_.signal = WIFSIGNALED(raw) ? WTERMSIG(raw) : 0;
    return status_;
}

bool child_process::has_ended() const
{
    ::siginfo_t info{};
    return reaped_ || (::waitid(P_PID, static_cast<::id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
                       info.si_pid != 0);
}

std::string child_process::errors() const
{
    std::string text(static_cast<std::size_t>(std::max<::off_t>(::lseek(errors_file_, 0, SEEK_END), 0)),
                     '\0');
    auto const got = ::pread(errors_file_, text.data(), text.size(), 0);
    text.resize(static_cast<std::size_t>(std::max<::ssize_t>(got, 0)));
    return text;
}

finished_process run_process(std::string const& program, std::vector<std::string> const& arguments,
                             child_options const& how)
{
    child_process process(program, arguments, how);
    process.close_input();
    auto const status = process.wait();
    return {status, process.output(), process.errors()};
}

} // namespace testmon::test
