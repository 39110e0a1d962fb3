// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_DATABASE_ENVIRONMENT_HPP
#define TESTMON_DATABASE_ENVIRONMENT_HPP

#include <cstdint>
#include <string>

namespace testmon::database
{

/// What a test's history is valid for. Two environments are the same if all fields are equal; what is not
/// known is empty.
struct environment_description {
    std::string name = "default";   ///< given by the user, such as "nightly"
    std::string executable{};       ///< the test executable, as the user names it within the project
    std::string compiler{};         ///< and its version, such as "GNU 12.2.0"
    std::string standard_library{}; ///< and its version, such as "libstdc++ 20220819"
    std::string build_type{};       ///< such as "Release"
    std::string flags{};            ///< of the compiler
};

/// An environment in a database.
struct environment {
    std::int64_t id = 0;
    environment_description description{};
};

} // namespace testmon::database

#endif
