// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_LEFT_PROCESS_HPP
#define TESTMON_SRC_RUNNER_LEFT_PROCESS_HPP

#include <string>

#include <sys/types.h>

namespace testmon::runner
{

/// A process that was left behind by the one that was supervised.
struct left_process {
    ::pid_t pid = 0;
    std::string name{};    ///< as in /proc/<pid>/comm
    bool survives = false; ///< it could not be killed, as one of another user
};

} // namespace testmon::runner

#endif
