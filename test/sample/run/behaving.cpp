// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// All that Boost.Test offers, and tests that end in every way short of a crash. What runs is recorded.
#define BOOST_TEST_MODULE behaving
// Boost.Test tears down also what could not be set up, and in a debug build its own assertion stops it.
#define BOOST_DISABLE_ASSERTS
#include "boost_test.hpp"

#include "record.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/parameterized_test.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <tuple>

namespace utf = boost::unit_test;

namespace
{

void say()
{
    sample::record("test " + utf::framework::current_test_case().full_name());
}

struct whole_run {
    static void setup() { sample::record("set up all"); }
    static void teardown() { sample::record("tear down all"); }
};

int outer_fixtures = 0;

struct outer_fixture {
    outer_fixture()
    {
        ++outer_fixtures;
        sample::record("set up outer");
    }
    ~outer_fixture()
    {
        --outer_fixtures;
        sample::record("tear down outer");
    }
};

struct case_fixture {
    int value = 7;
};

struct broken_set_up {
    broken_set_up() { throw std::runtime_error("no database"); }
};

struct broken_tear_down {
    ~broken_tear_down() { BOOST_CHECK_MESSAGE(false, "still open"); }
};

boost::test_tools::assertion_result never(utf::test_unit_id)
{
    boost::test_tools::assertion_result result(false);
    result.message() << "never met";
    return result;
}

bool always(utf::test_unit_id)
{
    return true;
}

void by_hand()
{
    say();
}

void by_hand_with(int value)
{
    say();
    BOOST_TEST(value != 2);
}

int const values[] = {1, 2, 3};

bool add_by_hand()
{
    auto* const suite = BOOST_TEST_SUITE("by hand");
    suite->add(BOOST_TEST_CASE(&by_hand));
    suite->add(BOOST_PARAM_TEST_CASE(&by_hand_with, values, values + 3));
    suite->add(utf::make_test_case(&by_hand, "a name, with: \"all\" <kinds> of things & 世界", __FILE__, 1));
    utf::framework::master_test_suite().add(suite);
    return true;
}

[[maybe_unused]] bool const has_more = add_by_hand();

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(whole_run);

BOOST_AUTO_TEST_CASE(passes)
{
    say();
}

BOOST_AUTO_TEST_CASE(fails)
{
    say();
    BOOST_TEST(1 == 2);
    BOOST_TEST(1 == 3);
}

BOOST_AUTO_TEST_CASE(requires_too_much)
{
    say();
    BOOST_TEST_REQUIRE(1 == 2);
}

BOOST_AUTO_TEST_CASE(throws)
{
    say();
    throw std::runtime_error("thrown");
}

BOOST_AUTO_TEST_CASE(fails_as_expected, *utf::expected_failures(2))
{
    say();
    BOOST_TEST(1 == 2);
    BOOST_TEST(1 == 3);
}

BOOST_AUTO_TEST_CASE(fails_more_than_expected, *utf::expected_failures(1))
{
    say();
    BOOST_TEST(1 == 2);
    BOOST_TEST(1 == 3);
}

BOOST_AUTO_TEST_CASE(fails_less_than_expected, *utf::expected_failures(2))
{
    say();
    BOOST_TEST(1 == 2);
}

BOOST_AUTO_TEST_CASE(has_time, *utf::timeout(600))
{
    say();
}

BOOST_AUTO_TEST_CASE(is_labelled, *utf::label("fast") * utf::label("group:one"))
{
    say();
}

BOOST_AUTO_TEST_CASE(is_described, *utf::description("says what it does"))
{
    say();
}

BOOST_AUTO_TEST_CASE(has_no_assertion) {}

BOOST_FIXTURE_TEST_CASE(has_a_fixture, case_fixture)
{
    say();
    BOOST_TEST(value == 7);
}

BOOST_AUTO_TEST_CASE(has_a_decorating_fixture, *utf::fixture<outer_fixture>())
{
    say();
    BOOST_TEST(outer_fixtures == 1);
}

BOOST_AUTO_TEST_CASE(is_never_ready, *utf::precondition(never))
{
    say();
}

BOOST_AUTO_TEST_CASE(is_always_ready, *utf::precondition(always))
{
    say();
}

BOOST_AUTO_TEST_CASE(is_disabled, *utf::disabled())
{
    say();
}

BOOST_AUTO_TEST_CASE(is_enabled_if, *utf::enable_if<true>())
{
    say();
}

BOOST_AUTO_TEST_CASE(is_not_enabled_if, *utf::enable_if<false>())
{
    say();
}

BOOST_AUTO_TEST_CASE(depends_on_one_that_passes, *utf::depends_on("passes"))
{
    say();
}

BOOST_AUTO_TEST_CASE(depends_on_one_that_fails, *utf::depends_on("fails"))
{
    say();
}

BOOST_AUTO_TEST_CASE(depends_on_one_that_is_skipped, *utf::depends_on("depends_on_one_that_fails"))
{
    say();
}

BOOST_AUTO_TEST_CASE(depends_on_one_that_is_disabled, *utf::depends_on("is_disabled"))
{
    say();
}

BOOST_AUTO_TEST_SUITE(partly_disabled)

BOOST_AUTO_TEST_CASE(one)
{
    say();
}

BOOST_AUTO_TEST_CASE(other, *utf::disabled())
{
    say();
}

BOOST_AUTO_TEST_SUITE_END()

// It is skipped by Boost.Test.
BOOST_AUTO_TEST_CASE(depends_on_a_suite_that_is_partly_disabled, *utf::depends_on("partly_disabled"))
{
    say();
}

BOOST_AUTO_TEST_CASE(depends_on_a_suite, *utf::depends_on("outer/inner"))
{
    say();
}

BOOST_AUTO_TEST_CASE(depends_on_a_suite_that_fails, *utf::depends_on("with_failures"))
{
    say();
}

BOOST_AUTO_TEST_SUITE(outer, *utf::fixture<outer_fixture>() * utf::label("slow"))

BOOST_AUTO_TEST_CASE(first)
{
    say();
    BOOST_TEST(outer_fixtures == 1);
}

BOOST_AUTO_TEST_SUITE(inner)

BOOST_AUTO_TEST_CASE(one)
{
    say();
    BOOST_TEST(outer_fixtures == 1);
}

BOOST_AUTO_TEST_SUITE(innermost, *utf::fixture<outer_fixture>())

BOOST_AUTO_TEST_CASE(two)
{
    say();
    BOOST_TEST(outer_fixtures == 2);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(three)
{
    say();
    BOOST_TEST(outer_fixtures == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(last)
{
    say();
    BOOST_TEST(outer_fixtures == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(with_failures)

BOOST_AUTO_TEST_CASE(passes)
{
    say();
}

BOOST_AUTO_TEST_CASE(fails)
{
    say();
    BOOST_TEST(1 == 2);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(never_ready, *utf::precondition(never))

BOOST_AUTO_TEST_CASE(one)
{
    say();
}

BOOST_AUTO_TEST_CASE(two)
{
    say();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(waits_for_a_failure, *utf::depends_on("fails"))

BOOST_AUTO_TEST_CASE(one)
{
    say();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(all_disabled, *utf::disabled())

BOOST_AUTO_TEST_CASE(one)
{
    say();
}

BOOST_AUTO_TEST_CASE(two, *utf::enabled())
{
    say();
}

BOOST_AUTO_TEST_SUITE_END()

// Between tests of a suite around them that nothing has to be done for, suites for which something has.
BOOST_AUTO_TEST_SUITE(plain)

BOOST_AUTO_TEST_CASE(before)
{
    say();
}

BOOST_AUTO_TEST_SUITE(with_fixture, *utf::fixture<case_fixture>())

BOOST_AUTO_TEST_CASE(one)
{
    say();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(between)
{
    say();
}

BOOST_AUTO_TEST_SUITE(with_precondition, *utf::precondition(always))

BOOST_AUTO_TEST_CASE(one)
{
    say();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(behind)
{
    say();
}

BOOST_AUTO_TEST_CASE(depends_on_a_suite, *utf::depends_on("plain/with_precondition"))
{
    say();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(cannot_be_set_up, *utf::fixture<broken_set_up>())

BOOST_AUTO_TEST_CASE(one)
{
    say();
}

BOOST_AUTO_TEST_CASE(two)
{
    say();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(cannot_be_torn_down, *utf::fixture<broken_tear_down>())

BOOST_AUTO_TEST_CASE(one)
{
    say();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(of_data)

BOOST_DATA_TEST_CASE(numbers, utf::data::xrange(30), number)
{
    say();
    BOOST_TEST(number != 7);
}

BOOST_DATA_TEST_CASE(pairs, utf::data::make({1, 2, 3}) * utf::data::make({1, 2, 3}), a, b)
{
    say();
    BOOST_TEST_CONTEXT("a context")
    {
        BOOST_TEST(a + b != 6);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(of_types, *utf::timeout(600))

using types = std::tuple<char, int, std::string, std::tuple<std::int64_t, char const*>>;

BOOST_AUTO_TEST_CASE_TEMPLATE(sizes, type, types)
{
    say();
    BOOST_TEST(sizeof(type) != 1);
}

BOOST_FIXTURE_TEST_CASE_TEMPLATE(sizes_and_fixture, type, types, case_fixture)
{
    say();
    BOOST_TEST(sizeof(type) != 0);
    BOOST_TEST(this->value == 7);
}

BOOST_AUTO_TEST_SUITE_END()
