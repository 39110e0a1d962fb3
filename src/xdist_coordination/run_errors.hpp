// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_RUN_ERRORS_HPP
#define TESTMON_SRC_XDIST_COORDINATION_RUN_ERRORS_HPP

#include <testmon/xdist_coordination/coordination_state.hpp>

#include <boost/filesystem/path.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace testmon::xdist_coordination
{

/// A value as a message shows it: on one line, and not without an end.
std::string printable(std::string_view text);

// Throw what a process learns about the run in a directory, with a message that says so.

[[noreturn]] void throw_not_published(boost::filesystem::path const& directory);
[[noreturn]] void throw_run_ended(boost::filesystem::path const& directory);
[[noreturn]] void throw_controller_died(boost::filesystem::path const& directory,
                                        std::int64_t controller_pid);
[[noreturn]] void throw_aborted(boost::filesystem::path const& directory, coordination_state const& state);
[[noreturn]] void throw_superseded(boost::filesystem::path const& directory, coordination_state const& state);
[[noreturn]] void throw_another_controller(boost::filesystem::path const& directory,
                                           std::int64_t controller_pid);

} // namespace testmon::xdist_coordination

#endif
