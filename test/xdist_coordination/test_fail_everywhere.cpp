// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// A system call fails at each step of each operation in turn: the operation succeeds all the same, or fails
// with an error of the library, what was there before is still there, and trying again succeeds (G1, G3, G8).
#include "support/child_process.hpp"
#include "support/each_step.hpp"
#include "support/scratch_directory.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <functional>
#include <string>
#include <vector>

using namespace testmon::xdist_coordination;
using namespace testmon::test;

namespace
{

using boost::filesystem::path;

// EINTR is not among them: it never leaves the system call.
constexpr int errors[] = {ENOSPC, EIO, EACCES, EMFILE};

void fail_at_each_step(int error, std::vector<std::string> const& operations,
                       std::function<void(path const&)> const& prepare,
                       std::function<void(path const&, bool succeeded)> const& check)
{
    each_step what;
    what.operations = operations;
    what.happens = std::to_string(error);
    what.prepare = prepare;
    what.check = [&](path const& root, finished_process const& participant) {
        // It ended by itself, and said one thing or the other.
        BOOST_TEST((participant.status.code == 0 || participant.status.code == 1));
        bool const succeeded = participant.status.code == 0;
        if (!succeeded) {
            BOOST_TEST(participant.output.find(" error " + std::to_string(error) + " system ") !=
                           std::string::npos,
                       participant.output);
            bool const names_a_path = participant.output.find(root.native()) != std::string::npos ||
                                      participant.output.find("/proc/self/fd") != std::string::npos;
            BOOST_TEST(names_a_path, participant.output);
        }
        check(root, succeeded);
    };
    BOOST_TEST(what.run() > 3);
}

void publish_one(path const& root)
{
    state_data data;
    data.environment_id = 1;
    coordination_manager(root).write_controller_state(data);
}

} // namespace

BOOST_AUTO_TEST_SUITE(fail_everywhere)

BOOST_DATA_TEST_CASE(a_first_publication, boost::unit_test::data::make(errors), error)
{
    fail_at_each_step(error, {"act-for-parent", ",", "publish", "2"}, nullptr,
                      [](path const& root, bool succeeded) {
                          coordination_manager manager(root);
                          boost::system::error_code ec;
                          auto const state = manager.read_controller_state(ec);
                          BOOST_TEST((!ec || ec == errc::not_published), ec.message());
                          BOOST_TEST((!succeeded || state.environment_id() == 2));
                          publish_one(root);
                          BOOST_TEST(manager.read_controller_state().environment_id() == 1);
                          manager.cleanup();
                          BOOST_TEST(boost::filesystem::is_empty(root));
                      });
}

BOOST_DATA_TEST_CASE(a_second_publication, boost::unit_test::data::make(errors), error)
{
    fail_at_each_step(error, {"act-for-parent", ",", "publish", "2"}, publish_one,
                      [](path const& root, bool succeeded) {
                          coordination_manager manager(root);
                          auto const id = manager.read_controller_state().environment_id();
                          BOOST_TEST((id == 2 || (id == 1 && !succeeded)));
                          manager.acknowledge_worker_ready("gw0");
                          BOOST_TEST(manager.wait_for_workers(1) == 1U);
                          manager.cleanup();
                          BOOST_TEST(boost::filesystem::is_empty(root));
                      });
}

BOOST_DATA_TEST_CASE(an_acknowledgment, boost::unit_test::data::make(errors), error)
{
    fail_at_each_step(error, {"act-for-parent", ",", "acknowledge", "gw0"}, publish_one,
                      [](path const& root, bool succeeded) {
                          coordination_manager manager(root);
                          auto const ready = manager.ready_workers().size();
                          BOOST_TEST((ready == 1 || (ready == 0 && !succeeded)));
                          manager.acknowledge_worker_ready("gw0");
                          manager.acknowledge_worker_ready("gw1");
                          BOOST_TEST(manager.wait_for_workers(2) == 2U);
                          BOOST_TEST(manager.ready_workers().size() == 2U);
                          manager.cleanup();
                          BOOST_TEST(boost::filesystem::is_empty(root));
                      });
}

BOOST_DATA_TEST_CASE(a_cleanup, boost::unit_test::data::make(errors), error)
{
    fail_at_each_step(error, {"act-for-parent", ",", "cleanup"}, publish_one,
                      [](path const& root, bool succeeded) {
                          BOOST_TEST((!succeeded || boost::filesystem::is_empty(root)));
                          coordination_manager(root).cleanup();
                          BOOST_TEST(boost::filesystem::is_empty(root));
                      });
}

BOOST_AUTO_TEST_SUITE_END()
