// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_STEPPED_CLOCK_HPP
#define TESTMON_TEST_SUPPORT_STEPPED_CLOCK_HPP

#include <chrono>

namespace testmon::test
{

/// Sets the wall clock of this process, not of the machine, ahead or back, until the object ends. The steady
/// clock is not touched, nor are the times that the kernel gives to files.
///
/// The test program has a clock_gettime of its own for that, which the library calls too.
/// Thread safety: `set` may be called while other threads read the clock.
class stepped_clock
{
  public:
    explicit stepped_clock(std::chrono::seconds by) { set(by); }
    ~stepped_clock() { set(std::chrono::seconds(0)); }
    stepped_clock(stepped_clock const&) = delete;
    stepped_clock& operator=(stepped_clock const&) = delete;

    /// Sets it by so much from the true time.
    static void set(std::chrono::seconds by) noexcept;
};

} // namespace testmon::test

#endif
