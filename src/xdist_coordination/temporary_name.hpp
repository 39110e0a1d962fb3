// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_TEMPORARY_NAME_HPP
#define TESTMON_SRC_XDIST_COORDINATION_TEMPORARY_NAME_HPP

#include <string>

namespace testmon::xdist_coordination
{

/// A name for a file that is about to be renamed; no other call, in any process, returns the same.
std::string temporary_name();

/// A random UUID as text.
std::string random_token();

} // namespace testmon::xdist_coordination

#endif
