// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <ostream>
#include <set>
#include <string>

using namespace testmon::xdist_coordination;
using namespace testmon::test;

namespace
{

struct classified {
    errc code;
    condition is;
};

std::ostream& operator<<(std::ostream& out, classified const& c)
{
    return out << make_error_code(c.code).message();
}

constexpr classified all_codes[] = {
    {errc::timed_out, condition::timeout},
    {errc::cancelled, condition::cancelled},
    {errc::not_published, condition::controller_not_ready},
    {errc::controller_died, condition::controller_not_ready},
    {errc::controller_aborted, condition::controller_not_ready},
    {errc::run_ended, condition::controller_not_ready},
    {errc::another_controller, condition::refused},
    {errc::worker_died, condition::worker_not_ready},
    {errc::stale_state, condition::invalid_state},
    {errc::superseded, condition::invalid_state},
    {errc::invalid_state, condition::invalid_state},
    {errc::untrusted_file, condition::file_error},
    {errc::damaged_roster, condition::file_error},
    {errc::locks_unsupported, condition::file_error},
    {errc::invalid_configuration, condition::bad_input},
    {errc::invalid_argument, condition::bad_input},
};

template <typename Error>
void throws_as(errc code)
{
    error_details details;
    details.message = "what happened";
    details.pid = 7;
    auto const e = thrown_by<Error>([&] { throw_coordination_error(code, details); });
    BOOST_TEST(e.what() == "what happened");
    BOOST_TEST((e.code() == code));
    BOOST_TEST(e.details().pid == 7);
    boost::system::system_error const& base = e; // every one is a system_error of Boost
    BOOST_TEST((base.code() == code));
}

} // namespace

BOOST_AUTO_TEST_SUITE(error)

BOOST_DATA_TEST_CASE(each_code_has_one_condition_and_a_message, boost::unit_test::data::make(all_codes),
                     sample)
{
    boost::system::error_code const code = sample.code;
    int matches = 0;
    for (int value = static_cast<int>(condition::timeout); value <= static_cast<int>(condition::bad_input);
         ++value) {
        matches += code == static_cast<condition>(value) ? 1 : 0;
    }
    BOOST_TEST(matches == 1);
    BOOST_TEST((code == sample.is));
    BOOST_TEST(!holds(code.message(), "unknown"));
    BOOST_TEST(code.category().name() == "testmon.xdist_coordination");
}

BOOST_AUTO_TEST_CASE(messages_differ)
{
    std::set<std::string> messages;
    for (auto const& sample : all_codes) {
        messages.insert(make_error_code(sample.code).message());
    }
    BOOST_TEST(messages.size() == std::size(all_codes));
}

BOOST_AUTO_TEST_CASE(a_system_error_is_a_file_error_and_keeps_its_code)
{
    boost::system::error_code const full(ENOSPC, boost::system::system_category());
    BOOST_TEST((full == condition::file_error));
    BOOST_TEST((full != condition::timeout));
    BOOST_CHECK_THROW(throw_coordination_error(full, {}), coordination_file_error);
}

BOOST_AUTO_TEST_CASE(each_code_is_thrown_as_its_exception)
{
    throws_as<coordination_timeout>(errc::timed_out);
    throws_as<worker_not_ready>(errc::worker_died);
    throws_as<controller_not_ready>(errc::controller_aborted);
    throws_as<controller_not_ready>(errc::not_published);
    throws_as<coordination_file_error>(errc::untrusted_file);
    throws_as<invalid_coordination_state>(errc::stale_state);
    throws_as<coordination_error>(errc::another_controller);
}

BOOST_AUTO_TEST_CASE(the_typed_fields_are_those_of_the_details)
{
    error_details details;
    details.acknowledged = {"gw0"};
    details.missing = {"gw1", "gw2"};
    details.dead = {{"gw3", 12}};
    details.reason = "no database";
    details.pid = 9;
    details.path = "/p";
    details.operation = "write";
    boost::source_location const here = BOOST_CURRENT_LOCATION;
    coordination_timeout const timeout(errc::timed_out, details, here);
    BOOST_TEST(timeout.acknowledged().size() == 1U);
    BOOST_TEST(timeout.missing().size() == 2U);
    BOOST_TEST(timeout.where().line() == here.line());
    BOOST_TEST(worker_not_ready(errc::worker_died, details).dead().front().pid == 12);
    controller_not_ready const controller(errc::controller_aborted, details);
    BOOST_TEST(controller.controller_pid() == 9);
    BOOST_TEST(controller.reason() == "no database");
    coordination_file_error const file(errc::untrusted_file, details);
    BOOST_TEST(file.path() == "/p");
    BOOST_TEST(file.operation() == "write");
    BOOST_TEST(invalid_coordination_state(errc::invalid_state, details).path() == "/p");
}

BOOST_AUTO_TEST_CASE(an_error_names_the_place_of_the_users_call)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    auto const e = thrown_by([&] { manager.read_controller_state(); });
    BOOST_TEST(e.where().line() == static_cast<unsigned>(__LINE__ - 1));
    BOOST_TEST(holds(e.where().file_name(), "test_error.cpp"));
}

BOOST_AUTO_TEST_CASE(the_other_form_sets_a_code_and_details_and_clears_them)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    boost::system::error_code ec;
    error_details details;
    auto const state = manager.read_controller_state(ec, &details);
    BOOST_TEST((ec == errc::not_published));
    BOOST_TEST(holds(details.message, root.path().native()));
    BOOST_TEST(state.controller_pid() == 0);
    manager.write_controller_state({}, ec, &details);
    BOOST_TEST(!ec.failed());
    BOOST_TEST(details.message.empty());
    manager.acknowledge_worker_ready("../x", ec, &details);
    BOOST_TEST((ec == errc::invalid_argument));
    BOOST_TEST(holds(details.message, "../x", "[A-Za-z0-9]"));
    manager.acknowledge_worker_ready("gw0", ec);
    BOOST_TEST(!ec.failed());
    BOOST_TEST(manager.wait_for_workers(1, {}, ec) == 1U);
    BOOST_TEST(manager.ready_workers(ec).size() == 1U);
    manager.leave("gw0", ec);
    manager.reset_worker_acknowledgments(ec);
    BOOST_TEST(!ec.failed());
    BOOST_TEST(manager.status(ec).acknowledged == 0U);
    manager.abort("", ec, &details);
    BOOST_TEST((ec == errc::invalid_argument));
    manager.abort("why not", ec);
    BOOST_TEST(!ec.failed());
    manager.wait_for_controller("gw0", {}, ec, &details);
    BOOST_TEST((ec == errc::controller_aborted));
    BOOST_TEST(details.reason == "why not");
    manager.begin_run(ec);
    BOOST_TEST(!ec.failed());
    manager.cleanup(ec);
    BOOST_TEST(!ec.failed());
}

BOOST_AUTO_TEST_SUITE_END()
