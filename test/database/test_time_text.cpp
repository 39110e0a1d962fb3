// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "database/time_text.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace testmon::database;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(time_text)

BOOST_AUTO_TEST_CASE(of_durations)
{
    struct row {
        std::chrono::nanoseconds duration;
        std::string exact;
        std::string passing;
    };
    row const rows[] = {{0ns, "0 ns", "0 s"},
                        {999ns, "999 ns", "0 s"},
                        {12345us, "12.3 ms", "0 s"},
                        {1999ms, "2.00 s", "1 s"},
                        {60s, "1 min 00 s", "60 s"},
                        {119s, "1 min 59 s", "119 s"},
                        {125s, "2 min 05 s", "2 min 05 s"},
                        {3599s, "59 min 59 s", "59 min 59 s"},
                        {3725s, "1 h 02 min", "1 h 02 min"}};
    for (auto const& r : rows) {
        BOOST_TEST(duration_text(r.duration) == r.exact);
        BOOST_TEST(passing_time_text(r.duration) == r.passing);
    }
}

BOOST_AUTO_TEST_SUITE_END()
