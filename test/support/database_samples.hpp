// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_DATABASE_SAMPLES_HPP
#define TESTMON_TEST_SUPPORT_DATABASE_SAMPLES_HPP

#include <testmon/database/execution.hpp>
#include <testmon/database/test_record.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace testmon::test
{

/// The tests "suite_0/test_0" and so on, a hundred in each suite, no two with the same values.
std::vector<database::test_record> sample_tests(std::size_t count);

/// A test of which nothing is known but its path.
database::test_record test_at(std::string const& path);

/// One execution that passed for each test.
std::vector<database::execution> sample_executions(std::vector<std::int64_t> const& test_ids);

database::execution execution_of(std::int64_t test_id, database::outcome outcome, std::int64_t attempt = 1);

} // namespace testmon::test

#endif
