// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Misbehaves outside of its tests, or in one of them, as SAMPLE_DOES says: "crash suite_set_up", say, or more
// than one of that kind, with a comma between them. With SAMPLE_ONCE only the first time.
#define BOOST_TEST_MODULE fragile
#include "boost_test.hpp"

#include "record.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace utf = boost::unit_test;

namespace
{

std::vector<std::string> wishes_for(std::string const& place)
{
    std::vector<std::string> result;
    std::istringstream wishes(sample::variable("SAMPLE_DOES"));
    std::string wish;
    while (std::getline(wishes, wish, ',')) {
        auto const space = wish.find(' ');
        if (space != std::string::npos && wish.substr(space + 1) == place) {
            result.push_back(wish.substr(0, space));
        }
    }
    return result;
}

void misbehave(std::string const& act, std::string const& place)
{
    std::cout << "will " << act << " in " << place << std::endl;
    if (act == "crash") {
        std::abort();
    }
    if (act == "exit") {
        ::_exit(23);
    }
    if (act == "throw") {
        throw std::runtime_error("thrown in " + place);
    }
    if (act == "fail") {
        BOOST_TEST(1 == 2);
    }
    if (act == "close") {
        for (int descriptor = 3; descriptor < 4096; ++descriptor) {
            ::close(descriptor);
        }
    }
    if (act == "require") {
        BOOST_TEST_REQUIRE(1 == 2);
    }
    if (act == "wait") {
        while (::access(sample::variable("SAMPLE_GO").c_str(), F_OK) != 0) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
    if (act == "hang") {
        for (;;) {
            ::pause();
        }
    }
}

void reach(std::string const& place)
{
    sample::record(place);
    auto const acts = wishes_for(place);
    if (acts.empty() || (!sample::variable("SAMPLE_ONCE").empty() && !sample::is_first_time())) {
        return;
    }
    for (auto const& act : acts) {
        misbehave(act, place);
    }
}

struct whole_process {
    whole_process() { reach("start"); }
    ~whole_process() { reach("exit"); }
} const process;

struct whole_run {
    static void setup() { reach("global_set_up"); }
    static void teardown() { reach("global_tear_down"); }
};

struct whole_suite {
    static void setup() { reach("suite_set_up"); }
    static void teardown() { reach("suite_tear_down"); }
};

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(whole_run);

BOOST_AUTO_TEST_SUITE(alone)

BOOST_DATA_TEST_CASE(test, utf::data::xrange(10), number)
{
    reach("alone " + std::to_string(number));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(together, *utf::fixture(&whole_suite::setup, &whole_suite::teardown))

BOOST_DATA_TEST_CASE(test, utf::data::xrange(5), number)
{
    reach("together " + std::to_string(number));
}

BOOST_AUTO_TEST_SUITE_END()

// Behind it in the order of the program, so that what the suite leaves would harm it.
BOOST_AUTO_TEST_SUITE(behind)

BOOST_DATA_TEST_CASE(test, utf::data::xrange(10), number)
{
    reach("behind " + std::to_string(number));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(sees_a_worker)
{
    for (auto const* const name : {"TESTMON_XDIST_WORKER", "TESTMON_XDIST_WORKER_COUNT",
                                   "TESTMON_XDIST_RUN_ID", "TESTMON_XDIST_WORKER_DIR"}) {
        sample::record(std::string(name) + '=' + sample::variable(name));
    }
    char path[4096] = "";
    sample::record(std::string("working directory ") + ::getcwd(path, sizeof path));
    auto const scratch = sample::variable("TESTMON_XDIST_WORKER_DIR");
    if (!scratch.empty()) {
        auto* const file = std::fopen((scratch + "/written").c_str(), "w");
        BOOST_TEST_REQUIRE(file != nullptr);
        std::fclose(file);
    }
}

// The first time it fails.
BOOST_AUTO_TEST_CASE(is_flaky)
{
    sample::record("is_flaky");
    BOOST_TEST((sample::variable("SAMPLE_FLAKY").empty() || !sample::is_first_time()));
}

BOOST_AUTO_TEST_CASE(has_arguments)
{
    auto const& master = utf::framework::master_test_suite();
    for (int i = 1; i < master.argc; ++i) {
        sample::record(std::string("argument ") + master.argv[i]); // NOLINT
    }
}
