// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <numeric>

BOOST_AUTO_TEST_SUITE(numbers)

BOOST_AUTO_TEST_CASE(greatest_common_divisor)
{
    BOOST_TEST(std::gcd(12, 18) == 6);
    BOOST_TEST(std::gcd(0, 5) == 5);
}

BOOST_AUTO_TEST_CASE(least_common_multiple)
{
    BOOST_TEST(std::lcm(4, 6) == 12);
}

BOOST_DATA_TEST_CASE(squares_are_not_negative, boost::unit_test::data::xrange(-2, 3), number)
{
    BOOST_TEST(number * number >= 0);
}

BOOST_AUTO_TEST_SUITE_END()
