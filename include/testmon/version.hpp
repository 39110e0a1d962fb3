// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_VERSION_HPP
#define TESTMON_VERSION_HPP

/// The version of the library as three numbers and as text; both builds read it from this file.
#define TESTMON_VERSION_MAJOR 0
#define TESTMON_VERSION_MINOR 1
#define TESTMON_VERSION_PATCH 0
#define TESTMON_VERSION_STRING "0.1.0"

#endif
