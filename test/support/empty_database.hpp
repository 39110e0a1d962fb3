// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_EMPTY_DATABASE_HPP
#define TESTMON_TEST_SUPPORT_EMPTY_DATABASE_HPP

#include "support/scratch_directory.hpp"

#include <testmon/database/read_write_database.hpp>

namespace testmon::test
{

/// A fixture: a new database in a directory of its own.
struct empty_database {
    scratch_directory root{};
    database::read_write_database database{root.path() / "t.db"};
};

} // namespace testmon::test

#endif
