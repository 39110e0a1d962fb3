// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Tests of every kind that the macros of Boost.Test make, with Boost.Test in this very executable.
#define BOOST_TEST_MODULE the "rich" module
#include <boost/test/included/unit_test.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include "tell_tree.hpp"

#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace utf = boost::unit_test;

using tell_tree = sample::tell_tree;
BOOST_TEST_GLOBAL_FIXTURE(tell_tree);

namespace
{

struct fixture {
    int value = 1;
};

template <int>
struct with_number {
};

[[maybe_unused]] auto const lambda = [](int x) { return x | 1; }; // only its type is used

using types = std::tuple<int, std::map<std::string, std::vector<int>>, with_number<3>, decltype(lambda)>;

} // namespace

BOOST_AUTO_TEST_CASE(plain)
{
    BOOST_TEST(lambda(0) == 1);
}

BOOST_AUTO_TEST_CASE(with_all, *utf::label("quick") * utf::label("two words") * utf::timeout(7) *
                                   utf::expected_failures(2) * utf::description("says more"))
{
    BOOST_TEST(false);
    BOOST_TEST(false);
}

BOOST_AUTO_TEST_CASE(odd_labels,
                     *utf::label("a|b") * utf::label("c(3)") * utf::label("\"];") * utf::label("timeout=3"))
{
}

BOOST_AUTO_TEST_CASE(off, *utf::disabled()) {}

BOOST_FIXTURE_TEST_CASE(with_a_fixture, fixture, *utf::depends_on("plain"))
{
    BOOST_TEST(value == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(of_types, T, types)
{
    BOOST_TEST(sizeof(T) != 0U);
}

BOOST_DATA_TEST_CASE(of_data,
                     boost::unit_test::data::make({1, 2, 3}) ^ boost::unit_test::data::make({4, 5, 6}), a, b)
{
    BOOST_TEST(a + 3 == b);
}

BOOST_AUTO_TEST_SUITE(outer, *utf::label("slow") * utf::depends_on("inner_of_other/first") *
                                 utf::fixture<fixture>() * utf::timeout(100))

BOOST_AUTO_TEST_CASE(first, *utf::label("quick")) {}

BOOST_AUTO_TEST_SUITE(inner, *utf::expected_failures(1))
BOOST_AUTO_TEST_CASE(first, *utf::depends_on("outer/first") * utf::depends_on("of_data")) {}
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(off_suite, *utf::disabled())
BOOST_AUTO_TEST_CASE(off_with_it) {}
BOOST_AUTO_TEST_CASE(on_in_it, *utf::enabled()) {}
BOOST_AUTO_TEST_SUITE(off_below)
BOOST_AUTO_TEST_CASE(off_with_both) {}
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(empty)
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(inner_of_other)
BOOST_AUTO_TEST_CASE(first) {}
BOOST_AUTO_TEST_SUITE_END()

// Opened again: its tests come with those from above.
BOOST_AUTO_TEST_SUITE(outer)
BOOST_AUTO_TEST_CASE(late) {}
BOOST_AUTO_TEST_SUITE_END()
