// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
// A test executable of a user. Run by testmon, its tests have a worker's environment.
#define BOOST_TEST_MODULE consumer
#ifdef HEADER_ONLY
#include <boost/test/included/unit_test.hpp>
#else
#include <boost/test/unit_test.hpp>
#endif

#include <cstdlib>

BOOST_AUTO_TEST_CASE(has_a_worker)
{
    BOOST_TEST_REQUIRE(std::getenv("TESTMON_XDIST_WORKER") != nullptr);
}

BOOST_AUTO_TEST_CASE(adds)
{
    BOOST_TEST(1 + 1 == 2);
}
