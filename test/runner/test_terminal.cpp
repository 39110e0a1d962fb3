// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/terminal.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

#include <fcntl.h>
#include <unistd.h>

using namespace testmon::runner;

BOOST_AUTO_TEST_SUITE(terminal)

BOOST_AUTO_TEST_CASE(what_decides_the_colour)
{
    struct row {
        bool is_terminal;
        std::string term;
        std::string no_color;
        std::string clicolor;
        std::string clicolor_force;
        std::string force_color;
        bool colour;
        bool redraw;
    };
    row const rows[] = {
        {true, "xterm", "", "", "", "", true, true},     {false, "xterm", "", "", "", "", false, false},
        {true, "dumb", "", "", "", "", false, false},    {true, "", "", "", "", "", false, false},
        {true, "xterm", "1", "", "", "", false, true},   {true, "xterm", "0", "", "", "", false, true},
        {true, "xterm", "", "0", "", "", false, true},   {true, "xterm", "", "1", "", "", true, true},
        {false, "", "", "1", "", "", false, false},      {false, "", "", "", "1", "", true, false},
        {false, "dumb", "", "", "", "1", true, false},   {false, "xterm", "", "", "0", "", false, false},
        {false, "xterm", "", "", "", "0", false, false}, {false, "xterm", "1", "", "1", "1", false, false},
        {true, "xterm", "", "0", "1", "", true, true},
    };
    for (auto const& r : rows) {
        terminal_facts const facts{r.is_terminal, r.term,           r.no_color,
                                   r.clicolor,    r.clicolor_force, r.force_color};
        BOOST_TEST_CONTEXT("row " << &r - rows)
        {
            BOOST_TEST(wants_colour(facts) == r.colour);
            BOOST_TEST(can_redraw(facts) == r.redraw);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_file_is_no_terminal)
{
    int const null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    BOOST_REQUIRE(null >= 0);
    BOOST_TEST(!terminal_facts_of(null).is_terminal);
    auto const size = terminal_size_of(null);
    ::close(null);
    BOOST_TEST(size.width == 80U);
    BOOST_TEST(size.height == 24U);
}

BOOST_AUTO_TEST_SUITE_END()
