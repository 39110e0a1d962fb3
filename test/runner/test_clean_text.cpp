// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/clean_text.hpp"

#include "database/utf8.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace testmon::runner;

#define REPLACED "\xef\xbf\xbd"

BOOST_AUTO_TEST_SUITE(clean_text)

BOOST_AUTO_TEST_CASE(of_all_kinds)
{
    using testmon::runner::clean_text;
    struct row {
        std::string text;
        std::string plain;
        std::string coloured;
    };
    row const rows[] = {
        {"", "", ""},
        {"one\ttwo\n", "one\ttwo\n", "one\ttwo\n"},
        {"äö€😀", "äö€😀", "äö€😀"},
        {"\x1b[31mred\x1b[0m", "red", "\x1b[31mred\x1b[0m"},
        {"\x1b[31mred\x1b[m", "red", "\x1b[31mred\x1b[m"},
        {"\x1b[1;38:5:9mred", "red", "\x1b[1;38:5:9mred\x1b[0m"},
        {"\x1b[mred", "red", "\x1b[mred"},
        {"\x1b[31mred\n", "red\n", "\x1b[31mred\x1b[0m\n"},
        {"a\x1b[2J\x1b[1;1Hb\x1b[?25lc", "abc", "abc"},
        {"a\x1b[?1mb", "ab", "ab"},
        {"a\x1b[>4;1mb", "ab", "ab"},
        {"a\x1b]0;title\ab", "ab", "ab"},
        {"a\x1b]8;;http://x\x1b\\b", "ab", "ab"},
        {"a\x1b]0;no end\nb", "a\nb", "a\nb"},
        {"a\x1bPq#0\x1b\\b", "ab", "ab"},
        {"a\x1b(0b\x1b"
         "7c\x1b"
         "cd",
         "abcd", "abcd"},
        {"a\x1b", "a", "a"},
        {"a\x1b[", "a", "a"},
        {"a\x1b[12", "a", "a"},
        {"a\x1b]", "a", "a"},
        {"a\x1b[3\x01mb", "a" REPLACED "mb", "a" REPLACED "mb"},
        {"one\r\ntwo\r\r\nthree\r", "one\ntwo\nthree\n", "one\ntwo\nthree\n"},
        {"10%\r20%\r\n", "10%\n20%\n", "10%\n20%\n"},
        {std::string("a\0b\a\b\v\x7f", 7), "a" REPLACED "b" REPLACED REPLACED REPLACED REPLACED,
         "a" REPLACED "b" REPLACED REPLACED REPLACED REPLACED},
        {"\xff\xc3(", REPLACED REPLACED "(", REPLACED REPLACED "("},
        {"\xc2\x9b"
         "31m\xe2\x80\xae",
         REPLACED "31m" REPLACED, REPLACED "31m" REPLACED},
        {"\xef\xbf\xbf\xef\xbf\xbe\xf0\x9f\xbf\xbf", REPLACED REPLACED REPLACED, REPLACED REPLACED REPLACED},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT("row " << &r - rows)
        {
            BOOST_TEST(clean_text(r.text, false) == r.plain);
            BOOST_TEST(clean_text(r.text, true) == r.coloured);
        }
    }
}

// Whatever three characters come after one another, a terminal gets nothing to obey.
BOOST_AUTO_TEST_CASE(of_each_combination)
{
    std::string const alphabet("\x1b[]P0;?m\a\\\r\n\x9b\xc2 a\0", 17);
    for (char const a : alphabet) {
        for (char const b : alphabet) {
            for (char const c : alphabet) {
                for (char const d : alphabet) {
                    auto const text = testmon::runner::clean_text(std::string{a, b, c, d}, false);
                    bool const is_clean =
                        text.find_first_of(std::string("\x1b\r\a\0", 4)) == std::string::npos &&
                        text.find("\xc2\x9b") == std::string::npos && testmon::database::is_utf8(text);
                    BOOST_REQUIRE(is_clean);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
