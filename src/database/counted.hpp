// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_COUNTED_HPP
#define TESTMON_SRC_DATABASE_COUNTED_HPP

#include <string>

namespace testmon::database
{

/// "1 run", "2 runs".
template <typename Integer>
std::string counted(Integer count, char const* noun)
{
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

} // namespace testmon::database

#endif
