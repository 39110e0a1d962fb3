// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_SLEEPING_PROCESS_HPP
#define TESTMON_TEST_SUPPORT_SLEEPING_PROCESS_HPP

#include "support/child_process.hpp"

#include <cstdint>

namespace testmon::test
{

/// Waits until the first thread of a process sleeps in ppoll(), as every wait of the library does. Where the
/// kernel does not tell, it does not wait: the test is then about less.
void wait_until_asleep(child_process const& process);

/// Waits until a process is stopped by a signal. Throws if it ends instead.
void wait_until_stopped(child_process const& process);

/// How often the first thread of a process has gone to sleep so far.
std::uint64_t times_asleep(child_process const& process);

} // namespace testmon::test

#endif
