// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_VERBOSITY_HPP
#define TESTMON_SRC_RUNNER_VERBOSITY_HPP

namespace testmon::runner
{

/// How much of a run is shown.
enum class verbosity {
    quiet,  ///< failures and the summary
    normal, ///< and slow tests, notices and the progress
    verbose ///< and each test
};

} // namespace testmon::runner

#endif
