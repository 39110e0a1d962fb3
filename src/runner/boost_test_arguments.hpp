// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_BOOST_TEST_ARGUMENTS_HPP
#define TESTMON_SRC_RUNNER_BOOST_TEST_ARGUMENTS_HPP

#include <string>
#include <vector>

namespace testmon::runner
{

/// Takes away what tells Boost.Test which tests to run, in which order, and how to report: the runner says
/// so itself, and Boost.Test refuses what is said twice.
///
/// `command` is that of a test executable, as in `executable_of`: what stands before it stays. What follows a
/// "--" is none of Boost.Test's business, and stays. As in Boost.Test, a long name may be cut as long as it
/// is not ambiguous, its value follows a "=" in the same word or, if nothing does, is the next word; that of
/// a short name is the next word. What Boost.Test would refuse stays, for it to say so.
std::vector<std::string> without_reporting_arguments(std::vector<std::string> const& command);

/// Takes away only where Boost.Test's report goes to, which is where it lists its tests, too.
std::vector<std::string> without_report_sink(std::vector<std::string> const& command);

/// Returns: the first argument by which the executable is asked to tell of itself, and to run no test; empty:
/// it has none.
std::string argument_that_runs_no_test(std::vector<std::string> const& command);

/// The same for the environment, of entries "NAME=value".
std::vector<std::string> without_reporting_variables(std::vector<std::string> const& environment);

} // namespace testmon::runner

#endif
