// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_SUPERVISED_HPP
#define TESTMON_TEST_SUPPORT_SUPERVISED_HPP

#include "runner/supervised_process.hpp"

#include <boost/filesystem/path.hpp>

#include <chrono>
#include <functional>
#include <string>

#include <sys/types.h>

namespace testmon::test
{

/// A shell script whose output goes to this file.
runner::process_description shell_script(std::string const& script, boost::filesystem::path const& output);

/// Waits for the end. Throws if it does not come in time.
runner::process_end end_of(runner::supervised_process& process);

/// Looks again and again until it holds. Returns: false if that does not come in time.
bool eventually(std::function<bool()> const& holds);

/// Whether a process is there, and not only as a zombie.
bool is_running(::pid_t pid);

/// Returns: 0 if there is no such process.
::pid_t parent_of(::pid_t pid);

/// Waits until a file holds a whole line, and returns it as a number: scripts tell pids that way.
::pid_t pid_in(boost::filesystem::path const& file);

} // namespace testmon::test

#endif
