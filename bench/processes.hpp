// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_BENCH_PROCESSES_HPP
#define TESTMON_BENCH_PROCESSES_HPP

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>

#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>

namespace testmon::bench
{

/// Forks a process that calls the function and ends, with EXIT_FAILURE if that throws.
template <typename Function>
pid_t start_process(Function function)
{
    auto const child = ::fork();
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL); // a benchmark that is interrupted leaves nobody waiting
        int result = EXIT_SUCCESS;
        try {
            function();
        } catch (std::exception const& e) {
            std::cerr << e.what() << "\n";
            result = EXIT_FAILURE;
        }
        ::_exit(result);
    }
    return child;
}

} // namespace testmon::bench

#endif
