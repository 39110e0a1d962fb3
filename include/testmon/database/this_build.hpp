// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_DATABASE_THIS_BUILD_HPP
#define TESTMON_DATABASE_THIS_BUILD_HPP

#include <testmon/database/environment.hpp>

#include <string>

namespace testmon::database
{

/// Returns: the default environment, with the compiler, the standard library and the build type (by NDEBUG)
/// that the calling source file is compiled with.
// Not inline in the sense of the language: it may differ from one source file to the next.
[[maybe_unused]] static environment_description environment_of_this_build()
{
    environment_description result;
#if defined(__clang__)
    result.compiler = "Clang " __clang_version__;
    while (result.compiler.back() == ' ') {
        result.compiler.pop_back();
    }
#elif defined(__GNUC__)
    result.compiler = "GNU " __VERSION__;
#endif
#if defined(_LIBCPP_VERSION)
    result.standard_library = "libc++ " + std::to_string(_LIBCPP_VERSION);
#elif defined(__GLIBCXX__)
    result.standard_library = "libstdc++ " + std::to_string(__GLIBCXX__);
#endif
#if defined(NDEBUG)
    result.build_type = "Release";
#else
    result.build_type = "Debug";
#endif
    return result;
}

} // namespace testmon::database

#endif
