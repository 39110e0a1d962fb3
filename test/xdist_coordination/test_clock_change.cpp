// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G13: a change of the wall clock breaks nothing. The clock of the machine is not touched: the files are
// given the times that a clock which was set in between would have left.
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ctime>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
namespace json = boost::json;

namespace
{

constexpr int one_hour = 3600;
constexpr int shifts[] = {-one_hour, one_hour};

void shift_time_of(boost::filesystem::path const& file, int seconds)
{
    struct ::stat status {
    };
    BOOST_REQUIRE(::stat(file.c_str(), &status) == 0);
    std::timespec const times[2] = {{0, UTIME_OMIT},
                                    {status.st_mtim.tv_sec + seconds, status.st_mtim.tv_nsec}};
    BOOST_REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
}

// As if the wall clock had been ahead of today's by so much when the state was published.
void publish_with_clock_ahead(coordination_manager& manager, boost::filesystem::path const& root, int seconds)
{
    manager.write_controller_state({});
    auto const file = run_directory_in(root) / "controller_ready.json";
    auto document = json::parse(text_of(file)).as_object();
    document["timestamp"] = document["timestamp"].as_double() + seconds;
    replace_text(file, json::serialize(document));
    shift_time_of(file, seconds);
}

} // namespace

BOOST_AUTO_TEST_SUITE(clock_change)

BOOST_DATA_TEST_CASE(a_state_stays_fresh, boost::unit_test::data::make(shifts), seconds)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    publish_with_clock_ahead(manager, root.path(), seconds);
    BOOST_TEST(manager.wait_for_controller("gw0").generation() == 1U);
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
    BOOST_TEST(manager.write_controller_state({}).generation() == 2U);
}

BOOST_AUTO_TEST_CASE(markers_count_after_the_clock_was_set_back_an_hour)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    publish_with_clock_ahead(manager, root.path(), one_hour);
    replace_text(run_directory_in(root.path()) / "worker_py0_ready", "");
    BOOST_TEST(manager.wait_for_workers(1) == 1U);
    BOOST_TEST(manager.ready_workers().front() == "py0");
}

BOOST_AUTO_TEST_CASE(a_marker_for_a_foreign_controller_is_newer_than_its_state_whatever_the_clock_says)
{
    scratch_directory const root;
    auto const directory = run_directory_in(root.path());
    auto state = foreign_state(::getpid());
    state["timestamp"] = state["timestamp"].as_double() + one_hour;
    replace_text(directory / "controller_ready.json", json::serialize(state));
    shift_time_of(directory / "controller_ready.json", one_hour);
    coordination_manager worker(root.path());
    worker.wait_for_controller("gw0");
    struct ::stat published {
    };
    struct ::stat marker {
    };
    BOOST_REQUIRE(::stat((directory / "controller_ready.json").c_str(), &published) == 0);
    BOOST_REQUIRE(::stat((directory / "worker_gw0_ready").c_str(), &marker) == 0);
    BOOST_TEST((marker.st_mtim.tv_sec > published.st_mtim.tv_sec ||
                (marker.st_mtim.tv_sec == published.st_mtim.tv_sec &&
                 marker.st_mtim.tv_nsec > published.st_mtim.tv_nsec)));
    BOOST_TEST(worker.ready_workers().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
