// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_STATUS_TEXT_HPP
#define TESTMON_SRC_COMMAND_STATUS_TEXT_HPP

#include <testmon/xdist_coordination/coordination_status.hpp>

#include <string>

namespace testmon::command
{

/// Where a run stands, in words for a person; several lines. `now`: seconds since 1970-01-01 UTC.
std::string status_text(xdist_coordination::coordination_status const& status, double now);

} // namespace testmon::command

#endif
