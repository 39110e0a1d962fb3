// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "database/display_width.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace testmon::database;

BOOST_AUTO_TEST_SUITE(display_width)

BOOST_AUTO_TEST_CASE(of_texts)
{
    struct row {
        std::string text;
        std::size_t width;
    };
    row const rows[] = {{"", 0},        {"abc", 3},    {"äöü€", 4}, {"漢字", 4}, {"한", 2},
                        {"a\u0301", 1}, {"😀", 2},      {"…", 1},    {"\xff", 1}, {"a\xc3(", 3},
                        {"é\u200d", 1}, {"\ufe0f", 0}, {"，", 2},   {"ｱ", 1}};
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.text)
        {
            BOOST_TEST(width_of(r.text) == r.width);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_cut)
{
    struct row {
        std::string text;
        std::size_t width;
        std::string beginning;
        std::string end;
    };
    row const rows[] = {{"", 0, "", ""},
                        {"abc", 0, "", ""},
                        {"abc", 3, "abc", "abc"},
                        {"abc", 2, "a…", "…c"},
                        {"abc", 1, "…", "…"},
                        {"漢字漢", 5, "漢字…", "…字漢"},
                        {"漢字漢", 4, "漢…", "…漢"},
                        {"xe\u0301y", 2, "x…", "…y"},
                        {"xe\u0301y", 3, "xe\u0301y", "xe\u0301y"},
                        {"xye\u0301", 2, "x…", "…e\u0301"}};
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.text << " at " << r.width)
        {
            BOOST_TEST(beginning_of_width(r.text, r.width) == r.beginning);
            BOOST_TEST(end_of_width(r.text, r.width) == r.end);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
