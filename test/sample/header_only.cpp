// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Tests that end in every way, with Boost.Test in this very executable.
#define BOOST_TEST_MODULE header only
#include <boost/test/included/unit_test.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>

#include <unistd.h>

namespace utf = boost::unit_test;

namespace
{

bool is_set(char const* name)
{
    return std::getenv(name) != nullptr;
}

// Fails where the environment says so.
struct whole_run {
    void setup()
    {
        BOOST_TEST(!is_set("SAMPLE_FAIL_GLOBAL_SETUP"));
        if (is_set("SAMPLE_THROW_IN_GLOBAL_SETUP")) {
            throw std::runtime_error("no network");
        }
    }
    void teardown()
    {
        BOOST_TEST(!is_set("SAMPLE_FAIL_GLOBAL_TEARDOWN"));
        if (is_set("SAMPLE_EXIT_IN_GLOBAL_TEARDOWN")) {
            ::_exit(9);
        }
    }
};

struct bad_setup {
    bad_setup() { throw std::runtime_error("no database"); }
};

struct bad_teardown {
    ~bad_teardown() { BOOST_CHECK_MESSAGE(false, "still open"); }
};

struct dies_in_setup {
    dies_in_setup() { ::raise(is_set("SAMPLE_KILL") ? SIGKILL : SIGSEGV); }
};

template <int>
struct with_number {
};

using types = std::tuple<int, std::map<std::string, std::string>, with_number<3>>;

void nothing() {}

// What a leak checker does after the last test.
struct at_exit {
    ~at_exit()
    {
        if (is_set("SAMPLE_EXIT_CODE_AFTER_ALL")) {
            ::_exit(23);
        }
    }
} const last_word;

bool add_odd_names()
{
    auto* const suite = new utf::test_suite("odd", __FILE__, __LINE__);
    for (auto const* const name :
         {" blanks ", "a \"quoted\" name", "a|b", "grüße, 世界", "grüße", "=equal", "-dash", "--",
          "two\nlines", "f<std::map<int, (anonymous namespace)::a<3> > >", "<&>'", "a/b", "a:b", "!not",
          "*star", "sta*r", "+plus", "@at", ""}) {
        suite->add(new utf::test_case(name, __FILE__, __LINE__, &nothing));
    }
    utf::framework::master_test_suite().add(suite);
    if (is_set("SAMPLE_FEWER_TESTS")) {
        return true;
    }
    for (auto const* const name : {"!first", " first"}) {
        utf::framework::master_test_suite().add(new utf::test_case(name, __FILE__, __LINE__, &nothing));
    }
    return true;
}

[[maybe_unused]] bool const has_odd_names = add_odd_names();

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(whole_run);

BOOST_AUTO_TEST_CASE(passes)
{
    std::cout << "said by passes\n";
    BOOST_TEST(true);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(fails)
{
    std::cout << "to cout" << std::endl;
    std::printf("to stdout\n");
    BOOST_TEST_MESSAGE("a message");
    BOOST_TEST_CONTEXT("outer frame")
    {
        BOOST_TEST_INFO("inner frame");
        BOOST_TEST(1 == 2);
    }
    BOOST_WARN(false);
    std::cerr << "no end of line";
}

BOOST_AUTO_TEST_CASE(requires_too_much)
{
    BOOST_TEST_REQUIRE(1 == 2);
}

BOOST_AUTO_TEST_CASE(fails_as_expected, *utf::expected_failures(2))
{
    BOOST_TEST(1 == 2);
    BOOST_TEST(1 == 3);
}

BOOST_AUTO_TEST_CASE(throws)
{
    BOOST_TEST_CHECKPOINT("about to throw");
    throw std::runtime_error("signal: SIGSEGV, it says");
}

BOOST_AUTO_TEST_CASE(skipped, *utf::precondition([](utf::test_unit_id) { return false; })) {}

BOOST_AUTO_TEST_CASE(depends, *utf::depends_on("fails")) {}

BOOST_AUTO_TEST_CASE(depends_on_a_pass, *utf::depends_on("passes")) {}

BOOST_AUTO_TEST_CASE(takes_too_long, *utf::timeout(1))
{
    std::this_thread::sleep_for(std::chrono::seconds(30));
}

BOOST_AUTO_TEST_SUITE(dying)

BOOST_AUTO_TEST_CASE(before)
{
    BOOST_TEST(1 == 2);
}

BOOST_AUTO_TEST_CASE(aborts)
{
    std::abort();
}

BOOST_AUTO_TEST_CASE(divides)
{
    ::raise(SIGFPE);
}

BOOST_AUTO_TEST_CASE(reads_null)
{
    std::cout << "last words" << std::endl;
    BOOST_TEST(1 == 2);
    BOOST_TEST_CHECKPOINT("about to read");
    int const volatile* volatile nowhere = nullptr;
    BOOST_TEST(*nowhere == 0);
}

BOOST_AUTO_TEST_CASE(is_killed)
{
    std::cout << "last words" << std::endl;
    BOOST_TEST(1 == 2, "before the end");
    ::raise(SIGKILL);
}

BOOST_AUTO_TEST_CASE(exits)
{
    std::exit(3);
}

BOOST_AUTO_TEST_CASE(exits_at_once)
{
    ::_exit(0);
}

BOOST_AUTO_TEST_CASE(waits)
{
    std::this_thread::sleep_for(std::chrono::seconds(30));
}

BOOST_AUTO_TEST_CASE(leaves_a_process)
{
    if (::fork() == 0) {
        ::sleep(30);
        ::_exit(0);
    }
}

BOOST_AUTO_TEST_CASE(after) {}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(without_setup, *utf::fixture<bad_setup>())
BOOST_AUTO_TEST_CASE(first) {}
BOOST_AUTO_TEST_SUITE(inner)
BOOST_AUTO_TEST_CASE(second) {}
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(without_teardown, *utf::fixture<bad_teardown>())
BOOST_AUTO_TEST_CASE(first) {}
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(dying_in_setup, *utf::fixture<dies_in_setup>())
BOOST_AUTO_TEST_CASE(first) {}
BOOST_AUTO_TEST_CASE(second) {}
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(skipped_suite, *utf::precondition([](utf::test_unit_id) { return false; }))
BOOST_AUTO_TEST_CASE(first) {}
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(late, *utf::timeout(1))
BOOST_AUTO_TEST_CASE(first)
{
    std::this_thread::sleep_for(std::chrono::seconds(30));
}
BOOST_AUTO_TEST_CASE(second) {}
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(silent)
BOOST_AUTO_TEST_CASE(first)
{
    utf::unit_test_log.set_threshold_level(utf::log_nothing);
}
BOOST_AUTO_TEST_CASE(second) {}
BOOST_AUTO_TEST_CASE(third)
{
    BOOST_TEST(false);
}
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE_TEMPLATE(of_types, T, types)
{
    BOOST_TEST(sizeof(T) != 0U);
}

BOOST_DATA_TEST_CASE(of_data, boost::unit_test::data::make({1, 2, 3}), value)
{
    BOOST_TEST(value != 2);
}
