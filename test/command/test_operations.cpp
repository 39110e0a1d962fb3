// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/child_process.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/shell_command.hpp"
#include "support/thrown.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <string>
#include <vector>

#include <unistd.h>

using namespace testmon::test;
namespace json = boost::json;

namespace
{

std::string const program = TESTMON_COMMAND_PROGRAM;

child_process start(boost::filesystem::path const& root, std::vector<std::string> words)
{
    words.insert(words.begin(), {"coordinate", "--root", root.native()});
    return child_process(program, words);
}

child_process sleeper()
{
    return child_process("/bin/sleep", {"1000"});
}

} // namespace

BOOST_AUTO_TEST_SUITE(operations)

BOOST_AUTO_TEST_CASE(a_whole_run)
{
    scratch_directory const root;
    auto worker = start(root.path(), {"wait-for-controller", "gw0"});
    auto const published =
        coordinate(root.path(), {"--json", "publish", "--state",
                                 R"({"environment_id": 42, "database_path": "/db", "port": 8080})",
                                 "--expected-workers", "2"});
    BOOST_TEST(published.status.code == 0);
    auto const state = json::parse(published.output);
    BOOST_TEST(state.at("controller_pid").as_int64() == ::getpid()); // the parent
    BOOST_TEST(state.at("environment_id").as_int64() == 42);
    BOOST_TEST(state.at("expected_workers").as_int64() == 2);
    BOOST_TEST(state.at("port").as_int64() == 8080);
    BOOST_TEST(worker.wait().code == 0);
    BOOST_TEST((json::parse(worker.output()) == state));
    BOOST_TEST(coordinate(root.path(), {"acknowledge", "gw1"}).output.empty());
    auto const waited = coordinate(root.path(), {"wait-for-workers", "2"});
    BOOST_TEST(waited.output == "2 workers are ready\n");
    BOOST_TEST(coordinate(root.path(), {"ready-workers"}).output == "gw0\ngw1\n");
    BOOST_TEST(coordinate(root.path(), {"--json", "ready-workers"}).output == "[\"gw0\",\"gw1\"]\n");
    BOOST_TEST(coordinate(root.path(), {"--json", "wait-for-workers", "2"}).output ==
               "{\"acknowledged\":2,\"workers\":[\"gw0\",\"gw1\"]}\n");
    BOOST_TEST((json::parse(coordinate(root.path(), {"read"}).output) == state));
    BOOST_TEST(coordinate(root.path(), {"leave", "gw1"}).status.code == 0);
    BOOST_TEST(coordinate(root.path(), {"reset"}).status.code == 0);
    BOOST_TEST(coordinate(root.path(), {"ready-workers"}).output.empty());
    BOOST_TEST(coordinate(root.path(), {"cleanup"}).status.code == 0);
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(options_stand_on_either_side_and_the_root_is_here_by_default)
{
    scratch_directory const root;
    child_options how;
    how.working_directory = root.path();
    BOOST_TEST(run_process(program, {"coordinate", "publish", "--state={}", "--run-id", "a", "--json"}, how)
                   .status.code == 0);
    BOOST_TEST(run_process(program, {"coordinate", "--run-id=a", "read"}, how).status.code == 0);
    BOOST_TEST(boost::filesystem::exists(run_directory_in(root.path()) / "a" / "controller_ready.json"));
    how.environment["TESTMON_XDIST_RUN_ID"] = "a";
    BOOST_TEST(run_process(program, {"coordinate", "cleanup"}, how).status.code == 0);
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(a_state_comes_from_a_file_or_standard_input)
{
    scratch_directory const root;
    auto const file = root.path() / "state.json";
    replace_text(file, R"({"environment_id": 7})");
    BOOST_TEST(coordinate(root.path(), {"publish", "--state", "@" + file.native()}).status.code == 0);
    BOOST_TEST(json::parse(coordinate(root.path(), {"read"}).output).at("environment_id").as_int64() == 7);
    child_options how;
    how.input = R"({"environment_id": 8})";
    BOOST_TEST(coordinate(root.path(), {"publish", "--state", "-"}, how).status.code == 0);
    BOOST_TEST(json::parse(coordinate(root.path(), {"read"}).output).at("environment_id").as_int64() == 8);
    auto const missing = coordinate(root.path(), {"publish", "--state", "@/no/such/file"});
    BOOST_TEST(missing.status.code == 5);
    BOOST_TEST(holds(missing.errors, "/no/such/file"), missing.errors);
}

BOOST_AUTO_TEST_CASE(timeouts_are_exit_code_3)
{
    scratch_directory const root;
    auto const worker = coordinate(root.path(), {"wait-for-controller", "gw0", "--timeout", "0.01"});
    BOOST_TEST(worker.status.code == 3);
    BOOST_TEST(holds(worker.errors, "gw0", "within 0.01 s", root.path().native()), worker.errors);
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
    coordinate(root.path(), {"publish", "--state", "{}"});
    coordinate(root.path(), {"acknowledge", "gw0"});
    coordinate(root.path(), {"wait-for-controller", "gw1", "--no-acknowledge"});
    auto const controller = coordinate(root.path(), {"wait-for-workers", "3", "--timeout", "0"});
    BOOST_TEST(controller.status.code == 3);
    BOOST_TEST(holds(controller.errors, "1 of 3", "ready: gw0", "missing: gw1"), controller.errors);
    BOOST_TEST(coordinate(root.path(), {"wait-for-controller", "gw0", "--after", "1", "--timeout", "0"})
                   .status.code == 3);
    coordinate(root.path(), {"publish", "--state", "{}"});
    auto const next =
        coordinate(root.path(), {"wait-for-controller", "gw0", "--after", "1", "--timeout", "0"});
    BOOST_TEST(json::parse(next.output).at("generation").as_int64() == 2);
}

BOOST_AUTO_TEST_CASE(the_other_sides_end_is_exit_code_4)
{
    scratch_directory const root;
    auto controller = sleeper();
    auto worker = sleeper();
    auto const pid_of = [](child_process const& process) { return std::to_string(process.pid()); };
    BOOST_TEST(
        coordinate(root.path(), {"publish", "--state", "{}", "--pid", pid_of(controller)}).status.code == 0);
    BOOST_TEST(coordinate(root.path(), {"acknowledge", "gw0", "--pid", pid_of(worker)}).status.code == 0);
    worker.kill_and_wait();
    auto const died = coordinate(root.path(), {"wait-for-workers", "2"});
    BOOST_TEST(died.status.code == 4);
    BOOST_TEST(holds(died.errors, "gw0", pid_of(worker)), died.errors);
    auto waiting = start(root.path(), {"wait-for-controller", "gw1", "--after", "1", "--timeout", "1000"});
    auto counting = start(root.path(), {"wait-for-workers", "2", "--timeout", "1000"});
    controller.kill_and_wait();
    BOOST_TEST(waiting.wait().code == 4);
    BOOST_TEST(holds(waiting.errors(), pid_of(controller), "died"), waiting.errors());
    BOOST_TEST(counting.wait().code == 4);
    BOOST_TEST(coordinate(root.path(), {"read"}).status.code == 4);
    BOOST_TEST(coordinate(root.path(), {"abort", "--reason", "no\ndatabase"}).status.code == 0);
    auto const aborted = coordinate(root.path(), {"wait-for-controller", "gw1"});
    BOOST_TEST(aborted.status.code == 4);
    BOOST_TEST(holds(aborted.errors, "no database\n"), aborted.errors); // one line
}

BOOST_AUTO_TEST_CASE(it_acts_for_the_shell_that_calls_it)
{
    scratch_directory const root;
    // Two commands of one shell are one controller; when the shell ends, the controller is dead.
    auto const script = "cd '" + root.path().native() + "'; t='" + program +
                        "'; $t coordinate begin; $t coordinate publish --state '{}'; "
                        "$t coordinate publish --state '{}'; echo $$; $t coordinate read";
    auto const shell = run_process("/bin/sh", {"-c", script});
    auto const end = shell.output.find('\n');
    auto const state = json::parse(shell.output.substr(end + 1));
    BOOST_TEST(std::to_string(state.at("controller_pid").as_int64()) == shell.output.substr(0, end));
    BOOST_TEST(state.at("generation").as_int64() == 2);
    BOOST_TEST(coordinate(root.path(), {"read"}).status.code == 4);
    BOOST_TEST(coordinate(root.path(), {"publish", "--state", "{}"}).status.code == 0);
}

BOOST_AUTO_TEST_CASE(a_shell_that_becomes_its_last_command_is_still_the_controller)
{
    scratch_directory const root;
    auto const script = "exec_last() { exec '" + program + "' coordinate cleanup; }; cd '" +
                        root.path().native() + "'; '" + program +
                        "' coordinate publish --state '{}' && exec_last";
    auto const shell = run_process("/bin/sh", {"-c", script});
    BOOST_TEST(shell.status.code == 0, shell.errors);
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(status_is_for_a_person_and_for_programs)
{
    scratch_directory const root;
    auto const nothing = coordinate(root.path(), {"status"});
    BOOST_TEST(nothing.status.code == 0);
    BOOST_TEST(holds(nothing.output, "controller: none"), nothing.output);
    coordinate(root.path(), {"publish", "--state", "{}", "--expected-workers", "5"});
    coordinate(root.path(), {"acknowledge", "ready"});
    coordinate(root.path(), {"acknowledge", "gone"});
    coordinate(root.path(), {"leave", "gone"});
    coordinate(root.path(), {"wait-for-controller", "late", "--no-acknowledge"});
    auto victim = sleeper();
    coordinate(root.path(), {"acknowledge", "killed", "--pid", std::to_string(victim.pid())});
    victim.kill_and_wait();
    auto const text = coordinate(root.path(), {"status"}).output;
    BOOST_TEST(holds(text,
                     "controller: process " + std::to_string(::getpid()) +
                         " (alive), published generation 1, since 2",
                     "workers: 3 of 5 acknowledged; 1 ready, 1 missing, 1 dead, 1 left", "gone    left ",
                     "killed  dead ", "late    missing", "ready   ready", "1 more expected"),
               text);
    auto const document = json::parse(coordinate(root.path(), {"--json", "status"}).output);
    BOOST_TEST(document.at("controller").at("pid").as_int64() == ::getpid());
    BOOST_TEST(document.at("controller").at("liveness").as_string() == "alive");
    BOOST_TEST(document.at("workers").as_array().size() == 4U);
    BOOST_TEST(document.at("acknowledged").as_int64() == 3);
}

BOOST_AUTO_TEST_CASE(status_keeps_watching)
{
    scratch_directory const root;
    auto watch = start(root.path(), {"--json", "status", "--watch"});
    BOOST_TEST(json::parse(watch.read_line().value()).at("controller").is_null());
    coordinate(root.path(), {"publish", "--state", "{}"});
    json::value seen;
    do { // it may look in the middle of a publication
        seen = json::parse(watch.read_line().value());
    } while (seen.at("controller").is_null() || !seen.at("controller").at("published").as_bool());
    coordinate(root.path(), {"acknowledge", "gw0"});
    BOOST_TEST(json::parse(watch.read_line().value()).at("acknowledged").as_int64() == 1);
    watch.send_signal(SIGINT);
    BOOST_TEST(watch.wait().signal == SIGINT);
}

BOOST_AUTO_TEST_SUITE_END()
