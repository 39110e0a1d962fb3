// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_RUN_FILTER_HPP
#define TESTMON_SRC_RUNNER_RUN_FILTER_HPP

#include "test_item.hpp"

#include <string>
#include <vector>

namespace testmon::runner
{

/// Which tests Boost.Test would run if it were given these values of --run_test; none: those that run by
/// default. All of Boost.Test's ways are followed, also those that surprise: a suite that is named together
/// with one of its tests counts as selected already, and adds nothing.
///
/// What a list of tests does not say is guessed: a label that all tests of a suite have is taken for the
/// suite's own. What a suite without tests depends on is not known.
///
/// Errors: `std::invalid_argument`, which names the filter, for one that Boost.Test would refuse.
std::vector<bool> apply_run_filters(std::vector<test_item> const& tests,
                                    std::vector<std::string> const& filters);

/// Takes all --run_test=X (or a beginning of that name which no other parameter has) and -t X from the
/// arguments of a test executable, up to its own "--". `command`: see `executable_of`.
/// Returns: the filters, in their order. Errors: `std::invalid_argument` for a spelling of these that
/// Boost.Test would refuse, such as "--run_test X".
std::vector<std::string> take_run_filters(std::vector<std::string>& command);

} // namespace testmon::runner

#endif
