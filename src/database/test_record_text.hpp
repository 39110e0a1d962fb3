// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_TEST_RECORD_TEXT_HPP
#define TESTMON_SRC_DATABASE_TEST_RECORD_TEXT_HPP

#include <testmon/database/test_record.hpp>

#include <string>

namespace testmon::database
{

// What the tables of tests hold; "-" stands for nothing.
std::string or_dash(std::string const& text);
/// "file.cpp:12".
std::string place_or_dash(test_record const& test);
std::string labels_or_dash(test_record const& test);

} // namespace testmon::database

#endif
