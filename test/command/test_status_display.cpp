// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// testmon coordinate status: what a person sees of a run, and --watch.
#include "support/child_process.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/shell_command.hpp"
#include "support/thrown.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <unistd.h>

using namespace testmon::test;
using boost::filesystem::path;
namespace json = boost::json;

namespace
{

std::string const program = TESTMON_COMMAND_PROGRAM;

child_process sleeper()
{
    return child_process("/bin/sleep", {"1000"});
}

std::string text_of_status(path const& root)
{
    auto const ended = coordinate(root, {"status"});
    BOOST_TEST(ended.status.code == 0, ended.errors);
    BOOST_TEST(holds(ended.output, "run: " + run_directory_in(root).native() + "\n"), ended.output);
    return ended.output;
}

std::string process(child_process const& which)
{
    return "process " + std::to_string(which.pid());
}

// A command that keeps watching.
class watch
{
  public:
    watch(path const& root, std::vector<std::string> words)
        : process_(program, [&] {
              words.insert(words.begin(), {"coordinate", "--root", root.native()});
              words.insert(words.end(), {"status", "--watch"});
              return words;
          }())
    {
    }

    // The next that it shows: lines up to an empty one.
    std::string next_block()
    {
        std::string block;
        for (auto line = process_.read_line(); line && !line->empty(); line = process_.read_line()) {
            block += *line + "\n";
        }
        return block;
    }
    std::string block_with(std::string const& part)
    {
        for (;;) {
            auto block = next_block();
            if (block.empty()) {
                throw std::runtime_error("it ended: " + process_.errors());
            }
            if (holds(block, part)) {
                return block;
            }
        }
    }
    json::value next_document() { return json::parse(process_.read_line().value()); }
    child_process& process() { return process_; }

  private:
    child_process process_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(status_display)

BOOST_AUTO_TEST_CASE(of_no_run)
{
    scratch_directory const root;
    BOOST_TEST(text_of_status(root.path()) ==
               "run: " + run_directory_in(root.path()).native() + "\ncontroller: none\n");
    auto const ended = coordinate(root.path(), {"--run-id", "nightly", "status"});
    BOOST_TEST(holds(ended.output, "/.testmon_xdist/nightly\ncontroller: none\n"), ended.output);
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(of_a_controller_that_prepares)
{
    scratch_directory const root;
    auto const controller = sleeper();
    coordinate(root.path(), {"begin", "--pid", std::to_string(controller.pid())});
    auto const text = text_of_status(root.path());
    BOOST_TEST(holds(text, "controller: " + process(controller) + " (alive), preparing, since 2",
                     "workers: 0 acknowledged; 0 ready, 0 missing, 0 dead, 0 left"),
               text);
}

BOOST_AUTO_TEST_CASE(of_a_controller_that_died)
{
    scratch_directory const root;
    auto controller = sleeper();
    coordinate(root.path(), {"publish", "--state", "{}", "--pid", std::to_string(controller.pid())});
    controller.kill_and_wait();
    auto const text = text_of_status(root.path());
    BOOST_TEST(holds(text, "controller: " + process(controller) + " (dead), published generation 1"), text);
}

BOOST_AUTO_TEST_CASE(of_an_abort)
{
    scratch_directory const root;
    coordinate(root.path(), {"abort", "--reason", "the database is gone"});
    auto const text = text_of_status(root.path());
    BOOST_TEST(holds(text, "(alive), aborted: the database is gone, since "), text);
    auto const document = json::parse(coordinate(root.path(), {"status", "--json"}).output);
    BOOST_TEST(document.at("controller").at("aborted").as_string() == "the database is gone");
}

BOOST_AUTO_TEST_CASE(of_programs_without_the_library)
{
    scratch_directory const root;
    auto const directory = run_directory_in(root.path());
    replace_text(directory / "controller_ready.json", json::serialize(foreign_state(::getpid())));
    replace_text(directory / "worker_py0_ready", "");
    auto const text = text_of_status(root.path());
    BOOST_TEST(holds(text, "(alive), published without this library",
                     "workers: 1 of 2 acknowledged; 1 ready, 0 missing, 0 dead, 0 left",
                     "py0  ready    process not known", "1 more expected"),
               text);
    auto const document = json::parse(coordinate(root.path(), {"status", "--json"}).output);
    BOOST_TEST(!document.at("controller").at("native").as_bool());
    BOOST_TEST(document.at("workers").at(0).at("pid").as_int64() == 0);
    BOOST_TEST(document.at("workers").at(0).at("liveness").as_string() == "unknown");
}

BOOST_AUTO_TEST_CASE(lines_up_the_workers)
{
    scratch_directory const root;
    coordinate(root.path(), {"publish", "--state", "{}"});
    auto const me = " process " + std::to_string(::getpid());
    for (auto const* id : {"a", "a-long-name", "gw10", "gw9"}) {
        coordinate(root.path(), {"acknowledge", id});
    }
    auto const text = text_of_status(root.path());
    BOOST_TEST(holds(text, "\n  a            ready   " + me, "\n  a-long-name  ready   " + me,
                     "\n  gw10         ready   " + me, "\n  gw9          ready   " + me),
               text);
}

BOOST_AUTO_TEST_CASE(of_a_state_that_is_nonsense_is_an_error_that_names_it)
{
    scratch_directory const root;
    auto const file = run_directory_in(root.path()) / "controller_ready.json";
    replace_text(file, "[");
    for (auto const& words : std::vector<std::vector<std::string>>{{"status"}, {"status", "--watch"}}) {
        auto const ended = coordinate(root.path(), words);
        BOOST_TEST(ended.status.code == 5);
        BOOST_TEST(holds(ended.errors, file.native()), ended.errors);
    }
}

BOOST_AUTO_TEST_CASE(a_watch_shows_every_stage)
{
    scratch_directory const root;
    auto worker = sleeper();
    auto const pid = std::to_string(worker.pid());
    watch watching(root.path(), {});
    BOOST_TEST(holds(watching.next_block(), "controller: none"));
    struct row {
        std::function<void()> change;
        std::string shows;
    };
    auto const run = [&](std::vector<std::string> const& words) {
        return [&root, words] { BOOST_TEST(coordinate(root.path(), words).status.code == 0); };
    };
    for (auto const& r : std::vector<row>{
             {run({"begin"}), "preparing"},
             {run({"publish", "--state", "{}"}), "published generation 1"},
             {run({"wait-for-controller", "gw0", "--no-acknowledge", "--pid", pid}), "1 missing"},
             {run({"acknowledge", "gw0", "--pid", pid}), "1 ready"},
             {run({"reset"}), "0 acknowledged"},
             {[&] { worker.kill_and_wait(); }, "1 dead"},
             {run({"acknowledge", "gw1"}), "1 ready"},
             {run({"leave", "gw1"}), "1 left"},
             {run({"publish", "--state", "{}"}), "published generation 2"},
             {run({"abort", "--reason", "enough"}), "aborted: enough"},
             {run({"cleanup"}), "controller: none"},
         }) {
        r.change();
        BOOST_TEST_MESSAGE(watching.block_with(r.shows));
    }
    BOOST_TEST(!watching.process().has_ended());
    watching.process().send_signal(SIGTERM);
    BOOST_TEST(watching.process().wait().signal == SIGTERM);
    BOOST_TEST(boost::filesystem::is_empty(root.path())); // a watch leaves nothing
}

BOOST_AUTO_TEST_CASE(a_watch_ends_when_nobody_reads_it_any_more)
{
    scratch_directory const root;
    coordinate(root.path(), {"publish", "--state", "{}"});
    // The reader takes one line; what comes then makes the watch write again.
    auto const script = "'" + program + "' coordinate --root '" + root.path().native() +
                        "' --json status --watch | head -n 1; echo over";
    child_process pipeline("/bin/sh", {"-c", script});
    BOOST_TEST(json::parse(pipeline.read_line().value()).is_object());
    for (int i = 0; !pipeline.has_ended() && i < 1000; ++i) {
        coordinate(root.path(), {"acknowledge", "gw" + std::to_string(i)});
    }
    BOOST_TEST(pipeline.wait().code == 0);
    BOOST_TEST(holds(pipeline.output(), "over"));
}

BOOST_AUTO_TEST_SUITE_END()
