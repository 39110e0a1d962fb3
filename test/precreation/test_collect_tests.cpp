// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/child_process.hpp"
#include "support/environment.hpp"
#include "support/scratch_directory.hpp"
#include "support/test_record_text.hpp"
#include "support/thrown.hpp"

#include <testmon/precreation/collect_tests.hpp>

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/fstream.hpp>
#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <future>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace testmon::precreation;
using namespace testmon::test;
using namespace std::chrono_literals;
using testmon::database::test_record;
namespace fs = boost::filesystem;

namespace
{

std::string sample(std::string const& name)
{
    return std::string(TESTMON_SAMPLE_DIR) + "/sample_" + name;
}

std::vector<std::string> split(std::string const& text, char separator)
{
    std::vector<std::string> parts;
    for (std::size_t begin = 0, end = 0; (end = text.find(separator, begin)) != std::string::npos;
         begin = end + 1) {
        parts.push_back(text.substr(begin, end - begin));
    }
    return parts;
}

// What a sample tells of its tests when it runs; see test/sample/tell_tree.hpp.
std::vector<test_record> tests_told_by(std::string const& executable)
{
    std::vector<test_record> tests;
    auto const output = run_process(executable, {"--report_level=no", "--log_level=nothing"}).output;
    for (auto const& line : split(output, '\x1e')) {
        auto const parts = split(line + '\x1f', '\x1f');
        BOOST_TEST_REQUIRE(parts.size() == 9U);
        auto& test = tests.emplace_back();
        test.path = parts[0];
        test.suite = parts[1];
        test.file = parts[2];
        test.line = std::stoll(parts[3]);
        test.time_limit = std::chrono::seconds(std::stoll(parts[4]));
        test.expected_failures = std::stoll(parts[5]);
        test.enabled = parts[6] == "1";
        test.labels = split(parts[7], '\x1d');
        test.depends_on = split(parts[8], '\x1d');
    }
    return tests;
}

std::vector<std::string> texts_of(std::vector<test_record> const& tests)
{
    std::vector<std::string> texts;
    std::transform(tests.begin(), tests.end(), std::back_inserter(texts), &text_of);
    return texts;
}

// The suite below has the name of the function, which cannot be called in it.
std::vector<test_record> collect(std::string const& executable,
                                 std::vector<std::string> const& arguments = {},
                                 std::chrono::milliseconds timeout = 60s)
{
    return collect_tests(executable, arguments, timeout);
}

std::vector<test_record> collect_unusual(std::string const& way, std::chrono::milliseconds timeout = 60s)
{
    environment_variable const variable("TESTMON_SAMPLE_WAY", way);
    return collect(sample("unusual"), {}, timeout);
}

std::string complaint_of(std::string const& executable, std::vector<std::string> const& arguments = {})
{
    return thrown_by<collection_error>([&] { collect(executable, arguments); }).what();
}

std::string complaint_about(std::string const& way, std::chrono::milliseconds timeout = 60s)
{
    return thrown_by<collection_error>([&] { collect_unusual(way, timeout); }).what();
}

// The open descriptors of this process.
std::vector<int> descriptors()
{
    std::vector<int> open;
    for (auto const& entry : fs::directory_iterator("/proc/self/fd")) {
        open.push_back(std::stoi(entry.path().filename().native()));
    }
    // Without that of the listing, which is closed again.
    open.erase(std::remove_if(open.begin(), open.end(), [](int d) { return ::fcntl(d, F_GETFD) < 0; }),
               open.end());
    std::sort(open.begin(), open.end());
    return open;
}

enum class pipe_end { reading, writing };

// A pipe of which the processes that are started meanwhile inherit one end, and only that. While they have
// the writing end, they can be waited for; while they have the reading end, they can wait for this process.
class inherited_pipe
{
  public:
    explicit inherited_pipe(pipe_end inherited)
    {
        BOOST_TEST_REQUIRE(::pipe(ends_.data()) == 0);
        ::fcntl(ends_[inherited == pipe_end::reading ? 1 : 0], F_SETFD, FD_CLOEXEC);
    }
    ~inherited_pipe()
    {
        ::close(ends_[0]);
        close_writing_end();
    }
    inherited_pipe(inherited_pipe const&) = delete;
    inherited_pipe& operator=(inherited_pipe const&) = delete;

    std::string reading_end() const { return std::to_string(ends_[0]); }

    // Waits until nobody has the writing end; false if that takes too long.
    bool wait_for_end()
    {
        close_writing_end();
        ::pollfd source{ends_[0], POLLIN, 0};
        constexpr std::chrono::milliseconds longest = child_process::patience;
        return ::poll(&source, 1, static_cast<int>(longest.count())) == 1;
    }

    // Whether another process has the writing end.
    bool is_held()
    {
        close_writing_end();
        ::pollfd source{ends_[0], POLLIN, 0};
        return ::poll(&source, 1, 0) == 0;
    }

  private:
    void close_writing_end()
    {
        if (ends_[1] >= 0) {
            ::close(std::exchange(ends_[1], -1));
        }
    }

    std::array<int, 2> ends_{};
};

// The standard streams of this process closed for a while.
class closed_standard_streams
{
  public:
    closed_standard_streams()
    {
        for (int i = 0; i < 3; ++i) {
            saved_.at(static_cast<std::size_t>(i)) = ::fcntl(i, F_DUPFD_CLOEXEC, 10);
            ::close(i);
        }
    }
    ~closed_standard_streams()
    {
        for (int i = 0; i < 3; ++i) {
            ::dup2(saved_.at(static_cast<std::size_t>(i)), i);
            ::close(saved_.at(static_cast<std::size_t>(i)));
        }
    }
    closed_standard_streams(closed_standard_streams const&) = delete;
    closed_standard_streams& operator=(closed_standard_streams const&) = delete;

  private:
    std::array<int, 3> saved_{};
};

class signal_handling
{
  public:
    signal_handling(int number, void (*handler)(int)) : number_(number), before_(std::signal(number, handler))
    {
    }
    ~signal_handling() { std::signal(number_, before_); }
    signal_handling(signal_handling const&) = delete;
    signal_handling& operator=(signal_handling const&) = delete;

  private:
    int number_;
    void (*before_)(int);
};

} // namespace

BOOST_AUTO_TEST_SUITE(collect_tests)

BOOST_AUTO_TEST_CASE(what_is_collected_is_what_runs)
{
    struct row {
        char const* program;
        std::size_t tests;
    };
    for (auto const& r : {row{"rich_by_macros", 19}, row{"rich_by_hand", 67}}) {
        BOOST_TEST_CONTEXT(r.program)
        {
            auto const told = tests_told_by(sample(r.program));
            BOOST_TEST(told.size() == r.tests);
            BOOST_TEST(texts_of(collect(sample(r.program))) == texts_of(told),
                       boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(the_arguments_are_handed_on)
{
    environment_variable const variable("TESTMON_SAMPLE_WAY", "arguments");
    auto const tests = collect(sample("unusual"), {"--log_level=all", "--color_output=yes", "--", "two words",
                                                   "--list_content=HRF", "*", "a|b"});
    BOOST_TEST(paths_of(tests) == quoted({"two words", "--list_content=HRF", "*", "a|b"}));
}

BOOST_AUTO_TEST_CASE(what_it_is_started_with)
{
    inherited_pipe const inherited(pipe_end::writing);
    signal_handling const pipe(SIGPIPE, SIG_IGN);
    ::sigset_t blocked;
    ::sigset_t before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGUSR1);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    environment_variable const own("BOOST_TEST_DATA_OF_THE_PROGRAM", "/data");
    environment_variable const level("BOOST_TEST_LOG_LEVEL", "all");
    auto const tests = collect_unusual("surroundings");
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    std::string open = "descriptors:";
    for (int const descriptor : descriptors()) {
        if (descriptor <= STDERR_FILENO || (::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) == 0) {
            open += " " + std::to_string(descriptor);
        }
    }
    BOOST_TEST(paths_of(tests) ==
               quoted({"a test", "input: 0", "input is null", "output is null", open, "own group",
                       "no signal blocked", std::to_string(SIGPIPE) + " has its default",
                       std::to_string(SIGCHLD) + " has its default", "in " + fs::current_path().native(),
                       "BOOST_TEST_DATA_OF_THE_PROGRAM=/data", "BOOST_TEST_COLOR_OUTPUT=no"}));
}

BOOST_AUTO_TEST_CASE(variables_of_boost_test_do_not_spoil_the_listing)
{
    scratch_directory const scratch;
    auto const log = scratch.path() / "log";
    {
        fs::ofstream(log) << "of the last run";
    }
    environment_variable const report("BOOST_TEST_REPORT_SINK", (scratch.path() / "report").native());
    environment_variable const content("BOOST_TEST_LIST_CONTENT", "HRF");
    environment_variable const sink("BOOST_TEST_LOG_SINK", log.native());
    environment_variable const format("BOOST_TEST_LOG_FORMAT", "JUNIT");
    environment_variable const debugger("BOOST_TEST_WAIT_FOR_DEBUGGER", "yes");
    environment_variable const wrong("BOOST_TEST_REPORT_LEVEL", "none of them");
    BOOST_TEST(paths_of(collect_unusual("usual")) == quoted({"a test"}));
    BOOST_TEST(!fs::exists(scratch.path() / "report"));
    std::stringstream kept;
    kept << fs::ifstream(log).rdbuf();
    BOOST_TEST(kept.str() == "of the last run");
}

BOOST_AUTO_TEST_CASE(noise_is_passed_over)
{
    BOOST_TEST(paths_of(collect_unusual("noise")) == quoted({"a test"}));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_started)
{
    scratch_directory const scratch;
    auto const file = scratch.path() / "program";
    {
        fs::ofstream(file) << "no program\n";
    }
    auto const missing = (scratch.path() / "missing").native();
    BOOST_TEST(complaint_of(missing) == "cannot collect the tests of " + missing +
                                            ": it cannot be started: No such file or directory");
    BOOST_TEST(complaint_of("") ==
               "cannot collect the tests of : it cannot be started: No such file or directory");
    BOOST_TEST(holds(complaint_of(scratch.path().native()), "it cannot be started: Permission denied"));
    BOOST_TEST(holds(complaint_of(file.native()), "it cannot be started: Permission denied"));
    fs::permissions(file, fs::owner_all);
    BOOST_TEST(holds(complaint_of(file.native()), "it cannot be started: Exec format error"));
}

BOOST_AUTO_TEST_CASE(what_tells_no_tests)
{
    auto const program = "cannot collect the tests of " + sample("unusual") + ": ";
    BOOST_TEST(complaint_of("/bin/true") == "cannot collect the tests of /bin/true: there is no graph of "
                                            "tests, as --list_content=DOT prints it; it printed nothing on "
                                            "standard error");
    BOOST_TEST(complaint_of("/bin/false") ==
               "cannot collect the tests of /bin/false: it exited with code 1; it "
               "printed nothing on standard error");
    BOOST_TEST(complaint_about("exit before main") ==
               program + "it exited with code 3; the end of its standard error: no licence for this program");
    BOOST_TEST(complaint_about("exit with 0 before main") ==
               program +
                   "there is no graph of tests, as --list_content=DOT prints it; the end of its standard "
                   "error: nothing to do");
    BOOST_TEST(complaint_about("crash") ==
               program +
                   "it was killed by signal 11 (Segmentation fault); the end of its standard error: about "
                   "to crash");
    auto const threw = complaint_about("throw");
    BOOST_TEST(holds(threw, program + "it exited with code 200; ", "no database"), threw);
    auto const unknown = complaint_of(sample("unusual"), {"--unheard_of"});
    BOOST_TEST(holds(unknown, program + "it exited with code 200; ", "unheard_of"), unknown);
    // It told its tests, and failed then.
    auto const late = complaint_about("fail at the end");
    BOOST_TEST(holds(late, program + "it exited with code 23; ", "a test|(0)", "leaks"), late);
}

BOOST_AUTO_TEST_CASE(a_long_complaint_is_told_by_its_end)
{
    auto const complaint = complaint_about("long complaint");
    std::string const before = "it exited with code 4; the end of its standard error: ...";
    auto const at = complaint.find(before);
    BOOST_TEST_REQUIRE(at != std::string::npos);
    auto const tail = complaint.substr(at + before.size());
    BOOST_TEST((tail.size() > 400 && tail.size() <= 500), tail.size());
    BOOST_TEST(holds(tail, " complaint 998 complaint 999"));
    BOOST_TEST(!holds(tail, "\n"));
}

BOOST_AUTO_TEST_CASE(what_does_not_end_is_killed)
{
    for (auto const* way : {"hang", "close standard error and hang", "hang at the end"}) {
        BOOST_TEST_CONTEXT(way)
        {
            inherited_pipe gone(pipe_end::writing);
            auto const complaint = complaint_about(way, 200ms);
            BOOST_TEST(holds(complaint, "it did not end within 200 ms, and was killed"), complaint);
            BOOST_TEST(gone.wait_for_end());
        }
    }
}

BOOST_AUTO_TEST_CASE(the_longest_and_the_shortest_timeout)
{
    BOOST_TEST(collect_unusual("usual", std::chrono::milliseconds::max()).size() == 1U);
    BOOST_TEST(holds(complaint_about("hang", std::chrono::milliseconds::min()), "it did not end within"));
}

BOOST_AUTO_TEST_CASE(what_prints_without_end_is_killed)
{
    inherited_pipe gone(pipe_end::writing);
    auto const complaint = complaint_about("flood");
    BOOST_TEST(holds(complaint, "it printed more than 256 MiB on standard error, and was killed"),
               complaint.substr(0, 1000));
    BOOST_TEST(gone.wait_for_end());
}

// Its standard error stays open, and that is not waited for.
BOOST_AUTO_TEST_CASE(a_process_left_behind)
{
    inherited_pipe const until_here(pipe_end::reading);
    environment_variable const variable("TESTMON_SAMPLE_PIPE", until_here.reading_end());
    inherited_pipe gone(pipe_end::writing);
    BOOST_TEST(paths_of(collect_unusual("leave a process")) == quoted({"a test"}));
    BOOST_TEST(gone.wait_for_end());
    inherited_pipe held(pipe_end::writing);
    BOOST_TEST(paths_of(collect_unusual("leave a process in a session")) == quoted({"a test"}));
    BOOST_TEST(held.is_held());
}

BOOST_AUTO_TEST_CASE(no_descriptor_is_left_open)
{
    auto const before = descriptors();
    collect_unusual("usual");
    complaint_about("exit before main");
    complaint_about("hang", 50ms);
    complaint_of("/nonexistent");
    BOOST_TEST(descriptors() == before, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(no_child_is_left_unreaped)
{
    collect_unusual("usual");
    complaint_about("exit before main");
    complaint_about("hang", 50ms);
    complaint_of("/nonexistent");
    auto const result = ::waitpid(-1, nullptr, WNOHANG);
    BOOST_TEST((result == -1 && errno == ECHILD));
}

BOOST_AUTO_TEST_CASE(standard_streams_that_this_process_has_closed)
{
    std::vector<test_record> tests;
    {
        closed_standard_streams const closed;
        tests = collect_unusual("surroundings");
    }
    auto const paths = paths_of(tests);
    BOOST_TEST(holds(paths, "'input is null'", "'output is null'", "'descriptors: 0 1 2"), paths);
}

BOOST_AUTO_TEST_CASE(a_process_that_ignores_the_end_of_its_children)
{
    signal_handling const children(SIGCHLD, SIG_IGN);
    BOOST_TEST(paths_of(collect_unusual("usual")) == quoted({"a test"}));
    auto const complaint = complaint_about("exit before main");
    BOOST_TEST(holds(complaint, "no graph of tests", "no licence for this program"), complaint);
    BOOST_TEST(holds(complaint_about("hang", 50ms), "it did not end within 50 ms"));
}

BOOST_AUTO_TEST_CASE(several_at_once)
{
    std::vector<std::future<std::vector<test_record>>> all;
    for (int i = 0; i < 4; ++i) {
        all.push_back(std::async(std::launch::async, [] { return collect(sample("rich_by_macros")); }));
    }
    auto const expected = texts_of(collect(sample("rich_by_macros")));
    for (auto& one : all) {
        BOOST_TEST(texts_of(one.get()) == expected, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(without_a_descriptor_of_the_process)
{
    child_options how;
    how.environment["TESTMON_XDIST_FAILPOINT"] = "pidfd@every=24"; // EMFILE
    auto const again =
        run_process("/proc/self/exe",
                    {"--run_test=collect_tests/what_is_collected_is_what_runs,what_does_not_end_is_killed,"
                     "what_tells_no_tests,a_process_left_behind"},
                    how);
    BOOST_TEST(again.status.code == 0, again.output + again.errors);
    BOOST_TEST(holds(again.output, "Running 4 test cases"), again.output);
}

BOOST_AUTO_TEST_CASE(no_descriptors_to_be_had)
{
    ::rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    auto none_more = before;
    none_more.rlim_cur = static_cast<::rlim_t>(descriptors().back()) + 1;
    ::setrlimit(RLIMIT_NOFILE, &none_more);
    std::vector<int> taken;
    for (int next = 0; (next = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) {
        taken.push_back(next);
    }
    auto const complaint = complaint_about("usual");
    for (int const descriptor : taken) {
        ::close(descriptor);
    }
    ::setrlimit(RLIMIT_NOFILE, &before);
    BOOST_TEST(holds(complaint, "there is no pipe for its standard error: Too many open files"), complaint);
}

BOOST_AUTO_TEST_SUITE_END()
