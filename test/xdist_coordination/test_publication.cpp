// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G1: a reader sees one whole published state or none, at any instant: while the controller publishes, when
// it is killed, and when the disk has room for a part only. (Kills and failures at each step of a publication
// are in kill_everywhere and fail_everywhere.)
#include "support/child_process.hpp"
#include "support/foreign_state.hpp"
#include "support/mounted_file_system.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
namespace fs = boost::filesystem;
namespace json = boost::json;

namespace
{

// As the participant's publish-many composes them.
bool is_whole(std::int64_t environment_id, std::string const& database_path, json::object const& document)
{
    auto const* length = document.if_contains("length");
    auto const letter = static_cast<char>('a' + environment_id % 26);
    return length != nullptr && length->to_number<std::size_t>() == database_path.size() &&
           database_path == std::string(database_path.size(), letter);
}

// What a program without the library reads: the file as it is. Returns: the generation; 0 if there is no
// file.
std::uint64_t read_bare(fs::path const& root, bool& whole)
{
    std::ifstream stream((run_directory_in(root) / "controller_ready.json").native(), std::ios::binary);
    whole = true;
    if (!stream) {
        return 0;
    }
    std::string const text(std::istreambuf_iterator<char>(stream), {});
    boost::system::error_code ec;
    auto const document = json::parse(text, ec);
    whole = !ec && document.is_object() && document.as_object().contains("generation") &&
            is_whole(document.at("environment_id").to_number<std::int64_t>(),
                     std::string(document.at("database_path").as_string()), document.as_object());
    return whole ? document.at("generation").to_number<std::uint64_t>() : 0;
}

child_process publisher(fs::path const& root, int times)
{
    return child_process(TESTMON_PARTICIPANT_PROGRAM,
                         {root.native(), "pause", ",", "publish-many", std::to_string(times), ",", "pause"});
}

} // namespace

BOOST_AUTO_TEST_SUITE(publication)

BOOST_AUTO_TEST_CASE(readers_of_a_controller_that_publishes_without_end_see_whole_states)
{
    constexpr int times = 500;
    scratch_directory const root;
    std::atomic<bool> over{false};
    std::atomic<int> torn{0};
    std::atomic<int> went_back{0};
    std::atomic<int> seen{0};
    std::vector<std::thread> readers;
    // One with the library, one without.
    readers.emplace_back([&] {
        coordination_manager manager(root.path());
        std::uint64_t last = 0;
        while (!over) {
            boost::system::error_code ec;
            auto const state = manager.read_controller_state(ec);
            if (ec == errc::not_published) {
                continue;
            }
            torn += ec || !is_whole(state.environment_id(), state.database_path(), state.extra()) ? 1 : 0;
            went_back += state.generation() < last ? 1 : 0;
            seen += state.generation() > last ? 1 : 0;
            last = state.generation();
        }
    });
    readers.emplace_back([&] {
        std::uint64_t last = 0;
        while (!over) {
            bool whole = false;
            auto const generation = read_bare(root.path(), whole);
            torn += whole ? 0 : 1;
            went_back += whole && generation < last ? 1 : 0;
            seen += generation > last ? 1 : 0;
            last = generation;
        }
    });
    auto controller = publisher(root.path(), times);
    controller.write_line("go");
    auto const line = controller.wait_for_line("publish-many");
    over = true;
    for (auto& reader : readers) {
        reader.join();
    }
    BOOST_TEST(line == "publish-many ok");
    BOOST_TEST(torn == 0);
    BOOST_TEST(went_back == 0);
    BOOST_TEST(seen > 2); // or nothing was tested
    BOOST_TEST(coordination_manager(root.path()).read_controller_state().environment_id() == times);
}

BOOST_AUTO_TEST_CASE(a_controller_killed_while_it_publishes_leaves_a_whole_state)
{
    constexpr int rounds = 15;
    constexpr std::uint32_t seed = 20261124;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    scratch_directory const root;
    for (int round = 0; round < rounds; ++round) {
        auto controller = publisher(root.path(), 1'000'000'000);
        controller.write_line("go");
        // The instant comes from the run itself: some publications after the first one that is seen.
        auto const some = static_cast<std::int64_t>(1 + random() % 60);
        coordination_manager reader(root.path());
        std::int64_t seen = 0;
        while (seen < some && !controller.has_ended()) {
            boost::system::error_code ec;
            auto const state = reader.read_controller_state(ec);
            bool const is_of_this_controller = !ec && state.controller_pid() == controller.pid();
            seen = is_of_this_controller ? state.environment_id() : seen;
        }
        controller.kill_and_wait();
        bool whole = false;
        BOOST_TEST(read_bare(root.path(), whole) > 0U);
        BOOST_TEST(whole);
        auto const e = thrown_by<controller_not_ready>([&] { reader.read_controller_state(); });
        BOOST_TEST((e.code() == errc::controller_died), e.what());
    }
    coordination_manager last(root.path());
    last.write_controller_state({});
    last.cleanup(); // and what the killed ones had not renamed yet is gone
    BOOST_TEST(fs::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(a_state_for_which_there_is_room_in_part_is_not_published)
{
    mounted_file_system const disk("size=128k");
    if (!disk.is_mounted()) {
        return;
    }
    coordination_manager manager(disk.path());
    state_data small;
    small.environment_id = 1;
    manager.write_controller_state(small);
    manager.acknowledge_worker_ready("gw0");
    state_data large;
    large.environment_id = 2;
    large.database_path.assign(500'000, 'x');
    for (int attempt = 0; attempt < 3; ++attempt) {
        auto const e = thrown_by<coordination_file_error>([&] { manager.write_controller_state(large); });
        BOOST_TEST(e.code().value() == ENOSPC);
        BOOST_TEST(holds(e.what(), e.operation(), e.path()), e.what());
        BOOST_TEST(manager.read_controller_state().environment_id() == 1);
        BOOST_TEST(manager.ready_workers().size() == 1U);
    }
    // The part that was written is gone.
    for (auto const& entry : fs::directory_iterator(run_directory_in(disk.path()))) {
        BOOST_TEST(!holds(entry.path().native(), ".testmon-"), entry.path());
    }
    manager.cleanup();
    BOOST_TEST(fs::is_empty(disk.path()));
}

BOOST_AUTO_TEST_SUITE_END()
