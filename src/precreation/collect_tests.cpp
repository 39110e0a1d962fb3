// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/precreation/collect_tests.hpp>

#include "../xdist_coordination/failpoint.hpp"
#include "../xdist_coordination/pointers_to.hpp"
#include "../xdist_coordination/trusted_file.hpp"
#include "one_line.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace testmon::precreation
{

namespace
{

using steady_clock = std::chrono::steady_clock;
using xdist_coordination::failpoint;
using xdist_coordination::file_descriptor;
using xdist_coordination::pointers_to;

// A program that prints without end must not take all memory: 100,000 tests need about 20 MiB.
constexpr std::size_t most_output = std::size_t{256} * 1024 * 1024;

std::string text_of(int error_number)
{
    return std::generic_category().message(error_number);
}

// ---- What the executable is started with ----

// Boost.Test's own variables tell how tests are run and reported. A listing needs none of them, and some
// would send it elsewhere, write over a log, or wait for a debugger.
constexpr std::array<std::string_view, 25> variables_of_boost_test{
    "BOOST_TEST_AUTO_START_DBG",
    "BOOST_TEST_BREAK_EXEC_PATH",
    "BOOST_TEST_BUILD_INFO",
    "BOOST_TEST_CATCH_SYSTEM_ERRORS",
    "BOOST_TEST_COLOR_OUTPUT",
    "BOOST_TEST_DETECT_FP_EXCEPTIONS",
    "BOOST_TEST_DETECT_MEMORY_LEAK",
    "BOOST_TEST_LIST_CONTENT",
    "BOOST_TEST_LIST_LABELS",
    "BOOST_TEST_LOG_FORMAT",
    "BOOST_TEST_LOG_LEVEL",
    "BOOST_TEST_LOG_SINK",
    "BOOST_TEST_LOGGER",
    "BOOST_TEST_OUTPUT_FORMAT",
    "BOOST_TEST_RANDOM",
    "BOOST_TEST_REPORT_FORMAT",
    "BOOST_TEST_REPORT_LEVEL",
    "BOOST_TEST_REPORT_MEMORY_LEAKS_TO",
    "BOOST_TEST_REPORT_SINK",
    "BOOST_TEST_RESULT_CODE",
    "BOOST_TEST_RUN_FILTERS",
    "BOOST_TEST_SAVE_PATTERN",
    "BOOST_TEST_SHOW_PROGRESS",
    "BOOST_TEST_USE_ALT_STACK",
    "BOOST_TEST_WAIT_FOR_DEBUGGER",
};

std::vector<std::string> environment_for_listing()
{
    std::vector<std::string> result;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        std::string_view const variable = *entry;
        auto const name = variable.substr(0, variable.find('='));
        if (std::find(variables_of_boost_test.begin(), variables_of_boost_test.end(), name) ==
            variables_of_boost_test.end()) {
            result.emplace_back(variable);
        }
    }
    // Here and not as an argument, which may stand only once, and may be among the caller's.
    result.emplace_back("BOOST_TEST_COLOR_OUTPUT=no");
    return result;
}

class spawn_settings
{
  public:
    explicit spawn_settings(int errors)
    {
        check(::posix_spawn_file_actions_init(&actions_));
        check(::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0));
        check(::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0));
        check(::posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO));
        check(::posix_spawnattr_init(&attributes_));
        check(::posix_spawnattr_setpgroup(&attributes_, 0));
        // What the calling thread blocks, and how this process takes a broken pipe and the end of a child, is
        // none of the executable's business.
        ::sigset_t signals;
        ::sigemptyset(&signals);
        check(::posix_spawnattr_setsigmask(&attributes_, &signals));
        ::sigaddset(&signals, SIGPIPE);
        ::sigaddset(&signals, SIGCHLD);
        check(::posix_spawnattr_setsigdefault(&attributes_, &signals));
        check(::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                           POSIX_SPAWN_SETSIGDEF));
    }
    ~spawn_settings()
    {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    spawn_settings(spawn_settings const&) = delete;
    spawn_settings& operator=(spawn_settings const&) = delete;

    ::posix_spawn_file_actions_t const* actions() const noexcept { return &actions_; }
    ::posix_spawnattr_t const* attributes() const noexcept { return &attributes_; }

  private:
    static void check(int error_number)
    {
        if (error_number != 0) {
            throw collection_error("it cannot be started: " + text_of(error_number));
        }
    }

    ::posix_spawn_file_actions_t actions_{};
    ::posix_spawnattr_t attributes_{};
};

// Both ends above the standard streams, which this process may have closed: in the child those are replaced
// before the pipe is put in place.
std::pair<file_descriptor, file_descriptor> make_pipe()
{
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw collection_error("there is no pipe for its standard error: " + text_of(errno));
    }
    std::array<file_descriptor, 2> low{file_descriptor(ends[0]), file_descriptor(ends[1])};
    std::array<file_descriptor, 2> high;
    for (std::size_t i = 0; i < low.size(); ++i) {
        if (low[i].get() > STDERR_FILENO) {
            high[i] = std::move(low[i]);
            continue;
        }
        high[i] = file_descriptor(::fcntl(low[i].get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
        if (!high[i]) {
            throw collection_error("there is no pipe for its standard error: " + text_of(errno));
        }
    }
    return {std::move(high[0]), std::move(high[1])};
}

// ---- A run of the executable ----

class listing_run
{
  public:
    listing_run(boost::filesystem::path const& executable, std::vector<std::string> const& arguments)
    {
        auto [reading, writing] = make_pipe();
        std::vector<std::string> words{executable.native(), "--list_content=DOT"};
        words.insert(words.end(), arguments.begin(), arguments.end());
        auto variables = environment_for_listing();
        auto const argv = pointers_to(words);
        auto const envp = pointers_to(variables);
        spawn_settings const settings(writing.get());
        int const error_number = ::posix_spawn(&pid_, executable.c_str(), settings.actions(),
                                               settings.attributes(), argv.data(), envp.data());
        if (error_number != 0) {
            throw collection_error("it cannot be started: " + text_of(error_number));
        }
        pipe_ = std::move(reading);
        // Without one (an old kernel, too many descriptors) the wait looks from time to time instead.
        if (failpoint("pidfd") == 0) {
            pidfd_ = file_descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
        }
    }
    ~listing_run() { end(); }
    listing_run(listing_run const&) = delete;
    listing_run& operator=(listing_run const&) = delete;

    // Waits for its end. If there is still time by then, all it wrote on standard error has been read.
    // Throws: collection_error if it does not end in time, prints too much, or ends otherwise than with 0.
    void wait(std::chrono::milliseconds timeout)
    {
        constexpr std::chrono::milliseconds longest = std::chrono::hours(24 * 365);
        auto const deadline =
            steady_clock::now() + std::clamp(timeout, std::chrono::milliseconds(0), longest);
        while (look() == state::running) {
            if (errors_.size() > most_output) {
                throw collection_error("it printed more than " + std::to_string(most_output >> 20U) +
                                       " MiB on standard error, and was killed");
            }
            if (steady_clock::now() >= deadline) {
                throw collection_error("it did not end within " + std::to_string(timeout.count()) +
                                       " ms, and was killed");
            }
            wait_and_read(deadline);
        }
        read_the_rest();
        auto const status = end();
        if (status && WIFSIGNALED(*status)) {
            int const number = WTERMSIG(*status);
            throw collection_error("it was killed by signal " + std::to_string(number) + " (" +
                                   ::strsignal(number) + ")");
        }
        if (status && WEXITSTATUS(*status) != 0) {
            throw collection_error("it exited with code " + std::to_string(WEXITSTATUS(*status)));
        }
    }

    std::string const& errors() const noexcept { return errors_; }

  private:
    enum class state {
        running,
        ended,
        lost // reaped by somebody else: this process ignores SIGCHLD, or another thread waits for any child
    };

    // It is not reaped by this: as long as it is there, nothing else has its number or its process group.
    state look() const
    {
        ::siginfo_t info{};
        if (::waitid(P_PID, static_cast<::id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
            return state::lost;
        }
        return info.si_pid != 0 ? state::ended : state::running;
    }

    void wait_and_read(steady_clock::time_point deadline)
    {
        using std::chrono::milliseconds;
        constexpr milliseconds glance{10};
        auto left =
            std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now()) + milliseconds(1);
        left = std::min(left, pidfd_ ? milliseconds(std::chrono::hours(1)) : glance);
        std::array<::pollfd, 2> sources{::pollfd{pipe_.get(), POLLIN, 0}, ::pollfd{pidfd_.get(), POLLIN, 0}};
        if (::poll(sources.data(), sources.size(), static_cast<int>(left.count())) > 0 &&
            sources[0].revents != 0) {
            read_some(buffer_.size());
        }
    }

    // Reads what there is, which must be something, or the end.
    std::size_t read_some(std::size_t most)
    {
        auto const got = ::read(pipe_.get(), buffer_.data(), std::min(most, buffer_.size()));
        if (got > 0) {
            errors_.append(buffer_.data(), static_cast<std::size_t>(got));
            return static_cast<std::size_t>(got);
        }
        if (got == 0 || errno != EINTR) {
            pipe_.reset();
        }
        return 0;
    }

    // What the executable wrote is in the pipe once it has ended. A process that it left behind may hold the
    // pipe open, and write on: neither its end nor its silence is waited for.
    void read_the_rest()
    {
        int there = 0;
        if (!pipe_ || ::ioctl(pipe_.get(), FIONREAD, &there) != 0) {
            return;
        }
        for (auto left = static_cast<std::size_t>(there); left != 0 && pipe_;) {
            left -= read_some(left);
        }
    }

    // Kills it, if it still runs, and whatever it left behind in its process group; reaps it.
    // Returns: its status, if it can be told.
    std::optional<int> end()
    {
        if (pid_ < 0 || look() == state::lost) {
            pid_ = -1;
            return std::nullopt;
        }
        auto const pid = std::exchange(pid_, -1);
        ::kill(-pid, SIGKILL);
        ::kill(pid, SIGKILL);
        int status = 0;
        while (::waitpid(pid, &status, 0) < 0) {
            if (errno != EINTR) {
                return std::nullopt;
            }
        }
        return status;
    }

    ::pid_t pid_ = -1;
    file_descriptor pipe_{};
    file_descriptor pidfd_{};
    std::string errors_{};
    std::array<char, std::size_t{64} * 1024> buffer_{};
};

std::string message(boost::filesystem::path const& executable, std::string const& what,
                    std::string const* errors)
{
    constexpr std::size_t tail_length = 500;
    auto result = "cannot collect the tests of " + executable.native() + ": " + what;
    if (errors == nullptr) {
        return result;
    }
    auto const tail = end_on_one_line(*errors, tail_length);
    return result + (tail.empty() ? "; it printed nothing on standard error"
                                  : "; the end of its standard error: " + tail);
}

} // namespace

std::vector<database::test_record> collect_tests(boost::filesystem::path const& executable,
                                                 std::vector<std::string> const& arguments,
                                                 std::chrono::milliseconds timeout)
{
    std::optional<listing_run> run;
    try {
        run.emplace(executable, arguments);
        run->wait(timeout);
        return parse_test_graph(run->errors());
    } catch (collection_error const& e) {
        throw collection_error(message(executable, e.what(), run ? &run->errors() : nullptr));
    }
}

} // namespace testmon::precreation
