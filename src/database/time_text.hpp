// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_TIME_TEXT_HPP
#define TESTMON_SRC_DATABASE_TIME_TEXT_HPP

#include <testmon/database/run.hpp>

#include <chrono>
#include <string>

namespace testmon::database
{

/// A duration for a person, to three digits: "12.3 ms", "2 min 05 s", "1 h 02 min".
std::string duration_text(std::chrono::nanoseconds duration);

/// A duration for a person who watches it pass, in whole seconds: "0 s", "60 s", "2 min 05 s", "1 h 02 min".
std::string passing_time_text(std::chrono::nanoseconds duration);

/// An instant for a person, in local time: "2026-11-24 10:08:30".
std::string local_time_text(timestamp when);

/// An instant for a program, exactly and in UTC: "2026-11-24T10:08:30.000000001Z".
std::string utc_time_text(timestamp when);

} // namespace testmon::database

#endif
