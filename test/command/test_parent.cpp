// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// A command is over in a moment: it acts for its parent, or for --pid, and the others watch that process.
#include "support/child_process.hpp"
#include "support/scratch_directory.hpp"
#include "support/shell_command.hpp"
#include "support/thrown.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include <sys/wait.h>

using namespace testmon::test;
using boost::filesystem::path;
namespace data = boost::unit_test::data;
namespace json = boost::json;

namespace
{

std::string const program = TESTMON_COMMAND_PROGRAM;

// A shell that goes on line by line, as the test writes them; each ends with "done CODE" and the output
// before.
class shell
{
  public:
    explicit shell(path const& root) : process_("/bin/sh", {"-s"}, in(root))
    {
        process_.write_line("t() { '" + program + "' coordinate \"$@\"; }");
    }

    std::int64_t pid() const { return process_.pid(); }
    std::string pid_text() const { return std::to_string(process_.pid()); }
    // Returns the exit code.
    int run(std::string const& line)
    {
        process_.write_line(line + "; echo done $?");
        return std::stoi(process_.wait_for_line("done ").substr(sizeof("done ") - 1));
    }
    void end()
    {
        process_.write_line("exit 0");
        process_.wait();
    }
    void kill() { process_.kill_and_wait(); }
    std::string errors() const { return process_.errors(); }

  private:
    static child_options in(path const& root)
    {
        child_options how;
        how.working_directory = root;
        return how;
    }

    child_process process_;
};

json::value status_of(path const& root)
{
    return json::parse(coordinate(root, {"--json", "status"}).output);
}

} // namespace

BOOST_AUTO_TEST_SUITE(parent)

BOOST_AUTO_TEST_CASE(the_shell_is_the_controller_and_a_worker)
{
    scratch_directory const root;
    shell controller(root.path());
    shell worker(root.path());
    BOOST_TEST(controller.run("t begin") == 0);
    BOOST_TEST(controller.run("t publish --state '{}'") == 0);
    BOOST_TEST(worker.run("t wait-for-controller gw0 > /dev/null") == 0);
    BOOST_TEST(controller.run("t wait-for-workers 1 > /dev/null") == 0);
    auto const status = status_of(root.path());
    BOOST_TEST(status.at("controller").at("pid").as_int64() == controller.pid());
    BOOST_TEST(status.at("workers").at(0).at("pid").as_int64() == worker.pid());
    // Each of the others is a second controller (G9).
    BOOST_TEST(worker.run("t publish --state '{}'") == 5);
    BOOST_TEST(holds(worker.errors(), "process " + controller.pid_text()), worker.errors());
    BOOST_TEST(worker.run("t cleanup") == 5);
    BOOST_TEST(controller.run("t cleanup") == 0);
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(a_subshell_is_another_process_unless_it_says_for_whom_it_acts)
{
    scratch_directory const root;
    shell controller(root.path());
    BOOST_TEST(controller.run("t publish --state '{}'") == 0);
    BOOST_TEST(controller.run("(t publish --state '{}'; exit $?)") == 5);
    BOOST_TEST(controller.run("(t publish --state '{}' --pid $$; exit $?)") == 0);
    BOOST_TEST(status_of(root.path()).at("controller").at("generation").as_int64() == 2);
}

BOOST_AUTO_TEST_CASE(the_end_of_the_shell_is_the_death_of_its_worker) // G5
{
    scratch_directory const root;
    coordinate(root.path(), {"publish", "--state", "{}"});
    shell in_order(root.path());
    shell killed(root.path());
    BOOST_TEST(in_order.run("t wait-for-controller gw0 > /dev/null && t leave gw0") == 0);
    BOOST_TEST(killed.run("t wait-for-controller gw1 > /dev/null") == 0);
    in_order.end();
    killed.kill();
    auto const died = coordinate(root.path(), {"wait-for-workers", "2"});
    BOOST_TEST(died.status.code == 4);
    BOOST_TEST(holds(died.errors, "gw1", killed.pid_text()), died.errors);
    BOOST_TEST(!holds(died.errors, "gw0"), died.errors);
    // It was reported once. Who left in order counts.
    auto const late = coordinate(root.path(), {"wait-for-workers", "2", "--timeout", "0"});
    BOOST_TEST(late.status.code == 3);
    BOOST_TEST(holds(late.errors, "1 of 2", "ready: gw0", "missing: gw1"), late.errors);
}

BOOST_AUTO_TEST_CASE(the_end_of_the_shell_is_the_death_of_the_controller) // G5
{
    scratch_directory const root;
    shell controller(root.path());
    BOOST_TEST(controller.run("t begin") == 0);
    child_process waiting(program,
                          {"coordinate", "--root", root.path().native(), "wait-for-controller", "gw0"});
    // Announced: from now on it waits on this controller.
    child_process watching(program,
                           {"coordinate", "--root", root.path().native(), "--json", "status", "--watch"});
    while (json::parse(watching.read_line().value()).at("workers").as_array().empty()) {
    }
    controller.end();
    BOOST_TEST(waiting.wait().code == 4);
    BOOST_TEST(holds(waiting.errors(), controller.pid_text(), "died"), waiting.errors());
}

BOOST_AUTO_TEST_CASE(pid_names_another_process)
{
    scratch_directory const root;
    child_process const controller("/bin/sleep", {"1000"});
    child_process worker("/bin/sleep", {"1000"});
    auto const controller_pid = std::to_string(controller.pid());
    auto const worker_pid = std::to_string(worker.pid());
    struct row {
        std::vector<std::string> words;
        std::string pid;
    };
    for (auto const& r : std::vector<row>{{{"begin"}, controller_pid},
                                          {{"publish", "--state", "{}"}, controller_pid},
                                          {{"wait-for-controller", "gw0"}, worker_pid},
                                          {{"acknowledge", "gw0"}, worker_pid},
                                          {{"wait-for-workers", "1"}, controller_pid},
                                          {{"reset"}, controller_pid},
                                          {{"acknowledge", "gw0"}, worker_pid},
                                          {{"leave", "gw0"}, worker_pid},
                                          {{"abort", "--reason", "why not"}, controller_pid},
                                          {{"cleanup"}, controller_pid}}) {
        auto words = r.words;
        words.insert(words.end(), {"--pid", r.pid});
        auto const ended = coordinate(root.path(), words);
        BOOST_TEST(ended.status.code == 0, r.words.front() << ": " << ended.errors);
        auto const status = status_of(root.path());
        if (auto const* seen = status.at("controller").if_object()) {
            BOOST_TEST(seen->at("pid").as_int64() == controller.pid());
        }
        for (auto const& one : status.at("workers").as_array()) {
            BOOST_TEST(one.at("pid").as_int64() == worker.pid());
        }
    }
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(the_first_process_of_the_machine_lives)
{
    scratch_directory const root;
    BOOST_TEST(coordinate(root.path(), {"publish", "--state", "{}", "--pid", "1"}).status.code == 0);
    BOOST_TEST(status_of(root.path()).at("controller").at("liveness").as_string() == "alive");
}

BOOST_DATA_TEST_CASE(a_pid_that_names_no_living_process_is_bad_usage,
                     data::make({"0", "-1", "x", "", "1.5", "0x1", "1 ", "2147483648", "2000000000",
                                 "99999999999999999999"}),
                     pid)
{
    scratch_directory const root;
    auto const ended = coordinate(root.path(), {"begin", std::string("--pid=") + pid});
    BOOST_TEST(ended.status.code == 2, ended.errors);
    BOOST_TEST(holds(ended.errors, "testmon: ", pid), ended.errors);
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(a_process_that_has_ended_cannot_take_part)
{
    scratch_directory const root;
    child_process ended("/bin/true", {});
    auto const pid = std::to_string(ended.pid());
    ::siginfo_t info{};
    ::waitid(P_PID, static_cast<::id_t>(ended.pid()), &info, WEXITED | WNOWAIT); // a zombie
    for (int reaped = 0; reaped < 2; ++reaped) {
        BOOST_TEST(coordinate(root.path(), {"begin", "--pid", pid}).status.code == 2);
        ended.wait();
    }
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_SUITE_END()
