// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_EACH_STEP_HPP
#define TESTMON_TEST_SUPPORT_EACH_STEP_HPP

#include "support/child_process.hpp"

#include <boost/filesystem/path.hpp>

#include <functional>
#include <string>
#include <vector>

namespace testmon::test
{

/// Something happens at a step of an operation: at the first, then, in a new directory, at the second, and so
/// on until the operation ends without having come to that step.
struct each_step {
    std::vector<std::string> operations; ///< of the participant
    std::string happens;                 ///< an action of TESTMON_XDIST_FAILPOINT
    std::function<void(boost::filesystem::path const& root)> prepare{};
    std::function<void(boost::filesystem::path const& root, finished_process const& participant)> check{};

    /// Returns: how many steps there are.
    int run() const;
};

} // namespace testmon::test

#endif
