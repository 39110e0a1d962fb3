// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_SCHEMA_HPP
#define TESTMON_SRC_DATABASE_SCHEMA_HPP

#include <cstdint>
#include <string>
#include <vector>

namespace testmon::database::schema
{

/// In the header of every database of testmon: "tmon".
constexpr std::int64_t application_id = 0x746d6f6e;

/// The statements that make version N + 1 out of version N, from an empty file on. Whoever changes the schema
/// adds a step; a step that was released never changes.
using steps = std::vector<std::string>;
steps const& all_steps();

/// The version that all steps make.
std::int64_t newest_version();

} // namespace testmon::database::schema

#endif
