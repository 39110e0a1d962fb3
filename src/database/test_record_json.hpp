// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_TEST_RECORD_JSON_HPP
#define TESTMON_SRC_DATABASE_TEST_RECORD_JSON_HPP

#include <testmon/database/test_record.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace testmon::database
{

/// The texts, with U+FFFD in place of what is not UTF-8.
boost::json::array to_json(std::vector<std::string> const& texts);

/// A test as JSON. The keys are part of the interface: doc/database_command.md lists them.
boost::json::object to_json(test_record const& test);

} // namespace testmon::database

#endif
