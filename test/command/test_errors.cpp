// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Exit codes, and errors that are one line each: what, where and what to do.
#include "support/child_process.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/shell_command.hpp"
#include "support/thrown.hpp"
#include "support/tree_snapshot.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace testmon::test;
using boost::filesystem::path;
namespace data = boost::unit_test::data;

namespace
{

std::string const program = TESTMON_COMMAND_PROGRAM;

// A run in some situation, with another process in it.
struct scene {
    scratch_directory scratch{};
    child_process other{"/bin/sleep", {"1000"}};

    path root() const { return scratch.path(); }
    path file(char const* name) const { return run_directory_in(root()) / name; }
    void other_does(std::vector<std::string> words) const
    {
        words.insert(words.end(), {"--pid", std::to_string(other.pid())});
        BOOST_TEST(coordinate(root(), words).status.code == 0);
    }
};

struct failure {
    std::string name;
    std::function<void(scene&)> prepare;
    std::vector<std::string> words;
    int code;
    std::vector<std::string> says; // OTHER: the pid of the other process, DIR: the run's directory
};

std::ostream& operator<<(std::ostream& out, failure const& f)
{
    return out << f.name;
}

void nothing(scene&) {}

std::vector<failure> failures()
{
    auto const published = [](scene& s) { s.other_does({"publish", "--state", "{}"}); };
    auto const dead = [](scene& s) {
        s.other_does({"publish", "--state", "{}"});
        s.other.kill_and_wait();
    };
    auto const aborted = [](scene& s) { s.other_does({"abort", "--reason", "no\r\ndatabase"}); };
    auto const nonsense = [](scene& s) { replace_text(s.file("controller_ready.json"), "{"); };
    auto const link = [](scene& s) { boost::filesystem::create_symlink("/", run_directory_in(s.root())); };
    auto const open_to_all = [](scene& s) {
        ::mkdir(run_directory_in(s.root()).c_str(), 0700);
        ::chmod(run_directory_in(s.root()).c_str(), 0777);
    };
    auto const no_counter = [](scene& s) {
        s.other_does({"publish", "--state", "{}"});
        replace_text(s.file("acknowledgments"), "garbage");
    };
    return {
        {"a timeout of a worker",
         nothing,
         {"wait-for-controller", "gw7", "--timeout", "0"},
         3,
         {"gw7", "DIR", "within 0 s"}},
        {"a timeout of a controller",
         published,
         {"wait-for-workers", "2", "--timeout", "0.001"},
         3,
         {"0 of 2", "DIR", "within 0.001 s"}},
        {"a dead controller is passed over",
         dead,
         {"wait-for-controller", "gw0", "--timeout", "0"},
         3,
         {"OTHER", "is dead", "DIR"}},
        {"a read after a death", dead, {"read"}, 4, {"OTHER", "died", "DIR"}},
        {"an acknowledgment after a death", dead, {"acknowledge", "gw0"}, 4, {"OTHER", "died", "DIR"}},
        {"a wait for workers after a death", dead, {"wait-for-workers", "1"}, 4, {"OTHER", "died", "DIR"}},
        {"an abort, read", aborted, {"read"}, 4, {"OTHER", "aborted", "no  database", "DIR"}},
        {"an abort, waited for", aborted, {"wait-for-controller", "gw0"}, 4, {"OTHER", "no  database"}},
        {"an abort, acknowledged", aborted, {"acknowledge", "gw0"}, 4, {"OTHER", "no  database"}},
        {"an abort, counted", aborted, {"wait-for-workers", "1"}, 4, {"OTHER", "no  database"}},
        {"nothing to read", nothing, {"read"}, 5, {"no controller has published", "DIR"}},
        {"nothing to acknowledge",
         nothing,
         {"acknowledge", "gw0"},
         5,
         {"no controller has published", "DIR"}},
        {"nothing to wait for",
         nothing,
         {"wait-for-workers", "1"},
         5,
         {"no controller has published", "DIR"}},
        {"nothing to reset", nothing, {"reset"}, 5, {"no controller has published", "DIR"}},
        {"a second controller begins",
         published,
         {"begin"},
         5,
         {"process OTHER is the controller", "DIR", "TESTMON_XDIST_RUN_ID"}},
        {"a second controller publishes", published, {"publish", "--state", "{}"}, 5, {"process OTHER"}},
        {"a second controller resets", published, {"reset"}, 5, {"process OTHER"}},
        {"a second controller aborts", published, {"abort", "--reason", "x"}, 5, {"process OTHER"}},
        {"a second controller cleans up", published, {"cleanup"}, 5, {"process OTHER"}},
        {"a state that is nonsense", nonsense, {"read"}, 5, {"DIR/controller_ready.json"}},
        {"waiting for nonsense", nonsense, {"wait-for-controller", "gw0"}, 5, {"DIR/controller_ready.json"}},
        {"a link", link, {"publish", "--state", "{}"}, 5, {"refused to use DIR", "symbolic link"}},
        {"a link, waited in", link, {"wait-for-controller", "gw0"}, 5, {"refused to use DIR"}},
        {"a directory that all may write to",
         open_to_all,
         {"begin"},
         5,
         {"refused to use DIR", "chmod go-w"}},
        {"a counter that is garbage",
         no_counter,
         {"acknowledge", "gw0"},
         5,
         {"DIR/acknowledgments", "publish anew"}},
    };
}

} // namespace

BOOST_AUTO_TEST_SUITE(errors)

BOOST_DATA_TEST_CASE(each_failure_has_its_exit_code_and_one_line, data::make(failures()), expected)
{
    scene s;
    expected.prepare(s);
    for (bool const as_json : {false, true}) {
        auto words = expected.words;
        if (as_json) {
            words.push_back("--json");
        }
        auto const ended = coordinate(s.root(), words);
        BOOST_TEST(ended.status.code == expected.code, ended.errors);
        BOOST_TEST(ended.output.empty(), ended.output);
        BOOST_TEST(ended.errors.rfind("testmon: ", 0) == 0U, ended.errors);
        BOOST_TEST(std::count(ended.errors.begin(), ended.errors.end(), '\n') == 1, ended.errors);
        BOOST_TEST(ended.errors.back() == '\n');
        BOOST_TEST(!holds(ended.errors, "\r"));
        for (auto part : expected.says) {
            if (auto const place = part.find("OTHER"); place != std::string::npos) {
                part.replace(place, 5, std::to_string(s.other.pid()));
            }
            if (auto const place = part.find("DIR");
                part.rfind("TESTMON", 0) != 0 && place != std::string::npos) {
                part.replace(place, 3, run_directory_in(s.root()).native());
            }
            BOOST_TEST(holds(ended.errors, part), part << " in " << ended.errors);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_state_that_is_too_old_is_exit_code_5)
{
    scene const s;
    coordinate(s.root(), {"publish", "--state", "{}"});
    child_options how;
    how.environment["TESTMON_XDIST_STATE_MAX_AGE"] = "0.000001";
    auto const read = coordinate(s.root(), {"read"}, how);
    BOOST_TEST(read.status.code == 5);
    BOOST_TEST(holds(read.errors, "stale", "TESTMON_XDIST_STATE_MAX_AGE"), read.errors);
}

// One write for each line: what is written in pieces can mix with what others write.
BOOST_AUTO_TEST_CASE(an_error_is_written_at_once)
{
    scratch_directory const root;
    // A packet socket or pipe keeps writes apart: each read gets one of them.
    int ends[2] = {-1, -1};
    BOOST_REQUIRE(::pipe2(ends, O_DIRECT | O_CLOEXEC) == 0);
    auto const child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        ::dup2(ends[1], STDERR_FILENO);
        ::execl(program.c_str(), program.c_str(), "coordinate", "--root", root.path().c_str(), "read",
                static_cast<char*>(nullptr));
        ::_exit(127);
    }
    ::close(ends[1]);
    std::vector<std::string> writes;
    std::string buffer(4096, '\0');
    for (auto got = ::read(ends[0], buffer.data(), buffer.size()); got > 0;
         got = ::read(ends[0], buffer.data(), buffer.size())) {
        writes.emplace_back(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    BOOST_REQUIRE(!writes.empty());
    BOOST_TEST(writes.size() == 1U, writes.front());
    BOOST_TEST(writes.front().back() == '\n');
}

BOOST_DATA_TEST_CASE(a_root_that_is_none_is_a_file_error_that_names_it,
                     data::make({"nowhere", "file", "file/deeper"}), name)
{
    scratch_directory const root;
    replace_text(root.path() / "file", "precious");
    auto const before = tree_snapshot(root.path());
    for (auto const& words : std::vector<std::vector<std::string>>{{"begin"},
                                                                   {"publish", "--state", "{}"},
                                                                   {"wait-for-controller", "gw0"},
                                                                   {"abort", "--reason", "x"}}) {
        auto const ended = coordinate(root.path() / name, words);
        BOOST_TEST(ended.status.code == 5, words.front() << ": " << ended.errors);
        BOOST_TEST(holds(ended.errors, (root.path() / name).native()), ended.errors);
    }
    BOOST_TEST((tree_snapshot(root.path()) == before));
}

BOOST_AUTO_TEST_SUITE_END()
