// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_DATABASE_SHOW_JSON_HPP
#define TESTMON_SRC_COMMAND_DATABASE_SHOW_JSON_HPP

#include "database_show_request.hpp"

#include <boost/json/value.hpp>

#include <vector>

namespace testmon::command
{

/// What `show` prints with --json.
boost::json::value show_json(show_request const& request, std::vector<environment_report> const& reports);

} // namespace testmon::command

#endif
