// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_BOOST_TEST_WORKER_CRASH_REPORTER_HPP
#define TESTMON_SRC_BOOST_TEST_WORKER_CRASH_REPORTER_HPP

#include "channel.hpp"

#include <cstdint>

namespace boost::unit_test
{
struct log_checkpoint_data;
}

namespace testmon::boost_test
{

/// Tells the runner where the running test was when the process dies by a signal or by exit.
///
/// It handles the signals that nobody else handles (a sanitizer or the program may), reports, and lets the
/// signal kill the process as it would have.
class crash_reporter
{
  public:
    explicit crash_reporter(channel& runner);
    /// At exit: reports a test that still runs.
    ~crash_reporter();
    crash_reporter(crash_reporter const&) = delete;
    crash_reporter& operator=(crash_reporter const&) = delete;

    /// `checkpoint` is where Boost.Test notes the last check that was made.
    void watch_signals(boost::unit_test::log_checkpoint_data const* checkpoint);
    void test_begins(std::uint32_t number) noexcept;
    void test_ends() noexcept;
};

} // namespace testmon::boost_test

#endif
