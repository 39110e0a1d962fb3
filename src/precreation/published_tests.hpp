// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_PRECREATION_PUBLISHED_TESTS_HPP
#define TESTMON_SRC_PRECREATION_PUBLISHED_TESTS_HPP

#include <testmon/database/read_write_database.hpp>
#include <testmon/precreation/controller_precreation.hpp>
#include <testmon/xdist_coordination/coordination_state.hpp>

namespace testmon::precreation
{

/// Keys of the published state that this layer adds.
constexpr char run_id_key[] = "database_run_id";
constexpr char in_database_key[] = "precreated_in_database";

/// What a state says of the registered tests: their ids by path, as long as that is short and can be said in
/// JSON, or that workers shall look into the database.
void publish_tests(xdist_coordination::state_data& data, test_range const& tests,
                   database::registration const& registered, database::collection extent);

} // namespace testmon::precreation

#endif
