// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_DATABASE_HPP
#define TESTMON_DATABASE_HPP

// The whole of testmon::database.
#include <testmon/database/data_file.hpp>
#include <testmon/database/environment.hpp>
#include <testmon/database/error.hpp>
#include <testmon/database/execution.hpp>
#include <testmon/database/known_tests.hpp>
#include <testmon/database/maintenance.hpp>
#include <testmon/database/outcome.hpp>
#include <testmon/database/queries.hpp>
#include <testmon/database/read_only_database.hpp>
#include <testmon/database/read_write_database.hpp>
#include <testmon/database/run.hpp>
#include <testmon/database/test_record.hpp>
#include <testmon/database/this_build.hpp>

#endif
