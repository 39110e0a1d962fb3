// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Programs that know nothing of testmon but the two kinds of file that doc/file_format.md calls stable, here
// shell scripts, beside the shell command.
#include "support/child_process.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/shell_command.hpp"
#include "support/thrown.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace testmon::test;
using boost::filesystem::path;
namespace json = boost::json;

namespace
{

std::string const program = TESTMON_COMMAND_PROGRAM;

// Publishes by rename, counts markers that are not older than the state, and removes what it knows of.
constexpr char controller_script[] = R"sh(
mkdir -m 700 .testmon_xdist 2> /dev/null
cd .testmon_xdist || exit 1
printf '{"timestamp": %s, "controller_pid": %s, "environment_id": 42, "database_path": "/db"}' \
    "$(date +%s)" "$$" > .draft && mv .draft controller_ready.json
echo published
while :; do
    count=0
    for marker in worker_*_ready; do
        test -e "$marker" && ! test "$marker" -ot controller_ready.json && count=$((count + 1))
    done
    test "$count" -ge "$1" && break
    sleep 0.01
done
echo "counted $count"
read -r answer
rm -f controller_ready.json worker_*_ready
cd .. && rmdir .testmon_xdist
echo "removed $?"
)sh";

// Waits for a state whose controller lives, and writes an empty marker.
constexpr char worker_script[] = R"sh(
state=.testmon_xdist/controller_ready.json
until test -s $state; do sleep 0.01; done
pid=$(sed 's/.*"controller_pid": *\([0-9]*\).*/\1/' $state)
kill -0 "$pid" || exit 1
: > .testmon_xdist/.draft_$1 && mv .testmon_xdist/.draft_$1 .testmon_xdist/worker_$1_ready
echo "$1 saw controller $pid"
)sh";

child_process script(path const& directory, char const* text, std::string const& argument)
{
    child_options how;
    how.working_directory = directory;
    return child_process("/bin/sh", {"-c", text, "script", argument}, how);
}

child_process command(path const& root, std::vector<std::string> words)
{
    words.insert(words.begin(), {"coordinate", "--root", root.native()});
    return child_process(program, words);
}

} // namespace

BOOST_AUTO_TEST_SUITE(other_programs)

BOOST_AUTO_TEST_CASE(a_script_is_the_controller_of_commands)
{
    scratch_directory const root;
    auto early = command(root.path(), {"wait-for-controller", "gw0"});
    auto controller = script(root.path(), controller_script, "3");
    controller.wait_for_line("published");
    BOOST_TEST(early.wait().code == 0, early.errors());
    auto const state = json::parse(early.output());
    BOOST_TEST(state.at("controller_pid").as_int64() == controller.pid());
    BOOST_TEST(state.at("environment_id").as_int64() == 42);
    BOOST_TEST(coordinate(root.path(), {"acknowledge", "gw1"}).status.code == 0);
    auto other_script = script(root.path(), worker_script, "py0");
    BOOST_TEST(other_script.wait().code == 0);
    BOOST_TEST(controller.wait_for_line("counted") == "counted 3");
    // Everyone may look, nobody else may lead (G9).
    BOOST_TEST(coordinate(root.path(), {"ready-workers"}).output == "gw0\ngw1\npy0\n");
    BOOST_TEST(coordinate(root.path(), {"wait-for-workers", "3"}).status.code == 0);
    BOOST_TEST(coordinate(root.path(), {"leave", "gw0"}).status.code == 0);
    BOOST_TEST(coordinate(root.path(), {"publish", "--state", "{}"}).status.code == 5);
    BOOST_TEST(coordinate(root.path(), {"cleanup"}).status.code == 5);
    // None of this has left a file that the script does not know of (G8).
    controller.write_line("go on");
    BOOST_TEST(controller.wait_for_line("removed") == "removed 0", controller.errors());
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(scripts_are_workers_of_a_command) // and the controller finds their markers by polling
{
    scratch_directory const root;
    auto first = script(root.path(), worker_script, "py0");
    auto second = script(root.path(), worker_script, "py1");
    BOOST_TEST(coordinate(root.path(), {"publish", "--state", "{}"}).status.code == 0);
    BOOST_TEST(coordinate(root.path(), {"acknowledge", "gw0"}).status.code == 0);
    auto const waited = coordinate(root.path(), {"wait-for-workers", "3", "--json"});
    BOOST_TEST(waited.output == "{\"acknowledged\":3,\"workers\":[\"gw0\",\"py0\",\"py1\"]}\n");
    BOOST_TEST(first.wait().code == 0);
    BOOST_TEST(second.wait().code == 0);
    // A new generation forgets their markers (G2).
    BOOST_TEST(coordinate(root.path(), {"publish", "--state", "{}"}).status.code == 0);
    BOOST_TEST(coordinate(root.path(), {"ready-workers"}).output.empty());
    BOOST_TEST(coordinate(root.path(), {"cleanup"}).status.code == 0);
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(the_death_of_a_script_that_is_the_controller_is_noticed) // G5
{
    scratch_directory const root;
    auto controller = script(root.path(), controller_script, "99");
    controller.wait_for_line("published");
    BOOST_TEST(coordinate(root.path(), {"acknowledge", "gw0"}).status.code == 0);
    auto counting = command(root.path(), {"wait-for-workers", "2", "--timeout", "1000"});
    controller.kill_and_wait();
    BOOST_TEST(counting.wait().code == 4);
    BOOST_TEST(holds(counting.errors(), std::to_string(controller.pid()), "died"), counting.errors());
    BOOST_TEST(coordinate(root.path(), {"read"}).status.code == 4);
    BOOST_TEST(coordinate(root.path(), {"wait-for-controller", "gw0", "--timeout", "0"}).status.code ==
               3); // G2
    BOOST_TEST(coordinate(root.path(), {"publish", "--state", "{}"}).status.code == 0);
    BOOST_TEST(coordinate(root.path(), {"ready-workers"}).output.empty());
}

BOOST_AUTO_TEST_SUITE_END()
