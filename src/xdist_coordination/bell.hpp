// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_BELL_HPP
#define TESTMON_SRC_XDIST_COORDINATION_BELL_HPP

#include "trusted_file.hpp"

#include <boost/filesystem/path.hpp>

namespace testmon::xdist_coordination
{

// A wake-up for any number of processes that wait, made of a FIFO that no byte ever goes through. A waiter
// opens it for reading; whoever rings opens it for writing and closes it again. On Linux, poll() then reports
// POLLHUP to every reader that was there, and to none that opens it later (fs/pipe.c: pipe_poll compares the
// writers' count with the one at the time of the open). So there is no state to reset, no limit on the number
// of waiters, and no page of memory that a truncated file could take away. A ring is a hint: listen, look at
// the files, then wait.

/// Opens the bell to listen, creating it if need be. None if it cannot be had: then poll the files.
file_descriptor listen_to_bell(boost::filesystem::path const& path) noexcept;

/// Whether this bell, as opened, is still the one at its path; otherwise a ring is not heard any more.
bool is_bell_current(file_descriptor const& bell, boost::filesystem::path const& path) noexcept;

/// Wakes all who listen. It does nothing if nobody does.
void ring_bell(boost::filesystem::path const& path) noexcept;

/// Whether anyone listens.
bool has_listeners(boost::filesystem::path const& path) noexcept;

} // namespace testmon::xdist_coordination

#endif
