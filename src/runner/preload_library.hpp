// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_PRELOAD_LIBRARY_HPP
#define TESTMON_SRC_RUNNER_PRELOAD_LIBRARY_HPP

#include <string>

namespace testmon::runner
{

/// Returns: the path of the library that makes executables workers: beside this program, or where both are
/// installed; empty: there is none.
std::string find_preload_library();

} // namespace testmon::runner

#endif
