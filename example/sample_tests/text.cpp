// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_SUITE(trimming)

BOOST_AUTO_TEST_CASE(of_blanks)
{
    BOOST_TEST(boost::trim_copy(std::string("  a b ")) == "a b");
}

BOOST_AUTO_TEST_CASE(of_nothing)
{
    BOOST_TEST(boost::trim_copy(std::string()).empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(upper_case)
{
    BOOST_TEST(boost::to_upper_copy(std::string("testmon")) == "TESTMON");
}

BOOST_AUTO_TEST_CASE(splitting)
{
    std::vector<std::string> parts;
    std::string const line = "a,b,,c";
    boost::split(parts, line, [](char c) { return c == ','; });
    BOOST_TEST(parts.size() == 4U);
}

BOOST_AUTO_TEST_CASE(that_is_wrong_on_purpose)
{
    BOOST_TEST(std::string("one") + "two" == "one two");
}

BOOST_AUTO_TEST_SUITE_END()
