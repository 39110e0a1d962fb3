// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Tests that let Boost.Test run tests of their own, with suites, failures and skips, and others around them.
#define BOOST_TEST_MODULE nesting
#include "boost_test.hpp"

#include "record.hpp"

#include <boost/test/framework.hpp>
#include <boost/test/results_collector.hpp>

#include <string>

namespace utf = boost::unit_test;

namespace
{

void say()
{
    sample::record("test " + utf::framework::current_test_case().full_name());
}

void passes() {}

void fails()
{
    throw 1;
}

// Returns: whether all have passed.
bool run_own(bool to_fail)
{
    auto* const own = BOOST_TEST_SUITE("own");
    own->add(BOOST_TEST_CASE(&passes));
    auto* const inner = BOOST_TEST_SUITE("inner");
    inner->add(utf::make_test_case(to_fail ? &fails : &passes, "last", __FILE__, __LINE__));
    own->add(inner);
    auto* const skipped = BOOST_TEST_SUITE("skipped");
    skipped->add(BOOST_TEST_CASE(&fails));
    skipped->add_precondition([](utf::test_unit_id) { return boost::test_tools::assertion_result(false); });
    own->add(skipped);
    own->p_default_status.value = utf::test_unit::RS_ENABLED;
    utf::framework::finalize_setup_phase(own->p_id);
    utf::framework::run(own->p_id, false);
    return utf::results_collector.results(own->p_id).passed();
}

} // namespace

BOOST_AUTO_TEST_CASE(before)
{
    say();
}

BOOST_AUTO_TEST_CASE(runs_some)
{
    say();
    BOOST_TEST(run_own(false));
}

BOOST_AUTO_TEST_SUITE(suite, *utf::precondition([](utf::test_unit_id) {
                          return boost::test_tools::assertion_result(true);
                      }))
BOOST_AUTO_TEST_CASE(runs_some_that_fail)
{
    say();
    BOOST_TEST(!run_own(true));
    BOOST_TEST(!run_own(true));
}

BOOST_AUTO_TEST_CASE(after)
{
    say();
}
BOOST_AUTO_TEST_SUITE_END()
