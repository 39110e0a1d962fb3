// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/stepped_clock.hpp"

#include <atomic>
#include <ctime>

#include <sys/syscall.h>
#include <unistd.h>

namespace
{

std::atomic<std::time_t> wall_clock_step{0};

} // namespace

// Takes the place of the C library's in the whole program, its shared libraries included.
extern "C" [[gnu::visibility("default")]] int clock_gettime(clockid_t clock, std::timespec* time) noexcept
{
    auto const result = static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
    if (result == 0 && clock == CLOCK_REALTIME) {
        time->tv_sec += wall_clock_step.load(std::memory_order_relaxed);
    }
    return result;
}

namespace testmon::test
{

void stepped_clock::set(std::chrono::seconds by) noexcept
{
    wall_clock_step = by.count();
}

} // namespace testmon::test
