// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Tests that depend on others which fail, crash, or are disabled in part.
#define BOOST_TEST_MODULE dependent
#include "boost_test.hpp"

#include "record.hpp"

#include <csignal>
#include <cstdlib>

namespace utf = boost::unit_test;

namespace
{

boost::test_tools::assertion_result first_time(utf::test_unit_id)
{
    return sample::is_first_time();
}

} // namespace

BOOST_AUTO_TEST_CASE(fails)
{
    BOOST_TEST(false);
}

BOOST_AUTO_TEST_CASE(dies)
{
    ::raise(SIGKILL);
}

BOOST_AUTO_TEST_CASE(on_failed, *utf::depends_on("fails"))
{
    BOOST_TEST(false);
}

BOOST_AUTO_TEST_CASE(on_dead, *utf::depends_on("dies"))
{
    BOOST_TEST(false);
}

BOOST_AUTO_TEST_CASE(on_skipped, *utf::depends_on("on_dead"))
{
    BOOST_TEST(false);
}

BOOST_AUTO_TEST_CASE(aborts)
{
    std::abort(); // after which Boost.Test goes on, in batches
}

BOOST_AUTO_TEST_SUITE(early)
BOOST_AUTO_TEST_CASE(passes) {}
BOOST_AUTO_TEST_SUITE(off, *utf::disabled())
BOOST_AUTO_TEST_CASE(never)
{
    BOOST_TEST(false);
}
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(late, *utf::depends_on("early"))
BOOST_AUTO_TEST_CASE(never)
{
    BOOST_TEST(false);
}
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(others)
BOOST_AUTO_TEST_CASE(dies_too)
{
    ::raise(SIGKILL);
}
BOOST_AUTO_TEST_CASE(on_aborted, *utf::depends_on("aborts"))
{
    BOOST_TEST(false);
}
BOOST_AUTO_TEST_CASE(passes) {}
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(refuses, *utf::disabled())
BOOST_AUTO_TEST_CASE(a_retry, *utf::precondition(&first_time))
{
    BOOST_TEST(false);
}
BOOST_AUTO_TEST_SUITE_END()
