// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G10: what is not a file or directory of ours alone is refused with an error that names it, and is left as
// it is.
#include "support/every_operation.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"
#include "support/tree_snapshot.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using boost::filesystem::path;
namespace data = boost::unit_test::data;

namespace
{

struct obstacle {
    std::string name;
    std::string says;
    std::function<bool(path const&)> put; // returns false if this user cannot
    bool for_directories = true;
};

std::ostream& operator<<(std::ostream& out, obstacle const& o)
{
    return out << o.name;
}

// Makes a directory where the file is to be one, else a file.
std::vector<obstacle> obstacles(bool directory)
{
    auto const make = [directory](path const& where) {
        if (directory) {
            ::mkdir(where.c_str(), 0700);
        } else {
            replace_text(where, "{}");
        }
    };
    std::vector<obstacle> all{
        {"a symbolic link", "a symbolic link",
         [make](path const& where) {
             make(where.native() + "-elsewhere");
             boost::filesystem::create_symlink(where.native() + "-elsewhere", where);
             return true;
         }},
        {"a dangling link", "a symbolic link",
         [](path const& where) {
             boost::filesystem::create_symlink("/nowhere/at/all", where);
             return true;
         }},
        {"a FIFO", "a FIFO", [](path const& where) { return ::mkfifo(where.c_str(), 0600) == 0; }},
        {"a socket", "a socket",
         [](path const& where) { return ::mknod(where.c_str(), S_IFSOCK | 0600, 0) == 0; }},
        {"a device", "a device",
         [](path const& where) { return ::mknod(where.c_str(), S_IFCHR | 0600, makedev(1, 5)) == 0; }},
        {"writable by all", "others may write",
         [make](path const& where) {
             make(where);
             return ::chmod(where.c_str(), 0777) == 0;
         }},
        {"writable by the group", "others may write",
         [make](path const& where) {
             make(where);
             return ::chmod(where.c_str(), 0770) == 0;
         }},
        {"another user's", "belongs to user 65534",
         [make](path const& where) {
             make(where);
             return ::chown(where.c_str(), 65534, 65534) == 0;
         }},
    };
    if (directory) {
        all.push_back({"a file", "a regular file", [](path const& where) {
                           replace_text(where, "{}");
                           return true;
                       }});
    } else {
        all.push_back({"a directory", "a directory",
                       [](path const& where) { return ::mkdir(where.c_str(), 0700) == 0; }});
    }
    return all;
}

// Puts it there, if this user can.
bool put(obstacle const& what, path const& where)
{
    if (what.put(where)) {
        return true;
    }
    BOOST_TEST_MESSAGE("not tried, this user cannot make it: " << what.name);
    return false;
}

void check_refusal(std::function<void()> const& operation, path const& where, obstacle const& what)
{
    auto const e = thrown_by<coordination_file_error>(operation);
    BOOST_TEST((e.code() == errc::untrusted_file), e.what());
    BOOST_TEST(e.path() == where.native());
    BOOST_TEST(e.operation() == "open");
    BOOST_TEST(holds(e.what(), what.says, where.native()), e.what());
}

// All but what the library may make beside a state that it refuses: the lock and a bell.
std::map<std::string, std::string> tree_without_own_files(path const& root)
{
    auto tree = tree_snapshot(root);
    std::string const directory = ".testmon_xdist";
    for (auto const* name : {"", "/acknowledgments.lock", "/publication.bell", "/acknowledgment.bell"}) {
        tree.erase(directory + name);
    }
    return tree;
}

// Every operation refuses what is there, and nothing is touched.
void require_refusal(
    path const& root, xdist_config const& config, path const& where, obstacle const& what,
    std::function<std::map<std::string, std::string>(path const&)> const& tree = tree_snapshot)
{
    if (!put(what, where)) {
        return;
    }
    coordination_manager manager(root, config);
    auto const before = tree(root);
    for (auto const& operation : every_operation()) {
        BOOST_TEST_CONTEXT(operation)
        {
            check_refusal([&] { operation.throwing(manager); }, where, what);
            BOOST_TEST((tree(root) == before));
        }
    }
}

// The names of the files that a run of one worker has, each of them.
std::vector<std::string> own_names()
{
    return {"controller_ready.json",
            "acknowledgments",
            "acknowledgments.lock",
            "publication.bell",
            "acknowledgment.bell",
            "worker_gw0_ready",
            ".testmon-00000000-0000-0000-0000-000000000000"};
}

} // namespace

BOOST_AUTO_TEST_SUITE(untrusted_file)

BOOST_DATA_TEST_CASE(in_place_of_the_state, data::make(obstacles(false)), what)
{
    scratch_directory const root;
    auto const directory = run_directory_in(root.path());
    ::mkdir(directory.c_str(), 0700);
    require_refusal(root.path(), {}, directory / "controller_ready.json", what, tree_without_own_files);
}

BOOST_DATA_TEST_CASE(in_place_of_the_directory, data::make(obstacles(true)), what)
{
    scratch_directory const root;
    require_refusal(root.path(), {}, run_directory_in(root.path()), what);
}

BOOST_DATA_TEST_CASE(in_place_of_the_run_directory, data::make(obstacles(true)), what)
{
    scratch_directory const root;
    ::mkdir(run_directory_in(root.path()).c_str(), 0700);
    xdist_config config;
    config.run_id = "run";
    require_refusal(root.path(), config, run_directory_in(root.path()) / "run", what);
}

BOOST_DATA_TEST_CASE(in_place_of_the_roster_and_of_the_lock, data::make(obstacles(false)), what)
{
    for (auto const* name : {"acknowledgments", "acknowledgments.lock"}) {
        scratch_directory const root;
        coordination_manager manager(root.path());
        manager.write_controller_state({});
        auto const where = run_directory_in(root.path()) / name;
        boost::filesystem::remove(where);
        if (!put(what, where)) {
            continue;
        }
        check_refusal([&] { manager.acknowledge_worker_ready("gw0"); }, where, what);
        check_refusal([&] { manager.wait_for_controller("gw0"); }, where, what);
        check_refusal([&] { manager.reset_worker_acknowledgments(); }, where, what);
        check_refusal([&] { manager.begin_run(); }, where, what);
        check_refusal([&] { manager.write_controller_state({}); }, where, what);
        check_refusal([&] { manager.cleanup(); }, where, what);
        BOOST_TEST(manager.read_controller_state().generation() == 1U); // which does not need it
    }
}

BOOST_DATA_TEST_CASE(in_place_of_a_marker, data::make(obstacles(false)), what)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    auto const where = run_directory_in(root.path()) / "worker_gw0_ready";
    if (!put(what, where)) {
        return;
    }
    check_refusal([&] { manager.ready_workers(); }, where, what);
    check_refusal([&] { manager.wait_for_workers(1); }, where, what);
    check_refusal([&] { manager.status(); }, where, what);
}

BOOST_DATA_TEST_CASE(in_place_of_a_bell_is_no_wake_up_and_no_harm, data::make(obstacles(false)), what)
{
    if (what.name == "a FIFO") {
        return;
    }
    scratch_directory const root;
    auto const directory = run_directory_in(root.path());
    ::mkdir(directory.c_str(), 0700);
    if (!put(what, directory / "publication.bell")) {
        return;
    }
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    BOOST_TEST(manager.wait_for_controller("gw0").generation() == 1U);
    manager.cleanup();
    // Not a FIFO, and so not made by the library.
    BOOST_TEST(boost::filesystem::exists(boost::filesystem::symlink_status(directory / "publication.bell")));
}

BOOST_DATA_TEST_CASE(in_place_of_the_directory_of_another_name, data::make(obstacles(true)), what)
{
    scratch_directory const root;
    xdist_config config;
    config.directory = "shared";
    require_refusal(root.path(), config, root.path() / "shared", what);
}

// The directory that holds all runs is looked at too, and not only the run's own.
BOOST_DATA_TEST_CASE(in_place_of_the_parent_of_the_run_directory, data::make(obstacles(true)), what)
{
    scratch_directory const root;
    xdist_config config;
    config.run_id = "run";
    require_refusal(root.path(), config, run_directory_in(root.path()), what);
}

// What a clean-up finds under the names of its own files, but did not make, stays as it is.
BOOST_AUTO_TEST_CASE(a_clean_up_leaves_links_and_what_they_lead_to) // G8
{
    for (auto const& name : own_names()) {
        BOOST_TEST_CONTEXT(name)
        {
            scratch_directory const root;
            scratch_directory const elsewhere;
            auto const victim = elsewhere.path() / "victim";
            replace_text(victim, "precious");
            coordination_manager manager(root.path());
            manager.write_controller_state({});
            manager.acknowledge_worker_ready("gw0");
            auto const where = run_directory_in(root.path()) / name;
            boost::filesystem::remove(where);
            boost::filesystem::create_symlink(victim, where);
            auto const before = tree_snapshot(elsewhere.path());
            boost::system::error_code code;
            manager.cleanup(code);
            BOOST_TEST((!code.failed() || code == errc::untrusted_file));
            BOOST_TEST((tree_snapshot(elsewhere.path()) == before));
            BOOST_TEST(boost::filesystem::is_symlink(where));
        }
    }
}

BOOST_AUTO_TEST_CASE(no_operation_writes_through_a_link) // G8
{
    for (auto const& name : own_names()) {
        BOOST_TEST_CONTEXT(name)
        {
            scratch_directory const root;
            scratch_directory const elsewhere;
            auto const victim = elsewhere.path() / "victim";
            replace_text(victim, std::string(20'000, 'p'));
            auto const where = run_directory_in(root.path()) / name;
            ::mkdir(where.parent_path().c_str(), 0700);
            boost::filesystem::create_symlink(victim, where);
            auto const before = tree_snapshot(elsewhere.path());
            coordination_manager manager(root.path());
            for (auto const& operation : every_operation()) {
                boost::system::error_code code;
                operation.reporting(manager, code, nullptr);
                BOOST_TEST((tree_snapshot(elsewhere.path()) == before), operation.name);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_whole_run_touches_no_file_of_others) // G8
{
    scratch_directory const root;
    auto const directory = run_directory_in(root.path());
    ::mkdir(directory.c_str(), 0700);
    // Names that only look like ours.
    for (auto const* name :
         {"notes.txt", "controller_ready.json.bak", "worker_gw0_ready~", "worker__ready", ".testmon",
          "worker_-x_ready", "Worker_gw0_ready", "acknowledgments2", "acknowledgments.lock.old", ".hidden"}) {
        replace_text(directory / name, "theirs");
    }
    boost::filesystem::create_directory(directory / "worker_gw9_ready.d");
    replace_text(directory / "sub" / "controller_ready.json", "theirs too");
    auto const theirs = [&] {
        auto all = tree_snapshot(directory);
        all.erase("."); // its time changes with what the run does
        return all;
    };
    auto const before = theirs();
    coordination_manager manager(root.path());
    manager.begin_run();
    manager.write_controller_state({});
    manager.wait_for_controller("gw0");
    manager.wait_for_workers(1);
    manager.leave("gw0");
    manager.reset_worker_acknowledgments();
    manager.abort("why not");
    manager.cleanup();
    auto const after = theirs();
    for (auto const& [name, what] : before) {
        BOOST_TEST((after.count(name) == 1 && after.at(name) == what), name);
    }
    BOOST_TEST(after.size() == before.size());
}

// What a controller of another language, which lives, has in the directory of its run is its own: it has to
// be able to remove that in the end.
BOOST_AUTO_TEST_CASE(a_run_beside_that_is_not_ours_is_not_touched) // G8
{
    scratch_directory const root;
    auto const beside = run_directory_in(root.path()) / "py";
    ::mkdir(beside.parent_path().c_str(), 0700);
    replace_text(beside / "controller_ready.json", boost::json::serialize(foreign_state(::getpid())));
    replace_text(beside / "worker_gw0_ready", "");
    auto const before = tree_snapshot(beside);
    xdist_config config;
    config.run_id = "next";
    coordination_manager manager(root.path(), config);
    manager.begin_run();
    manager.write_controller_state({});
    manager.cleanup();
    BOOST_TEST((tree_snapshot(beside) == before));
}

BOOST_DATA_TEST_CASE(a_worker_id_cannot_leave_the_directory,
                     data::make(std::vector<std::string>{"", ".", "..", "../x", "a/b", "/etc/passwd",
                                                         std::string(65, 'a'), "a\nb", "..\\x", "~", "-",
                                                         ".hidden", "a ", " a", "a:b", "*", "\xC3\xA4",
                                                         std::string("a\0b", 3), std::string(1000, 'a')}),
                     id)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    auto const before = tree_snapshot(root.path());
    for (auto const& operation : std::vector<std::function<void()>>{
             [&] { manager.acknowledge_worker_ready(id); }, [&] { manager.wait_for_controller(id); },
             [&] { manager.leave(id); }}) {
        auto const e = thrown_by(operation);
        BOOST_TEST((e.code() == errc::invalid_argument));
        BOOST_TEST(holds(e.what(), "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"));
        BOOST_TEST(std::string(e.what()).size() < 300U);
        BOOST_TEST(!holds(e.what(), "\n"));
    }
    BOOST_TEST((tree_snapshot(root.path()) == before));
}

BOOST_AUTO_TEST_SUITE_END()
