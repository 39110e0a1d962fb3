// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/environment.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination/coordination_manager.hpp>
#include <testmon/xdist_coordination/xdist_config.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <clocale>
#include <functional>
#include <limits>
#include <locale>
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

// How a message shows a value.
std::string shown(std::string text)
{
    for (char& c : text) {
        c = c < ' ' || c > '~' ? '?' : c;
    }
    return text;
}

struct good_number {
    char const* variable;
    char const* text;
    double value; // in seconds, or as it is
};

std::ostream& operator<<(std::ostream& out, good_number const& number)
{
    return out << number.variable << "=" << number.text;
}

// The ends of each range, and each way to write a number.
constexpr good_number good_numbers[] = {
    {"WORKER_TIMEOUT", "31536000", 31536000},
    {"WORKER_TIMEOUT", "1e-30", 1e-9}, // above 0 stays above 0
    {"WORKER_TIMEOUT", "0.5", 0.5},
    {"WORKER_TIMEOUT", ".5", 0.5},
    {"WORKER_TIMEOUT", "5.", 5},
    {"WORKER_TIMEOUT", "+5", 5},
    {"WORKER_TIMEOUT", "007", 7},
    {"WORKER_TIMEOUT", "1E+2", 100},
    {"CHECK_INTERVAL", "0.000001", 1e-6},
    {"CHECK_INTERVAL", "0.05", 0.05}, // MAX_INTERVAL
    {"MAX_INTERVAL", "0.001", 0.001}, // CHECK_INTERVAL
    {"MAX_INTERVAL", "3600", 3600},
    {"BACKOFF_FACTOR", "1.000001", 1.000001},
    {"BACKOFF_FACTOR", "1000", 1000},
    {"STATE_MAX_AGE", "31536000", 31536000},
    {"STATE_MAX_AGE", "0.001", 0.001},
};

double value_of(xdist_config const& config, std::string const& variable)
{
    auto const seconds = [](std::chrono::nanoseconds value) {
        return std::chrono::duration<double>(value).count();
    };
    if (variable == "WORKER_TIMEOUT") {
        return seconds(config.worker_timeout);
    }
    if (variable == "CHECK_INTERVAL") {
        return seconds(config.check_interval);
    }
    if (variable == "MAX_INTERVAL") {
        return seconds(config.max_interval);
    }
    return variable == "BACKOFF_FACTOR" ? config.backoff_factor : seconds(config.state_max_age);
}

// A locale of those who write 1,5 and 1.000.
class decimal_comma : public std::numpunct<char>
{
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
};

// Makes it the locale of this process, as far as the system has one for C functions too.
class other_locale
{
  public:
    other_locale() : before_(std::locale::global(std::locale(std::locale(), new decimal_comma)))
    {
        for (auto const* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"}) {
            if (std::setlocale(LC_ALL, name) != nullptr) {
                return;
            }
        }
        BOOST_TEST_MESSAGE("this system has no locale with a decimal comma for C functions");
    }
    ~other_locale()
    {
        std::locale::global(before_);
        std::setlocale(LC_ALL, "C");
    }
    other_locale(other_locale const&) = delete;
    other_locale& operator=(other_locale const&) = delete;

  private:
    std::locale before_;
};

struct bad_field {
    char const* variable;
    std::function<void(xdist_config&)> change;
};

std::ostream& operator<<(std::ostream& out, bad_field const& bad)
{
    return out << bad.variable;
}

// Values that only a program can set.
std::vector<bad_field> bad_fields()
{
    using nanoseconds = std::chrono::nanoseconds;
    using numbers = std::numeric_limits<double>;
    std::vector<bad_field> all{
        {"WORKER_TIMEOUT", [](auto& c) { c.worker_timeout = 31536001s; }},
        {"CHECK_INTERVAL", [](auto& c) { c.check_interval = 999ns; }},
        {"CHECK_INTERVAL", [](auto& c) { c.check_interval = c.max_interval = 3601s; }},
        {"MAX_INTERVAL", [](auto& c) { c.max_interval = 3601s; }},
        {"MAX_INTERVAL", [](auto& c) { c.check_interval = c.max_interval + 1ns; }},
        {"STATE_MAX_AGE", [](auto& c) { c.state_max_age = 31536001s; }},
        {"DIR", [](auto& c) { c.directory = std::string("\0", 1); }},
        {"RUN_ID", [](auto& c) { c.run_id = "../x"; }},
        {"RUN_ID", [](auto& c) { c.run_id = std::string("a\0", 2); }},
        {"RUN_ID", [](auto& c) { c.run_id = std::string(65, 'a'); }},
    };
    for (auto const value : {0ns, -1ns, nanoseconds::min(), nanoseconds::max()}) {
        all.push_back({"WORKER_TIMEOUT", [=](auto& c) { c.worker_timeout = value; }});
        all.push_back({"CHECK_INTERVAL", [=](auto& c) { c.check_interval = value; }});
        all.push_back({"MAX_INTERVAL", [=](auto& c) { c.max_interval = value; }});
        all.push_back({"STATE_MAX_AGE", [=](auto& c) { c.state_max_age = value; }});
    }
    for (auto const value :
         {1.0, 0.0, -2.0, 1000.5, numbers::infinity(), -numbers::infinity(), numbers::quiet_NaN()}) {
        all.push_back({"BACKOFF_FACTOR", [=](auto& c) { c.backoff_factor = value; }});
    }
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
    BOOST_TEST(holds(e.what(), "\"" + shown(bad.value) + "\""), e.what());
    // And so does every program that uses the library, before it does anything.
    BOOST_CHECK_THROW(coordination_manager("/nowhere"), coordination_error);
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

BOOST_DATA_TEST_CASE(a_value_that_the_program_sets_is_checked_too, data::make(bad_fields()), bad)
{
    xdist_config config;
    config.validate();
    bad.change(config);
    auto const e = thrown_by([&] { config.validate(); });
    BOOST_TEST((e.code() == errc::invalid_configuration));
    BOOST_TEST(holds(e.what(), std::string("TESTMON_XDIST_") + bad.variable + " is \"", "allowed is "),
               e.what());
    BOOST_CHECK_THROW(coordination_manager("/nowhere", config), coordination_error);
}

BOOST_DATA_TEST_CASE(a_good_number_is_read, data::make(good_numbers), number)
{
    environment_variable const variable(std::string("TESTMON_XDIST_") + number.variable, number.text);
    BOOST_TEST(value_of(xdist_config::from_environment(), number.variable) == number.value);
}

BOOST_DATA_TEST_CASE(numbers_are_the_same_in_every_locale, data::make(good_numbers), number)
{
    other_locale const german;
    environment_variable const variable(std::string("TESTMON_XDIST_") + number.variable, number.text);
    BOOST_TEST(value_of(xdist_config::from_environment(), number.variable) == number.value);
}

BOOST_AUTO_TEST_CASE(messages_are_the_same_in_every_locale)
{
    other_locale const german;
    for (auto const* value : {"1,5", "1.000,5", "0,5"}) {
        environment_variable const variable("TESTMON_XDIST_WORKER_TIMEOUT", value);
        auto const e = thrown_by([] { xdist_config::from_environment(); });
        BOOST_TEST(e.what() == std::string("TESTMON_XDIST_WORKER_TIMEOUT is \"") + value +
                                   "\"; allowed is a number of seconds above 0 to 31536000");
    }
    xdist_config config;
    config.backoff_factor = 0.5;
    BOOST_TEST(thrown_by([&] { config.validate(); }).what() ==
               std::string("TESTMON_XDIST_BACKOFF_FACTOR is \"0.5\"; allowed is a number above 1 to 1000"));
}

BOOST_AUTO_TEST_CASE(each_variable_changes_its_value_alone)
{
    auto const defaults = xdist_config();
    environment_variable const variable("TESTMON_XDIST_MAX_INTERVAL", "1");
    auto const config = xdist_config::from_environment();
    BOOST_TEST((config.max_interval == 1s));
    BOOST_TEST((config.worker_timeout == defaults.worker_timeout));
    BOOST_TEST((config.check_interval == defaults.check_interval));
    BOOST_TEST((config.state_max_age == defaults.state_max_age));
    BOOST_TEST(config.backoff_factor == defaults.backoff_factor);
    BOOST_TEST(!config.controller_precreation);
    BOOST_TEST(!config.debug);
    BOOST_TEST(config.directory.empty());
}

BOOST_AUTO_TEST_CASE(a_relative_directory_is_in_the_root)
{
    environment_variable const variable("TESTMON_XDIST_DIR", "build/run files");
    auto const config = xdist_config::from_environment();
    BOOST_TEST(config.coordination_directory("/root").native() == "/root/build/run files");
    BOOST_TEST(config.state_file("/root").native() == "/root/build/run files/controller_ready.json");
}

BOOST_AUTO_TEST_CASE(unknown_variables_are_listed)
{
    environment_variable const a("TESTMON_XDIST_WORKERTIMEOUT", "1");
    environment_variable const b("TESTMON_XDIST_A", "1");
    auto const config = xdist_config::from_environment();
    auto const expected = std::vector<std::string>{"TESTMON_XDIST_A", "TESTMON_XDIST_WORKERTIMEOUT"};
    BOOST_TEST(config.unknown_variables == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(known_variables_and_those_of_others_are_not_unknown)
{
    environment_variable const a("TESTMON_XDIST_FAILPOINT", "");
    environment_variable const b("TESTMON_XDIST", "1");
    environment_variable const c("TESTMON_DEBUG", "1");
    environment_variable const d("MY_TESTMON_XDIST_DEBUG", "1");
    environment_variable const e("TESTMON_XDIST_STATE_MAX_AGE", "1");
    BOOST_TEST(xdist_config::from_environment().unknown_variables.empty());
}

BOOST_AUTO_TEST_CASE(a_variable_is_known_in_its_own_case_only)
{
    environment_variable const a("TESTMON_XDIST_debug", "1");
    environment_variable const b("TESTMON_XDIST_", "1");
    auto const config = xdist_config::from_environment();
    BOOST_TEST(!config.debug);
    auto const expected = std::vector<std::string>{"TESTMON_XDIST_", "TESTMON_XDIST_debug"};
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
