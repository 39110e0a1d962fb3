// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/supervised_process.hpp"

#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/supervised.hpp"

#include <boost/filesystem/path.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{

using testmon::runner::process_description;
using testmon::runner::process_end;
using supervised = testmon::runner::supervised_process; // the suite has its name
using testmon::test::end_of;
using testmon::test::eventually;
using testmon::test::is_running;
using testmon::test::parent_of;
using testmon::test::pid_in;
using testmon::test::scratch_directory;
using testmon::test::shell_script;
using testmon::test::text_of;

struct directory_fixture {
    scratch_directory directory{};
    boost::filesystem::path output = directory.path() / "output";

    process_description script(std::string const& text) const { return shell_script(text, output); }
    process_end run(std::string const& text) const
    {
        supervised process(script(text));
        return end_of(process);
    }
    // For a script: writes the pid of `process` to a file, at once and not in pieces.
    std::string tell(std::string const& pid, std::string const& name) const
    {
        return "echo " + pid + " > " + file(name).native() + ".new; mv " + file(name).native() + ".new " +
               file(name).native() + "; ";
    }
    boost::filesystem::path file(std::string const& name) const { return directory.path() / name; }
    ::pid_t told(std::string const& name) const { return pid_in(file(name)); }
};

// A daemon as of old: its parent ends, it is in a session of its own, and it minds no signal that it need
// not.
std::string daemon_script(std::string const& then)
{
    return "(setsid sh -c 'trap \"\" TERM HUP INT; " + then +
           " exec sleep 1000' </dev/null >/dev/null 2>&1 &); ";
}

class reaper
{
  public:
    reaper() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }
    ~reaper() { ::prctl(PR_SET_CHILD_SUBREAPER, 0); }
    reaper(reaper const&) = delete;
    reaper& operator=(reaper const&) = delete;
};

std::vector<std::string> names_of(std::vector<testmon::runner::left_process> const& left)
{
    std::vector<std::string> names;
    for (auto const& process : left) {
        names.push_back(process.name + (process.survives ? " survives" : ""));
    }
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervised_process, directory_fixture)

BOOST_AUTO_TEST_CASE(reports_an_exit_code)
{
    auto const end = run("exit 3");
    BOOST_TEST(end.failure == "");
    BOOST_TEST(WIFEXITED(end.status));
    BOOST_TEST(WEXITSTATUS(end.status) == 3);
    BOOST_TEST(end.left.empty());
}

BOOST_AUTO_TEST_CASE(reports_the_signal_that_killed)
{
    auto const end = run("kill -SEGV $$");
    BOOST_TEST(end.failure == "");
    BOOST_TEST(WIFSIGNALED(end.status));
    BOOST_TEST(WTERMSIG(end.status) == SIGSEGV);
}

BOOST_AUTO_TEST_CASE(gives_the_same_end_each_time)
{
    supervised process(script("exit 4"));
    BOOST_TEST(WEXITSTATUS(end_of(process).status) == 4);
    BOOST_TEST(WEXITSTATUS(process.end()->status) == 4);
    process.signal(SIGTERM); // harmless
}

BOOST_AUTO_TEST_CASE(says_what_could_not_be_run)
{
    auto what = script("");
    what.command = {"/no/such/program", "argument"};
    supervised process(what);
    BOOST_TEST(end_of(process).failure == "cannot run /no/such/program: No such file or directory");
}

BOOST_AUTO_TEST_CASE(says_that_an_interpreter_is_missing)
{
    auto const program = file("program").native();
    BOOST_TEST_REQUIRE(
        WEXITSTATUS(run("echo '#!/no/such/interpreter' > " + program + "; chmod +x " + program).status) == 0);
    auto what = script("");
    what.command = {program};
    supervised process(what);
    BOOST_TEST(end_of(process).failure == "cannot run " + program +
                                              ": No such file or directory (it is there; what is not is the "
                                              "interpreter or the loader that it names)");
}

BOOST_AUTO_TEST_CASE(says_which_directory_could_not_be_entered)
{
    auto what = script("exit 0");
    what.working_directory = "/no/such/directory";
    supervised process(what);
    BOOST_TEST(end_of(process).failure ==
               "cannot enter the directory /no/such/directory: No such file or directory");
}

BOOST_AUTO_TEST_CASE(says_which_output_could_not_be_written)
{
    supervised process(shell_script("exit 0", "/no/such/output"));
    BOOST_TEST(end_of(process).failure == "cannot write to /no/such/output: No such file or directory");
}

BOOST_AUTO_TEST_CASE(finds_a_program_by_path_and_passes_arguments_environment_and_directory)
{
    auto what = script("");
    what.command = {"sh", "-c", "echo \"$0|$1|$NAME|$HOME|$(pwd)\"", "zero", "one two"};
    what.environment = {"NAME=a value", "PATH=/usr/bin:/bin"};
    what.working_directory = "/usr";
    supervised process(what);
    BOOST_TEST(end_of(process).failure == "");
    BOOST_TEST(text_of(output) == "zero|one two|a value||/usr\n");
}

BOOST_AUTO_TEST_CASE(appends_both_streams_to_the_output)
{
    run("echo first");
    run("echo second; echo third >&2");
    BOOST_TEST(text_of(output) == "first\nsecond\nthird\n");
}

BOOST_AUTO_TEST_CASE(has_nothing_on_standard_input)
{
    run("cat; echo end");
    BOOST_TEST(text_of(output) == "end\n");
}

BOOST_AUTO_TEST_CASE(has_a_pid_that_is_its_own)
{
    supervised process(script("echo $$"));
    end_of(process);
    BOOST_TEST(text_of(output) == std::to_string(process.pid()) + "\n");
}

BOOST_AUTO_TEST_CASE(inherits_no_descriptor)
{
    int const inheritable = ::open("/dev/null", O_RDONLY); // NOLINT(android-cloexec-open)
    supervised other(script("exec sleep 1000"));
    auto what = script("");
    what.command = {"ls", "/proc/self/fd"};
    supervised process(what);
    end_of(process);
    ::close(inheritable);
    BOOST_TEST(text_of(output) == "0\n1\n2\n3\n"); // 3: ls reads the directory
}

BOOST_AUTO_TEST_CASE(starts_while_the_runner_has_no_standard_streams)
{
    std::array<int, 3> saved{};
    for (int i = 0; i < 3; ++i) {
        saved.at(static_cast<std::size_t>(i)) = ::fcntl(i, F_DUPFD_CLOEXEC, 10);
        ::close(i);
    }
    std::string failure;
    {
        supervised process(script("ls /proc/$$/fd; echo error >&2"));
        failure = end_of(process).failure;
    }
    for (int i = 0; i < 3; ++i) {
        ::dup2(saved.at(static_cast<std::size_t>(i)), i);
        ::close(saved.at(static_cast<std::size_t>(i)));
    }
    BOOST_TEST(failure == "");
    BOOST_TEST(text_of(output) == "0\n1\n2\nerror\n");
}

BOOST_AUTO_TEST_CASE(inherits_no_signal_mask_and_no_ignored_signal)
{
    ::sigset_t blocked;
    ::sigset_t before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGUSR1);
    ::sigprocmask(SIG_BLOCK, &blocked, &before);
    auto* const usr2 = ::signal(SIGUSR2, SIG_IGN);
    auto* const chld = ::signal(SIGCHLD, SIG_IGN);
    auto what = script("");
    what.command = {"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"};
    process_end end;
    {
        supervised process(what);
        end = end_of(process);
    }
    ::signal(SIGUSR2, usr2);
    ::signal(SIGCHLD, chld);
    ::sigset_t after;
    ::sigprocmask(SIG_SETMASK, &before, &after);
    BOOST_TEST(end.status == 0);
    BOOST_TEST(text_of(output) == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    BOOST_TEST(::sigismember(&after, SIGUSR1) == 1); // and the runner has its own mask back
    BOOST_TEST(::sigismember(&after, SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(signals_the_whole_group)
{
    supervised process(script("(trap 'echo child; exit' USR1; " + tell("$(sh -c 'echo $PPID')", "ready") +
                              "while :; do sleep 0.01; done) & trap 'wait; echo parent; exit 5' USR1; " +
                              tell("1", "parent") + "while :; do sleep 0.01; done"));
    told("ready");
    told("parent");
    BOOST_TEST(!process.end());
    process.signal(SIGUSR1);
    auto const end = end_of(process);
    BOOST_TEST(WEXITSTATUS(end.status) == 5);
    BOOST_TEST(text_of(output).find("child\n") != std::string::npos); // sh also names the signal
}

BOOST_AUTO_TEST_CASE(kills_and_names_what_was_left_behind)
{
    auto const end =
        run("sleep 1000 & " + tell("$!", "plain") + "setsid sleep 1000 & " + tell("$!", "session") +
            daemon_script(tell("$$", "daemon")) + "while ! test -e " + file("daemon").native() +
            "; do sleep 0.01; done; while test $(cat /proc/$(cat " + file("daemon").native() +
            ")/comm) != sleep; do sleep 0.01; done; "
            "while test $(cat /proc/$(cat " +
            file("session").native() + ")/comm) != sleep; do sleep 0.01; done; exit 6");
    BOOST_TEST(WEXITSTATUS(end.status) == 6);
    BOOST_TEST(names_of(end.left) == (std::vector<std::string>{"sleep", "sleep", "sleep"}),
               boost::test_tools::per_element());
    for (auto const* name : {"plain", "session", "daemon"}) {
        BOOST_TEST_CONTEXT(name)
        {
            auto const pid = told(name);
            BOOST_TEST(std::count_if(end.left.begin(), end.left.end(),
                                     [&](auto const& p) { return p.pid == pid; }) == 1);
            BOOST_TEST(!is_running(pid)); // at once: all are dead when the end is reported
        }
    }
}

BOOST_AUTO_TEST_CASE(does_not_count_a_child_that_was_not_waited_for)
{
    // exec: a shell would reap it. Only the process that has not waited for it is left.
    auto const end =
        run("(sh -c 'exit 0' & exec sleep 1000) & i=0; while test $i -lt 500; do "
            "grep -q sleep /proc/$!/comm && for child in $(cat /proc/$!/task/$!/children); do "
            "grep -q ') Z' /proc/$child/stat && exit 8; done; sleep 0.01; i=$((i + 1)); done 2> /dev/null");
    BOOST_TEST(WEXITSTATUS(end.status) == 8);
    BOOST_TEST(names_of(end.left) == std::vector<std::string>{"sleep"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ends_processes_that_are_replaced_all_the_time)
{
    // Each starts the next in a session of its own and ends. There are never many, and they come to an end by
    // themselves after 200 in all: a fault here must not fill the machine.
    auto const script = file("restless").native();
    auto const end =
        run("echo 'test $1 -gt 0 || exit; sleep 0.00$(($$ % 7)); setsid sh " + script + " $(($1 - 1)) &' > " +
            script + "; for i in 0 1 2 3 4 5 6 7 8 9; do sh " + script + " 20 & done; exit 7");
    BOOST_TEST(WEXITSTATUS(end.status) == 7);
    BOOST_TEST(!end.left.empty());
    for (auto const& process : end.left) {
        BOOST_TEST(!process.survives);
        BOOST_TEST(!is_running(process.pid));
    }
    // Brackets: grep must not find itself.
    auto const find = "grep -qzx '" + file("restles[s]").native() + "' /proc/[0-9]*/cmdline 2> /dev/null";
    BOOST_TEST(std::system(find.c_str()) != 0); // NOLINT(cert-env33-c)
}

BOOST_AUTO_TEST_CASE(its_destructor_kills_all)
{
    ::pid_t pid = 0;
    {
        supervised process(
            script("trap '' TERM; " + daemon_script(tell("$$", "daemon")) + "while :; do sleep 1000; done"));
        told("daemon");
        pid = process.pid();
        BOOST_TEST(is_running(pid));
    }
    BOOST_TEST(!is_running(pid));
    BOOST_TEST(!is_running(told("daemon")));
}

BOOST_AUTO_TEST_CASE(one_of_many_is_killed_and_the_others_go_on)
{
    std::vector<supervised> processes;
    for (int i = 0; i < 12; ++i) {
        processes.emplace_back(script("exec sleep 1000"));
    }
    auto const killed = processes[3].pid();
    processes[3].signal(SIGKILL);
    BOOST_TEST(WTERMSIG(end_of(processes[3]).status) == SIGKILL);
    auto const erased = processes[7].pid();
    processes.erase(processes.begin() + 7); // moves those behind it
    BOOST_TEST(!is_running(killed));
    BOOST_TEST(!is_running(erased));
    for (std::size_t i = 0; i < processes.size(); ++i) {
        if (i != 3) {
            BOOST_TEST(!processes[i].end());
            BOOST_TEST(is_running(processes[i].pid()));
        }
    }
}

BOOST_AUTO_TEST_CASE(nothing_remains_of_a_runner_that_was_killed)
{
    auto const runner = ::fork();
    if (runner == 0) {
        std::vector<supervised> processes;
        for (auto const* name : {"0", "1", "2"}) {
            auto const itself = std::string("process") + name;
            auto const daemon = std::string("daemon") + name;
            processes.emplace_back(script("trap '' TERM HUP; " + tell("$$", itself) +
                                          daemon_script(tell("$$", daemon)) +
                                          "while :; do sleep 1000; done"));
        }
        ::pause();
        ::_exit(0);
    }
    std::vector<::pid_t> all;
    for (auto const* name : {"process0", "process1", "process2", "daemon0", "daemon1", "daemon2"}) {
        all.push_back(told(name));
    }
    for (std::size_t i = 0; i < 3; ++i) {
        all.push_back(parent_of(all[i]));
    }
    for (auto const pid : all) {
        BOOST_TEST(is_running(pid));
    }
    ::kill(runner, SIGKILL);
    ::waitpid(runner, nullptr, 0);
    for (auto const pid : all) {
        BOOST_TEST(eventually([&] { return !is_running(pid); }));
    }
}

BOOST_AUTO_TEST_CASE(a_process_dies_with_its_supervisor)
{
    supervised process(script(tell("$$", "started") + "trap '' TERM; while :; do sleep 0.1; done"));
    told("started"); // before the exec it has no handlers, but PR_SET_PDEATHSIG is set by now
    auto const supervisor = parent_of(process.pid());
    BOOST_TEST_REQUIRE(supervisor != ::getpid());
    ::kill(supervisor, SIGKILL);
    auto const end = end_of(process);
    BOOST_TEST(end.failure == "its supervisor, process " + std::to_string(supervisor) +
                                  ", has ended before it; what it has started may still run");
    BOOST_TEST(WTERMSIG(end.status) == SIGKILL);
    BOOST_TEST(eventually([&] { return !is_running(process.pid()); }));
}

BOOST_AUTO_TEST_CASE(a_reaper_ends_what_a_killed_supervisor_has_left)
{
    reaper const is_one;
    for (bool const is_asked : {false, true}) {
        ::pid_t daemon = 0;
        {
            auto const name = is_asked ? "asked" : "destroyed";
            auto what = script(daemon_script(tell("$$", name)) + "while :; do sleep 1000; done");
            what.environment.emplace_back("TESTMON_XDIST_RUN_ID=of this test");
            supervised process(what);
            daemon = told(name);
            ::kill(parent_of(process.pid()), SIGKILL);
            if (is_asked) {
                auto const left = names_of(end_of(process).left);
                BOOST_TEST((std::count(left.begin(), left.end(), "sleep") != 0));
            }
        }
        BOOST_TEST(!is_running(daemon));
    }
}

BOOST_AUTO_TEST_CASE(a_supervisor_minds_no_signals_and_no_terminal)
{
    supervised process(script("exec sleep 1000"));
    auto const supervisor = parent_of(process.pid());
    BOOST_TEST(::getsid(supervisor) == supervisor);
    for (int const number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGALRM, SIGTSTP}) {
        ::kill(supervisor, number);
    }
    process.signal(SIGTERM);
    auto const end = end_of(process);
    BOOST_TEST(end.failure == "");
    BOOST_TEST(WTERMSIG(end.status) == SIGTERM);
}

BOOST_AUTO_TEST_CASE(does_not_write_the_runners_buffers_twice)
{
    auto const runner = ::fork();
    if (runner == 0) {
        auto* const file = std::fopen(this->file("buffered").c_str(), "w");
        std::fputs("once\n", file);
        {
            supervised process(script("exit 0"));
            end_of(process);
            auto what = script("");
            what.command = {"/no/such/program"};
            supervised failing(what);
            end_of(failing);
        }
        std::fclose(file);
        ::_exit(0);
    }
    ::waitpid(runner, nullptr, 0);
    BOOST_TEST(text_of(file("buffered")) == "once\n");
}

BOOST_AUTO_TEST_SUITE_END()
