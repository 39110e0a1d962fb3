// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// A suite as any project has one. It knows nothing of testmon.
#define BOOST_TEST_MODULE sample
#include <boost/test/unit_test.hpp>
