// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_OUTCOME_TEXT_HPP
#define TESTMON_TEST_SUPPORT_OUTCOME_TEXT_HPP

#include <testmon/database/outcome.hpp>

#include <ostream>

namespace testmon::database
{

/// For messages of failed checks.
inline std::ostream& operator<<(std::ostream& out, outcome value)
{
    return out << to_string(value);
}

} // namespace testmon::database

#endif
