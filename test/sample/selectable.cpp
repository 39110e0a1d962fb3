// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Tests among which --run_test has something to choose. It tells on standard output, a line each, which of
// them Boost.Test has decided to run.
#define BOOST_TEST_MODULE selectable
#define BOOST_TEST_DYN_LINK
#include <boost/test/unit_test.hpp>

#include <boost/test/tree/traverse.hpp>
#include <boost/test/tree/visitor.hpp>

#include <iostream>

namespace utf = boost::unit_test;

namespace
{

struct tell_selection : utf::test_tree_visitor {
    tell_selection() { utf::traverse_test_tree(utf::framework::master_test_suite().p_id, *this, true); }
    void visit(utf::test_case const& test) override
    {
        if (test.is_enabled()) {
            std::cout << "selected: " << test.full_name() << std::endl;
        }
    }
};

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(tell_selection);

BOOST_AUTO_TEST_CASE(alone) {}
BOOST_AUTO_TEST_CASE(alone_too, *utf::label("quick")) {}
BOOST_AUTO_TEST_CASE(off, *utf::disabled() * utf::label("quick")) {}
BOOST_AUTO_TEST_CASE(needs_case, *utf::depends_on("network/connect")) {}
BOOST_AUTO_TEST_CASE(needs_suite, *utf::depends_on("network/tls")) {}
BOOST_AUTO_TEST_CASE(needs_off, *utf::depends_on("off")) {}
BOOST_AUTO_TEST_CASE(needs_in_turn, *utf::depends_on("needs_suite")) {}

BOOST_AUTO_TEST_SUITE(network, *utf::label("net"))
BOOST_AUTO_TEST_CASE(connect, *utf::label("quick")) {}
BOOST_AUTO_TEST_CASE(listen) {}
BOOST_AUTO_TEST_CASE(off_here, *utf::disabled()) {}
BOOST_AUTO_TEST_SUITE(tls, *utf::label("slow"))
BOOST_AUTO_TEST_CASE(connect) {}
BOOST_AUTO_TEST_CASE(handshake, *utf::depends_on("network/connect")) {}
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(files, *utf::depends_on("alone"))
BOOST_AUTO_TEST_CASE(open) {}
BOOST_AUTO_TEST_SUITE(locks)
BOOST_AUTO_TEST_CASE(open, *utf::label("slow")) {}
BOOST_AUTO_TEST_CASE(shared) {}
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(off_suite, *utf::disabled() * utf::label("slow"))
BOOST_AUTO_TEST_CASE(connect) {}
BOOST_AUTO_TEST_CASE(on_in_it, *utf::enabled()) {}
BOOST_AUTO_TEST_SUITE(deep)
BOOST_AUTO_TEST_CASE(one, *utf::label("rare")) {}
BOOST_AUTO_TEST_CASE(other, *utf::label("rare") * utf::depends_on("files/locks")) {}
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

// The suite depends on a part of what a test in it depends on: Boost.Test takes up the whole first.
BOOST_AUTO_TEST_SUITE(late, *utf::depends_on("network/tls/connect"))
BOOST_AUTO_TEST_CASE(one, *utf::depends_on("network")) {}
BOOST_AUTO_TEST_CASE(other) {}
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(late_and_single, *utf::depends_on("network/tls/connect"))
BOOST_AUTO_TEST_CASE(one, *utf::depends_on("network")) {}
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(late_again, *utf::depends_on("network/tls/connect"))
BOOST_AUTO_TEST_CASE(one, *utf::depends_on("network") * utf::depends_on("network/tls/connect")) {}
BOOST_AUTO_TEST_CASE(other) {}
BOOST_AUTO_TEST_SUITE_END()
