// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE testmon database
#include "support/database_faults.hpp"

#include <boost/test/unit_test.hpp>

namespace
{

struct without_waiting_for_the_disk {
    without_waiting_for_the_disk() { testmon::test::install_database_faults(); }
};

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(without_waiting_for_the_disk);
