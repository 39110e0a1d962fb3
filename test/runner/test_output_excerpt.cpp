// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/output_excerpt.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace testmon::runner;

BOOST_AUTO_TEST_SUITE(output_excerpt)

BOOST_AUTO_TEST_CASE(what_is_left_out)
{
    struct row {
        std::string output;
        std::uint64_t size;
        std::size_t longest;
        std::string expected;
    };
    row const rows[] = {
        {"", 0, 10, ""},
        {"all of it\n", 10, 10, "all of it\n"},
        {"one\ntwo\nthree\nfour\nfive\n", 24, 20, "one\n… 10 bytes more\nfour\nfive\n"},
        {"012345678901234567890123456789", 30, 12, "012\n… 18 bytes more\n123456789"},
        {"one\ntwo\n", 9, 4, "… 5 bytes more\ntwo\n"},
        {"the end\n", 100'000'008, 100, "… 100.0 MB more\nthe end\n"},
        {"a line\nthe end\n", 1016, 100, "… 1.0 kB more\nthe end\n"},
        {"a line\nthe end\n", 5'000'000'000'015, 12, "… 5000.0 GB more\nthe end\n"},
        {"x", 2, 10, "… 1 byte more\nx"},
        {"ääää", 1'001, 3, "… 999 bytes more\nä"},
        {"ääää€€€€", 20, 8, "ä\n… 12 bytes more\n€€"},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT("row " << &r - rows)
        {
            BOOST_TEST(testmon::runner::output_excerpt(r.output, r.size, r.longest) == r.expected);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
