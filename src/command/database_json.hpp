// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_DATABASE_JSON_HPP
#define TESTMON_SRC_COMMAND_DATABASE_JSON_HPP

#include "../database/printable.hpp"
#include <testmon/database/environment.hpp>
#include <testmon/database/execution.hpp>
#include <testmon/database/run.hpp>
#include <testmon/database/test_record.hpp>

#include <boost/json/object.hpp>

namespace testmon::command
{

// What is in a database as JSON. The keys are part of the interface: doc/database_command.md lists them.
// Texts are valid UTF-8, durations are nanoseconds, instants texts in UTC.
boost::json::object to_json(database::environment const& environment);
boost::json::object to_json(database::run const& run);
boost::json::object to_json(database::test_statistics const& test);
boost::json::object to_json(database::execution const& execution);

} // namespace testmon::command

#endif
