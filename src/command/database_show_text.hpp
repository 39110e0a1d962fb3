// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_DATABASE_SHOW_TEXT_HPP
#define TESTMON_SRC_COMMAND_DATABASE_SHOW_TEXT_HPP

#include "database_show_request.hpp"

#include <string>
#include <vector>

namespace testmon::command
{

/// What `show` prints for a person: lines.
std::string show_text(show_request const& request, std::vector<environment_report> const& reports);

} // namespace testmon::command

#endif
