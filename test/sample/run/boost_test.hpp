// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Boost.Test as the program is to have it: as a shared library, or in itself, as from an archive.
// BOOST_TEST_MODULE is defined before.
#ifndef SAMPLE_HAS_BOOST_TEST_IN_ITSELF
#define BOOST_TEST_DYN_LINK
#endif
#include <boost/test/unit_test.hpp>
