// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G10: what is not a file or directory of ours alone is refused with an error that names it, and is left as
// it is.
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
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

void require_refusal(path const& root, xdist_config const& config, path const& where, obstacle const& what)
{
    if (!what.put(where)) {
        BOOST_TEST_MESSAGE("not tried, this user cannot make it: " << what.name);
        return;
    }
    coordination_manager manager(root, config);
    std::vector<std::function<void()>> const operations{
        [&] { manager.read_controller_state(); },
        [&] { manager.wait_for_controller("gw0"); },
        [&] { manager.write_controller_state({}); },
    };
    for (auto const& operation : operations) {
        auto const e = thrown_by<coordination_file_error>(operation);
        BOOST_TEST((e.code() == errc::untrusted_file), e.what());
        BOOST_TEST(e.path() == where.native());
        BOOST_TEST(holds(e.what(), what.says, where.native()), e.what());
    }
    boost::filesystem::file_status const left = boost::filesystem::symlink_status(where);
    BOOST_TEST(boost::filesystem::exists(left));
}

} // namespace

BOOST_AUTO_TEST_SUITE(untrusted_file)

BOOST_DATA_TEST_CASE(in_place_of_the_state, data::make(obstacles(false)), what)
{
    scratch_directory const root;
    auto const directory = run_directory_in(root.path());
    ::mkdir(directory.c_str(), 0700);
    require_refusal(root.path(), {}, directory / "controller_ready.json", what);
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
        if (!what.put(where)) {
            continue;
        }
        auto const e = thrown_by<coordination_file_error>([&] { manager.acknowledge_worker_ready("gw0"); });
        BOOST_TEST((e.code() == errc::untrusted_file), e.what());
        BOOST_TEST(holds(e.what(), what.says, where.native()), e.what());
    }
}

BOOST_DATA_TEST_CASE(in_place_of_a_marker, data::make(obstacles(false)), what)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    auto const where = run_directory_in(root.path()) / "worker_gw0_ready";
    if (!what.put(where)) {
        return;
    }
    auto const e = thrown_by<coordination_file_error>([&] { manager.ready_workers(); });
    BOOST_TEST(holds(e.what(), what.says, where.native()), e.what());
}

BOOST_DATA_TEST_CASE(in_place_of_a_bell_is_no_wake_up_and_no_harm, data::make(obstacles(false)), what)
{
    if (what.name == "a FIFO") {
        return;
    }
    scratch_directory const root;
    auto const directory = run_directory_in(root.path());
    ::mkdir(directory.c_str(), 0700);
    if (!what.put(directory / "publication.bell")) {
        return;
    }
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    BOOST_TEST(manager.wait_for_controller("gw0").generation() == 1U);
    manager.cleanup();
    // Not a FIFO, and so not made by the library.
    BOOST_TEST(boost::filesystem::exists(boost::filesystem::symlink_status(directory / "publication.bell")));
}

BOOST_DATA_TEST_CASE(a_worker_id_cannot_leave_the_directory,
                     data::make(std::vector<std::string>{"", ".", "..", "../x", "a/b", "/etc/passwd",
                                                         std::string(65, 'a'), "a\nb"}),
                     id)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    for (auto const& operation : std::vector<std::function<void()>>{
             [&] { manager.acknowledge_worker_ready(id); }, [&] { manager.wait_for_controller(id); },
             [&] { manager.leave(id); }}) {
        auto const e = thrown_by(operation);
        BOOST_TEST((e.code() == errc::invalid_argument));
        BOOST_TEST(holds(e.what(), "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
