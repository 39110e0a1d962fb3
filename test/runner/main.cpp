// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE testmon runner
#include <boost/test/unit_test.hpp>
