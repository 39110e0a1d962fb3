// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_TEST_DIGEST_HPP
#define TESTMON_SRC_DATABASE_TEST_DIGEST_HPP

#include <testmon/database/test_record.hpp>

#include <SQLiteCpp/Statement.h>

#include <cstdint>

namespace testmon::database
{

/// A number that tells whether a test is as its row says, without the row: of all that is stored of it but
/// the path. Two tests that differ have the same one with a probability of 2^-64. It is good for one process.
std::uint64_t digest_of(test_record const& test);
/// The same of a row that begins with `test_columns`.
std::uint64_t digest_of(SQLite::Statement& row);

} // namespace testmon::database

#endif
