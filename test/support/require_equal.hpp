// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_REQUIRE_EQUAL_HPP
#define TESTMON_TEST_SUPPORT_REQUIRE_EQUAL_HPP

#include <testmon/database/test_record.hpp>

#include <boost/test/unit_test.hpp>

namespace testmon::test
{

/// Checks that two tests are the same in all that is stored of them.
inline void require_equal(database::test_record const& a, database::test_record const& b)
{
    BOOST_TEST(a.path == b.path);
    BOOST_TEST(a.suite == b.suite);
    BOOST_TEST(a.file == b.file);
    BOOST_TEST(a.line == b.line);
    BOOST_TEST(a.labels == b.labels, boost::test_tools::per_element());
    BOOST_TEST(a.depends_on == b.depends_on, boost::test_tools::per_element());
    BOOST_TEST((a.time_limit == b.time_limit));
    BOOST_TEST(a.expected_failures == b.expected_failures);
    BOOST_TEST(a.enabled == b.enabled);
}

} // namespace testmon::test

#endif
