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
/// `arguments` are those of a test executable, without its name. What follows a "--" is none of Boost.Test's
/// business, and stays. As in Boost.Test, a long name may be cut as long as it is not ambiguous, its value
/// follows a "=" in the same word or, if nothing does, is the next word; that of a short name is the next
/// word. What Boost.Test would refuse stays, for it to say so.
std::vector<std::string> without_reporting_arguments(std::vector<std::string> const& arguments);

/// The same for the environment, of entries "NAME=value".
std::vector<std::string> without_reporting_variables(std::vector<std::string> const& environment);

} // namespace testmon::runner

#endif
