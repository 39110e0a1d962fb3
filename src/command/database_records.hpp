// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_DATABASE_RECORDS_HPP
#define TESTMON_SRC_COMMAND_DATABASE_RECORDS_HPP

#include <testmon/database/queries.hpp>

#include <cstdint>
#include <functional>

namespace testmon::command
{

/// An execution with all that it refers to.
struct full_execution {
    database::environment const& environment;
    database::run const& run;
    database::test_record const& test;
    database::execution const& execution;
};

/// What takes the records of a database; what is empty is not called.
struct record_visitor {
    std::function<void(database::environment const&)> environment{};
    std::function<void(database::run const&)> run{};
    std::function<void(database::environment const&, database::stored_test const&)> test{};
    std::function<void(full_execution const&)> execution{};
};

struct record_counts {
    std::int64_t environments = 0;
    std::int64_t runs = 0;
    std::int64_t tests = 0;
    std::int64_t executions = 0;
};

/// Hands over all that a database holds, environment by environment: the environment, its runs with the
/// oldest first, its tests, and the executions. Executions are handed over one by one and not kept.
///
/// It is not of one moment: what is recorded meanwhile may be missing; what refers to it is, too.
record_counts for_each_record(database::queries const& database, record_visitor const& visit);

} // namespace testmon::command

#endif
