// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Programs of another language take part by the files alone: real ones, in Python and in shell.
#include "support/child_process.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

#include <unistd.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;

namespace
{

child_process python(boost::filesystem::path const& root, std::string const& program)
{
    child_options how;
    how.working_directory = root;
    return child_process("/usr/bin/env", {"python3", "-c", program}, how);
}

constexpr char controller_program[] = R"(
import json, os, sys, time
os.mkdir(".testmon_xdist", 0o700)
def publish(environment_id):
    state = {"timestamp": time.time(), "controller_pid": os.getpid(), "environment_id": environment_id,
             "database_path": "/tmp/db", "expected_workers": 2, "precreated_entries": {"a": 1}, "port": 8080}
    with open(".testmon_xdist/new", "w") as file:
        json.dump(state, file)
    os.rename(".testmon_xdist/new", ".testmon_xdist/controller_ready.json")
def wait_for(count):
    published = os.stat(".testmon_xdist/controller_ready.json").st_mtime_ns
    while True:
        markers = [e.name for e in os.scandir(".testmon_xdist") if e.name.startswith("worker_")
                   and e.name.endswith("_ready") and e.stat().st_mtime_ns > published]
        if len(markers) == count:
            return sorted(markers)
        time.sleep(0.01)
publish(1)
print("published", flush=True)
print("ready", *wait_for(2), flush=True)
publish(2)
print("ready", *wait_for(2), flush=True)
sys.stdin.readline()
)";

// A worker of a few lines that answers each generation as it comes, by an empty marker: named by its
// argument.
constexpr char worker_program[] = R"sh(
cd .testmon_xdist; answered=
while [ "$answered" != last ]; do
    environment=$(sed -n 's/.*"environment_id":\([0-9]*\).*/\1/p' controller_ready.json 2>&-)
    if [ -n "$environment" ] && [ "$environment" != "$answered" ]; then
        : > "new-$0" && mv "new-$0" "worker_$0_ready"; echo "took $environment"; answered=$environment
    fi
    [ "$environment" = 3 ] && answered=last
    sleep 0.01
done
)sh";

// A controller in shell: publishes once, and waits for the end of its input.
constexpr char shell_controller_program[] = R"sh(
mkdir -p -m 700 .testmon_xdist && cd .testmon_xdist || exit 1
printf '{"timestamp": %s, "controller_pid": %s, "environment_id": 7, "database_path": "/tmp/db"}' \
    "$(date +%s)" $$ > new && mv new controller_ready.json && echo published && read -r end
)sh";

child_process shell(boost::filesystem::path const& root, std::string const& program,
                    std::vector<std::string> arguments = {})
{
    arguments.insert(arguments.begin(), {"-c", program});
    child_options how;
    how.working_directory = root;
    return child_process("/bin/sh", arguments, how);
}

} // namespace

BOOST_AUTO_TEST_SUITE(foreign)

BOOST_AUTO_TEST_CASE(a_controller_in_python_with_workers_of_ours)
{
    scratch_directory const root;
    std::vector<child_process> workers;
    for (auto const* id : {"gw0", "gw1"}) {
        workers.emplace_back(
            TESTMON_PARTICIPANT_PROGRAM,
            std::vector<std::string>{root.path().native(), "wait-for-controller", id, ",", "pause"});
    }
    // The workers have made the directory, which is none of the controller's business.
    boost::filesystem::path const directory = run_directory_in(root.path());
    while (!boost::filesystem::exists(directory / "publication.bell")) {
    }
    std::string program = controller_program;
    program.replace(program.find("os.mkdir(\".testmon_xdist\", 0o700)"), 33, "");
    auto controller = python(root.path(), program);
    BOOST_TEST(controller.wait_for_line("ready") == "ready worker_gw0_ready worker_gw1_ready");
    for (auto& worker : workers) {
        auto const line = worker.wait_for_line("wait-for-controller");
        BOOST_TEST(line.substr(line.size() - 2) == " 1", line); // its environment
    }
    // The next publication is a new one to them, too.
    coordination_manager manager(root.path());
    wait_for_controller_options options;
    for (auto const* id : {"gw0", "gw1"}) {
        auto state = manager.wait_for_controller(id, options);
        while (state.environment_id() == 1) {
            options.after_generation = state.generation();
            state = manager.wait_for_controller(id, options);
        }
        BOOST_TEST(state.environment_id() == 2);
        BOOST_TEST(state.extra().at("port").as_int64() == 8080);
        BOOST_TEST(!state.is_native());
        options.after_generation = 0;
    }
    controller.wait_for_line("ready");
    BOOST_TEST(manager.wait_for_workers(2) == 2U);
    // Its death is noticed, although all that is known is its pid.
    options.after_generation = manager.read_controller_state().generation();
    options.timeout = 1h;
    controller.kill_and_wait();
    boost::system::error_code ec;
    manager.wait_for_controller("gw0", options, ec);
    BOOST_TEST((ec == errc::controller_died), ec.message());
}

BOOST_AUTO_TEST_CASE(workers_in_shell_and_python_with_a_controller_of_ours)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    state_data data;
    data.environment_id = 42;
    manager.write_controller_state(data);
    child_options how;
    how.working_directory = root.path();
    auto const shell =
        run_process("/bin/sh",
                    {"-c", "grep -o '\"environment_id\":[0-9]*' .testmon_xdist/controller_ready.json && "
                           ": > .testmon_xdist/tmp && mv .testmon_xdist/tmp .testmon_xdist/worker_sh0_ready"},
                    how);
    BOOST_TEST(shell.output == "\"environment_id\":42\n");
    auto script = python(root.path(), R"(
import json, os
state = json.load(open(".testmon_xdist/controller_ready.json"))
print(state["environment_id"])
open(".testmon_xdist/tmp", "w").close()
os.rename(".testmon_xdist/tmp", ".testmon_xdist/worker_py0_ready")
)");
    BOOST_TEST(script.wait().code == 0);
    BOOST_TEST(script.output() == "42\n");
    manager.acknowledge_worker_ready("gw0");
    BOOST_TEST(manager.wait_for_workers(3) == 3U);
    auto const expected = std::vector<std::string>{"gw0", "py0", "sh0"};
    BOOST_TEST(manager.ready_workers() == expected, boost::test_tools::per_element());
    manager.write_controller_state(data);
    BOOST_TEST(manager.ready_workers().empty());
    manager.cleanup();
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(a_dead_worker_of_ours_is_named_to_who_waits_beside_a_foreign_controller)
{
    scratch_directory const root;
    replace_text(run_directory_in(root.path()) / "controller_ready.json",
                 boost::json::serialize(foreign_state(::getpid())));
    child_process worker(TESTMON_PARTICIPANT_PROGRAM,
                         {root.path().native(), "wait-for-controller", "gw0", ",", "pause"});
    worker.wait_for_line("pausing");
    coordination_manager manager(root.path());
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
    worker.kill_and_wait();
    boost::system::error_code ec;
    error_details details;
    wait_for_workers_options options;
    options.timeout = 1h;
    manager.wait_for_workers(2, options, ec, &details);
    BOOST_TEST((ec == errc::worker_died), ec.message());
    BOOST_REQUIRE(details.dead.size() == 1U);
    BOOST_TEST(details.dead.front().pid == worker.pid());
}

// G2, G8: what it left is passed over by those who wait, and swept by the next controller.
BOOST_AUTO_TEST_CASE(a_controller_in_shell_that_is_killed)
{
    scratch_directory const root;
    auto controller = shell(root.path(), shell_controller_program);
    controller.wait_for_line("published");
    child_process worker(TESTMON_PARTICIPANT_PROGRAM,
                         {root.path().native(), "wait-for-controller", "gw0", ",", "pause"});
    worker.wait_for_line("wait-for-controller ok");
    coordination_manager manager(root.path());
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
    auto const refused = run_process(TESTMON_PARTICIPANT_PROGRAM, {root.path().native(), "publish"});
    BOOST_TEST(refused.output.find(std::to_string(controller.pid())) != std::string::npos, refused.output);
    controller.kill_and_wait();
    child_process late(TESTMON_PARTICIPANT_PROGRAM,
                       {root.path().native(), "wait-for-controller", "gw1", ",", "pause"});
    while (!boost::filesystem::exists(run_directory_in(root.path()) / "publication.bell")) {
    }
    manager.write_controller_state({});
    auto const line = late.wait_for_line("wait-for-controller");
    BOOST_TEST(line == "wait-for-controller ok 1 0");
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
    auto const ready = manager.ready_workers(); // without the one that answered the killed controller
    BOOST_TEST(ready == std::vector<std::string>{"gw1"}, boost::test_tools::per_element());
    manager.cleanup();
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

// G3: each counts once in each generation, whatever it is written in.
BOOST_AUTO_TEST_CASE(workers_of_both_kinds_in_several_generations)
{
    constexpr int each = 4;
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.begin_run();
    std::vector<child_process> workers;
    for (int i = 0; i < each; ++i) {
        auto const ours = "gw" + std::to_string(i);
        workers.push_back(shell(root.path(), worker_program, {"sh" + std::to_string(i)}));
        workers.emplace_back(TESTMON_PARTICIPANT_PROGRAM,
                             std::vector<std::string>{root.path().native(), "wait-for-controller", ours, ",",
                                                      "wait-for-controller", ours, "1", ",",
                                                      "wait-for-controller", ours, "2", ",", "leave", ours});
    }
    for (int generation = 1; generation <= 3; ++generation) {
        state_data data;
        data.environment_id = generation;
        manager.write_controller_state(data);
        BOOST_TEST(manager.wait_for_workers(2UL * each) == 2U * each);
        BOOST_TEST(manager.ready_workers().size() == 2U * each);
    }
    for (auto& worker : workers) {
        BOOST_TEST(worker.wait().code == 0);
    }
    manager.cleanup();
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

// G3
BOOST_AUTO_TEST_CASE(a_worker_in_shell_that_is_started_again_counts_once)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    state_data data;
    data.environment_id = 3;
    manager.write_controller_state(data);
    for (int i = 0; i < 3; ++i) {
        auto worker = shell(root.path(), worker_program, {"sh0"});
        BOOST_TEST(worker.wait().code == 0);
        BOOST_TEST(manager.wait_for_workers(1) == 1U);
        BOOST_TEST(manager.ready_workers().size() == 1U);
    }
    // Under the id of one of ours, too.
    manager.acknowledge_worker_ready("sh0");
    BOOST_TEST(manager.ready_workers().size() == 1U);
    manager.cleanup();
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

// G8: runs beside it come and go.
BOOST_AUTO_TEST_CASE(a_controller_in_shell_beside_runs_of_ours)
{
    scratch_directory const root;
    auto const parent = run_directory_in(root.path());
    boost::filesystem::create_directory(parent);
    boost::filesystem::permissions(parent, boost::filesystem::owner_all);
    std::string program = shell_controller_program;
    for (auto place = program.find(".testmon_xdist"); place != std::string::npos;
         place = program.find(".testmon_xdist", place + 20)) {
        program.replace(place, 14, ".testmon_xdist/sh");
    }
    auto controller = shell(root.path(), program);
    controller.wait_for_line("published");
    xdist_config config;
    config.run_id = "sh";
    coordination_manager worker(root.path(), config);
    BOOST_TEST(worker.wait_for_controller("gw0").environment_id() == 7);
    for (int i = 0; i < 3; ++i) {
        config.run_id = "ours";
        coordination_manager ours(root.path(), config);
        ours.write_controller_state({});
        ours.cleanup();
    }
    BOOST_TEST(worker.ready_workers().size() == 1U);
    BOOST_TEST(worker.read_controller_state().environment_id() == 7);
    controller.kill_and_wait();
    worker.leave("gw0");
    coordination_manager next(root.path(), config);
    next.write_controller_state({});
    next.cleanup();
    BOOST_TEST(boost::filesystem::is_empty(root.path())); // what the killed one left, too
}

// G8: it makes its directory first, and its state a moment later.
BOOST_AUTO_TEST_CASE(a_directory_that_a_controller_has_just_made_is_in_use)
{
    scratch_directory const root;
    auto const directory = run_directory_in(root.path()) / "python";
    boost::filesystem::create_directories(directory);
    xdist_config config;
    config.run_id = "ours";
    coordination_manager ours(root.path(), config);
    ours.write_controller_state({});
    ours.cleanup();
    BOOST_REQUIRE(boost::filesystem::exists(directory));
    replace_text(directory / "controller_ready.json", boost::json::serialize(foreign_state(::getpid())));
    config.run_id = "python";
    BOOST_TEST(coordination_manager(root.path(), config).wait_for_controller("gw0").environment_id() == 5);
}

// G3: its marker is the only trace of its acknowledgment, and it writes it once.
BOOST_AUTO_TEST_CASE(a_marker_outlives_a_publication_that_fails_or_is_killed)
{
    for (auto const* what : {"rename@1=28", "rename@1=kill", "state-written=kill", "create@2=5"}) {
        scratch_directory const root;
        coordination_manager manager(root.path());
        manager.write_controller_state({});
        replace_text(run_directory_in(root.path()) / "worker_py0_ready", "");
        child_options how;
        how.environment["TESTMON_XDIST_FAILPOINT"] = what;
        auto const ended = run_process(TESTMON_PARTICIPANT_PROGRAM,
                                       {root.path().native(), "act-for-parent", ",", "publish"}, how);
        BOOST_TEST_CONTEXT(what << ": " << ended.output)
        {
            auto const generation = manager.read_controller_state().generation();
            BOOST_TEST(manager.ready_workers().size() == (generation == 1 ? 1U : 0U));
            manager.write_controller_state({});
            BOOST_TEST(manager.ready_workers().empty());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
