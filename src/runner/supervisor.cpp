// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "supervisor.hpp"

#include "descendants.hpp"
#include "start_process.hpp"
#include "supervision_report.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace testmon::runner
{

namespace
{

// For kernels before 5.9, and for a seccomp filter that does not know close_range.
void close_listed_except(int kept)
{
    std::vector<int> open;
    if (::DIR* const directory = ::opendir("/proc/self/fd"); directory != nullptr) {
        while (auto const* const entry = ::readdir(directory)) {
            open.push_back(entry->d_name[0] == '.' ? kept : std::atoi(entry->d_name));
        }
        ::closedir(directory);
    }
    for (int const descriptor : open) {
        if (descriptor != kept) {
            ::close(descriptor);
        }
    }
}

// The channels of the other supervisors are among what the fork has copied: while anybody has the runner's
// end of one, its supervisor does not see the runner die.
void close_descriptors_except(int kept)
{
#ifdef SYS_close_range
    auto const number = static_cast<unsigned>(kept);
    constexpr auto last = std::numeric_limits<unsigned>::max();
    if (::syscall(SYS_close_range, 0U, number - 1, 0U) == 0 &&
        ::syscall(SYS_close_range, number + 1, last, 0U) == 0) {
        return;
    }
#endif
    close_listed_except(kept);
}

// Nothing of the runner's terminal, signal handlers and descriptors. Returns: the channel.
int detach_from_runner(int channel)
{
    for (int number = 1; number < NSIG; ++number) {
        ::signal(number, SIG_DFL); // an ignored SIGCHLD would take the status of our children away
    }
    ::setsid();
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::prctl(PR_SET_NAME, "supervisor");
    constexpr int kept = STDERR_FILENO + 1; // for which there is room also where the runner has no more
    ::dup2(channel, kept);
    ::fcntl(kept, F_SETFD, FD_CLOEXEC);
    close_descriptors_except(kept);
    for (int standard = STDIN_FILENO; standard <= STDERR_FILENO; ++standard) {
        ::open("/dev/null", O_RDWR); // the lowest that is free
    }
    return kept;
}

class supervisor
{
  public:
    explicit supervisor(int channel) : channel_(channel)
    {
        ::sigset_t child_ended;
        ::sigemptyset(&child_ended);
        ::sigaddset(&child_ended, SIGCHLD);
        child_ended_ = ::signalfd(-1, &child_ended, SFD_CLOEXEC | SFD_NONBLOCK);
    }

    process_end run(process_description const& what)
    {
        process_end end;
        std::array<int, 2> failure{};
        worker_ = ::pipe2(failure.data(), O_CLOEXEC | O_NONBLOCK) == 0 ? ::fork() : -1;
        if (worker_ == 0) {
            start_process(what, failure[1]);
        }
        auto const fork_error = errno;
        send(pid_report(worker_));
        if (worker_ < 0) {
            end.failure = "cannot fork: " + std::string(std::strerror(fork_error));
            return end;
        }
        ::setpgid(worker_, worker_); // as it does itself: whoever comes first
        wait_for_end();
        end.status = status_;
        end.failure = text_in(failure[0]);
        end.left = end_descendants(std::chrono::seconds(5));
        return end;
    }

    void send(std::string const& report) const
    {
        for (std::size_t sent = 0; sent < report.size();) {
            auto const count = ::send(channel_, report.data() + sent, report.size() - sent, MSG_NOSIGNAL);
            if (count < 0 && errno != EINTR) {
                return; // the runner is gone
            }
            sent += count > 0 ? static_cast<std::size_t>(count) : 0;
        }
    }

  private:
    // Returns when the process has ended. If the runner ends first, or wants an end, the process is killed.
    void wait_for_end()
    {
        std::array<::pollfd, 2> sources{{{channel_, POLLIN, 0}, {child_ended_, POLLIN, 0}}};
        while (worker_ > 0) {
            ::poll(sources.data(), sources.size(), -1);
            if (sources[1].revents != 0) {
                reap();
            }
            if (sources[0].revents != 0 && !obey()) {
                return;
            }
        }
    }

    void reap()
    {
        ::signalfd_siginfo ignored{};
        while (::read(child_ended_, &ignored, sizeof ignored) > 0) {
        }
        int status = 0;
        for (::pid_t ended = 0; (ended = ::waitpid(-1, &status, WNOHANG)) > 0;) {
            if (ended == worker_) {
                worker_ = -1; // from now on the number may be another process'
                status_ = status;
            }
        }
    }

    // Returns: false if the runner has no more use for the process.
    bool obey() const
    {
        std::array<unsigned char, 16> commands{};
        auto const count = ::recv(channel_, commands.data(), commands.size(), MSG_DONTWAIT);
        for (std::size_t i = 0; static_cast<::ssize_t>(i) < count && worker_ > 0; ++i) {
            if (commands[i] == 0) {
                ::prctl(PR_SET_NAME, "gdb"); // see supervised_process::pose_as_debugger
            } else {
                ::kill(-worker_, commands[i]);
            }
        }
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
    }

    // The pipe's other end is closed by exec, so that there is a text only if that failed.
    static std::string text_in(int pipe)
    {
        std::array<char, 4096> text{};
        auto const count = ::read(pipe, text.data(), text.size());
        return {text.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
    }

    int channel_;
    int child_ended_ = -1;
    ::pid_t worker_ = -1;
    int status_ = 0;
};

} // namespace

void supervise(process_description const& what, int channel) noexcept
{
    supervisor self(detach_from_runner(channel));
    auto const end = self.run(what);
    leave_isolation(what.isolation);
    self.send(end_report(end));
    ::_exit(0);
}

} // namespace testmon::runner
