// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/environment.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination/xdist_config.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;
namespace data = boost::unit_test::data;

namespace
{

struct bad_value {
    char const* variable;
    std::string value;
    char const* allowed; // a part of what the message says is allowed
};

std::ostream& operator<<(std::ostream& out, bad_value const& bad)
{
    return out << bad.variable << "=" << bad.value.substr(0, 40);
}

std::vector<bad_value> bad_values()
{
    std::vector<bad_value> all;
    for (auto const* name :
         {"WORKER_TIMEOUT", "CHECK_INTERVAL", "BACKOFF_FACTOR", "MAX_INTERVAL", "STATE_MAX_AGE"}) {
        for (auto const* value : {"", " ", "x", "-1", "0", "inf", "nan", "INFINITY", "0x10", "1 ", " 1", "1s",
                                  "1,5", "1e400", "1e9", "--1", "99999999999999999999", "1e", "."}) {
            all.push_back({name, value, "a number"});
        }
    }
    for (auto const* name : {"CONTROLLER_PRECREATION", "DEBUG"}) {
        for (auto const* value : {"", "2", "maybe", "tru", "true ", "yes!"}) {
            all.push_back({name, value, "1, true, yes, on, 0, false, no or off"});
        }
    }
    for (auto const& value : {std::string(), std::string(".x"), std::string("../x"), std::string("a/b"),
                              std::string("a b"), std::string(65, 'a'), std::string("ä")}) {
        all.push_back({"RUN_ID", value, "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"});
    }
    all.push_back({"DIR", "", "a directory"});
    all.push_back({"BACKOFF_FACTOR", "1", "above 1"});
    all.push_back({"MAX_INTERVAL", "0.0001", "TESTMON_XDIST_CHECK_INTERVAL"});
    return all;
}

struct good_flag {
    char const* text;
    bool value;
};

std::ostream& operator<<(std::ostream& out, good_flag const& flag)
{
    return out << flag.text;
}

constexpr good_flag good_flags[] = {{"1", true},  {"true", true},   {"YES", true}, {"On", true},
                                    {"0", false}, {"False", false}, {"no", false}, {"OFF", false}};

struct id_case {
    std::string id;
    bool is_valid;
};

std::ostream& operator<<(std::ostream& out, id_case const& id)
{
    return out << id.id;
}

} // namespace

BOOST_AUTO_TEST_SUITE(config)

BOOST_AUTO_TEST_CASE(the_defaults_are_as_documented)
{
    auto const config = xdist_config::from_environment();
    BOOST_TEST(!config.controller_precreation);
    BOOST_TEST(!config.debug);
    BOOST_TEST((config.worker_timeout == 30s));
    BOOST_TEST((config.check_interval == 1ms));
    BOOST_TEST(config.backoff_factor == 1.5);
    BOOST_TEST((config.max_interval == 50ms));
    BOOST_TEST((config.state_max_age == 300s));
    BOOST_TEST(config.run_id.empty());
    BOOST_TEST(config.run_directory("/root").native() == "/root/.testmon_xdist");
    BOOST_TEST(config.state_file("/root").native() == "/root/.testmon_xdist/controller_ready.json");
    BOOST_TEST(config.worker_marker("/root", "gw0").native() == "/root/.testmon_xdist/worker_gw0_ready");
}

BOOST_AUTO_TEST_CASE(every_variable_is_read)
{
    environment_variable const a("TESTMON_XDIST_WORKER_TIMEOUT", "2.5");
    environment_variable const b("TESTMON_XDIST_CHECK_INTERVAL", "0.002");
    environment_variable const c("TESTMON_XDIST_BACKOFF_FACTOR", "2");
    environment_variable const d("TESTMON_XDIST_MAX_INTERVAL", "1e-1");
    environment_variable const e("TESTMON_XDIST_STATE_MAX_AGE", "10");
    environment_variable const f("TESTMON_XDIST_DIR", "/elsewhere");
    environment_variable const g("TESTMON_XDIST_RUN_ID", "run-1");
    auto const config = xdist_config::from_environment();
    BOOST_TEST((config.worker_timeout == 2500ms));
    BOOST_TEST((config.check_interval == 2ms));
    BOOST_TEST(config.backoff_factor == 2);
    BOOST_TEST((config.max_interval == 100ms));
    BOOST_TEST((config.state_max_age == 10s));
    BOOST_TEST(config.coordination_directory("/root").native() == "/elsewhere");
    BOOST_TEST(config.run_directory("/root").native() == "/elsewhere/run-1");
}

BOOST_DATA_TEST_CASE(a_flag_is_read_in_any_case, data::make(good_flags), flag)
{
    environment_variable const a("TESTMON_XDIST_CONTROLLER_PRECREATION", flag.text);
    environment_variable const b("TESTMON_XDIST_DEBUG", flag.text);
    auto const config = xdist_config::from_environment();
    BOOST_TEST(config.controller_precreation == flag.value);
    BOOST_TEST(config.debug == flag.value);
}

BOOST_DATA_TEST_CASE(a_bad_value_is_an_error_that_names_it, data::make(bad_values()), bad)
{
    auto const name = std::string("TESTMON_XDIST_") + bad.variable;
    environment_variable const variable(name, bad.value);
    auto const e = thrown_by([] { xdist_config::from_environment(); });
    BOOST_TEST((e.code() == errc::invalid_configuration));
    BOOST_TEST((e.code() == condition::bad_input));
    BOOST_TEST(holds(e.what(), name, bad.allowed), e.what());
}

BOOST_AUTO_TEST_CASE(a_bad_value_is_shown)
{
    environment_variable const variable("TESTMON_XDIST_WORKER_TIMEOUT", "soon");
    auto const e = thrown_by([] { xdist_config::from_environment(); });
    BOOST_TEST(
        e.what() ==
        "TESTMON_XDIST_WORKER_TIMEOUT is \"soon\"; allowed is a number of seconds above 0 to 31536000");
}

BOOST_AUTO_TEST_CASE(a_long_value_is_shown_in_part_and_without_control_characters)
{
    environment_variable const variable("TESTMON_XDIST_WORKER_TIMEOUT", "\n" + std::string(100000, 'x'));
    auto const e = thrown_by([] { xdist_config::from_environment(); });
    BOOST_TEST(std::string(e.what()).size() < 300U);
    BOOST_TEST(!holds(e.what(), "\n"));
}

BOOST_AUTO_TEST_CASE(a_value_that_the_program_sets_is_checked_too)
{
    xdist_config config;
    config.worker_timeout = -1s;
    BOOST_TEST(holds(thrown_by([&] { config.validate(); }).what(), "TESTMON_XDIST_WORKER_TIMEOUT", "-1"));
    config = {};
    config.backoff_factor = std::numeric_limits<double>::quiet_NaN();
    BOOST_TEST(holds(thrown_by([&] { config.validate(); }).what(), "TESTMON_XDIST_BACKOFF_FACTOR"));
    config = {};
    config.directory = std::string("a\0b", 3);
    BOOST_TEST(holds(thrown_by([&] { config.validate(); }).what(), "TESTMON_XDIST_DIR"));
}

BOOST_AUTO_TEST_CASE(unknown_variables_are_listed)
{
    environment_variable const a("TESTMON_XDIST_WORKERTIMEOUT", "1");
    environment_variable const b("TESTMON_XDIST_A", "1");
    auto const config = xdist_config::from_environment();
    auto const expected = std::vector<std::string>{"TESTMON_XDIST_A", "TESTMON_XDIST_WORKERTIMEOUT"};
    BOOST_TEST(config.unknown_variables == expected, boost::test_tools::per_element());
}

BOOST_DATA_TEST_CASE(ids, // G10
                     data::make(std::vector<id_case>{{"gw0", true},
                                                     {"0", true},
                                                     {"a.b-c_D", true},
                                                     {std::string(64, 'a'), true},
                                                     {std::string(65, 'a'), false},
                                                     {"", false},
                                                     {".", false},
                                                     {"..", false},
                                                     {"../x", false},
                                                     {"a/b", false},
                                                     {"-a", false},
                                                     {"_a", false},
                                                     {"a b", false},
                                                     {"a\n", false},
                                                     {std::string("a\0", 2), false},
                                                     {"\xC3\xA4", false}}),
                     id)
{
    BOOST_TEST(is_valid_id(id.id) == id.is_valid);
}

BOOST_AUTO_TEST_SUITE_END()
