// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_PRECREATION_HPP
#define TESTMON_PRECREATION_HPP

// The whole of testmon::precreation.
#include <testmon/precreation/collect_tests.hpp>
#include <testmon/precreation/controller_precreation.hpp>
#include <testmon/precreation/worker_coordination.hpp>

#endif
