// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "supervised_process.hpp"

#include "descendants.hpp"
#include "supervision_report.hpp"
#include "supervisor.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace testmon::runner
{

namespace
{

using xdist_coordination::file_descriptor;

// A supervisor must never run a handler of the runner's: for a Ctrl-C right after the fork, say.
class blocked_signals
{
  public:
    blocked_signals()
    {
        ::sigset_t all;
        ::sigfillset(&all);
        ::sigprocmask(SIG_BLOCK, &all, &before_);
    }
    ~blocked_signals() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
    blocked_signals(blocked_signals const&) = delete;
    blocked_signals& operator=(blocked_signals const&) = delete;

  private:
    ::sigset_t before_{};
};

bool is_reaper()
{
    int result = 0;
    return ::prctl(PR_GET_CHILD_SUBREAPER, &result) == 0 && result != 0;
}

// The variable by which all that belongs to a run can be told from other children, which there may be: of a
// shell that has become this process, say. Supervisors have it not.
std::string mark_of(process_description const& what)
{
    constexpr std::string_view name = "TESTMON_XDIST_RUN_ID=";
    for (auto const& variable : what.environment) {
        if (variable.compare(0, name.size(), name) == 0) {
            return variable;
        }
    }
    return "";
}

bool has_mark(::pid_t pid, std::string const& mark)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/environ", std::ios::binary);
    for (std::string variable; std::getline(file, variable, '\0');) {
        if (variable == mark) {
            return true;
        }
    }
    return false;
}

process_end end_without(::pid_t supervisor, std::string const& mark)
{
    process_end end;
    end.failure = "its supervisor, process " + std::to_string(supervisor) + ", has ended before it";
    end.status = SIGKILL;
    if (is_reaper() && !mark.empty()) {
        end.left =
            end_descendants(std::chrono::seconds(5), [&](::pid_t child) { return has_mark(child, mark); });
    } else {
        end.failure += "; what it has started may still run";
    }
    return end;
}

// Returns: its status.
int wait_for(::pid_t child)
{
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

} // namespace

supervised_process::supervised_process(process_description const& what) : mark_(mark_of(what))
{
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        throw std::system_error(errno, std::generic_category(), "socketpair");
    }
    channel_ = file_descriptor(ends[0]);
    file_descriptor theirs(ends[1]);
    {
        blocked_signals const guard;
        supervisor_ = ::fork();
        if (supervisor_ == 0) {
            supervise(what, theirs.get());
        }
    }
    if (supervisor_ < 0) {
        throw std::system_error(errno, std::generic_category(), "fork");
    }
    theirs.reset(); // for the channel to end with the supervisor
}

supervised_process::~supervised_process()
{
    if (supervisor_ > 0) {
        ::shutdown(channel_.get(), SHUT_RDWR);
        if (WIFSIGNALED(wait_for(supervisor_))) { // it has not seen to it that nothing remains
            end_without(supervisor_, mark_);
        }
    }
}

supervised_process::supervised_process(supervised_process&& other) noexcept
    : supervisor_(std::exchange(other.supervisor_, -1)), pid_(std::exchange(other.pid_, std::nullopt)),
      mark_(std::move(other.mark_)), channel_(std::move(other.channel_)),
      received_(std::move(other.received_)), end_(std::move(other.end_))
{
}

supervised_process& supervised_process::operator=(supervised_process&& other) noexcept
{
    supervised_process taken(std::move(other));
    std::swap(supervisor_, taken.supervisor_);
    std::swap(pid_, taken.pid_);
    std::swap(mark_, taken.mark_);
    std::swap(channel_, taken.channel_);
    std::swap(received_, taken.received_);
    std::swap(end_, taken.end_);
    return *this;
}

::pid_t supervised_process::pid()
{
    while (!pid_ && !(pid_ = parse_pid(received_)) && supervisor_ > 0) {
        ::pollfd source{channel_.get(), POLLIN, 0};
        ::poll(&source, 1, -1);
        receive();
    }
    return pid_.value_or(-1);
}

int supervised_process::descriptor() const noexcept
{
    return channel_.get();
}

std::optional<process_end> const& supervised_process::end()
{
    while (supervisor_ > 0 && receive()) {
    }
    return end_;
}

void supervised_process::signal(int number)
{
    if (!end_) {
        auto const command = static_cast<unsigned char>(number);
        ::send(channel_.get(), &command, sizeof command, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
}

// Returns: whether there may be more. At the end of what the supervisor sends, it has ended.
bool supervised_process::receive()
{
    std::array<char, 4096> buffer{};
    auto const count = ::recv(channel_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0) {
        received_.append(buffer.data(), static_cast<std::size_t>(count));
        return true;
    }
    if (count < 0 && errno == EINTR) {
        return true;
    }
    if (count < 0 && errno == EAGAIN) {
        return false;
    }
    auto const supervisor = std::exchange(supervisor_, -1);
    wait_for(supervisor);
    end_ = parse_end(received_);
    if (!end_) {
        end_ = end_without(supervisor, mark_);
    }
    return false;
}

} // namespace testmon::runner
