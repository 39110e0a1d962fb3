// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "precreation/one_line.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>

using namespace testmon::precreation;

BOOST_AUTO_TEST_SUITE(one_line)

BOOST_AUTO_TEST_CASE(what_is_left_of_a_text)
{
    struct row {
        std::string text;
        std::size_t longest;
        std::string beginning;
        std::string end;
    };
    row const rows[] = {
        {"", 10, "", ""},
        {"one", 3, "one", "one"},
        {"one", 2, "on...", "...ne"},
        {" one \r\n\t two\n", 20, "one two", "one two"},
        {"a\x7f\x1b[31mb", 20, "a [31mb", "a [31mb"},
        {"\n\n", 20, "", ""},
        {"äöü", 6, "äöü", "äöü"},
        {"äöü", 5, "äö...", "...öü"},
        {"äöü", 4, "äö...", "...öü"},
        {"€", 2, "...", "..."},
        {std::string("a\0b", 3), 3, "a b", "a b"},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT("text " << r.text << ", longest " << r.longest)
        {
            BOOST_TEST(beginning_on_one_line(r.text, r.longest) == r.beginning);
            BOOST_TEST(end_on_one_line(r.text, r.longest) == r.end);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
