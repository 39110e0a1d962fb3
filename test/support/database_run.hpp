// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_DATABASE_RUN_HPP
#define TESTMON_TEST_SUPPORT_DATABASE_RUN_HPP

#include "support/child_process.hpp"

#include <testmon/xdist_coordination/xdist_config.hpp>

#include <boost/filesystem/path.hpp>

#include <string>
#include <vector>

namespace testmon::test
{

/// The default configuration with the feature flag on.
inline xdist_coordination::xdist_config enabled()
{
    xdist_coordination::xdist_config config;
    config.controller_precreation = true;
    return config;
}

/// The same for a child process.
inline child_options with_the_feature()
{
    child_options how;
    how.environment["TESTMON_XDIST_CONTROLLER_PRECREATION"] = "true";
    return how;
}

/// Starts a participant (database_participant.cpp) of a run in `root`.
inline child_process start_in_run(boost::filesystem::path const& root, std::vector<std::string> words)
{
    words.insert(words.begin(), root.native());
    return child_process(TESTMON_DATABASE_PARTICIPANT_PROGRAM, words, with_the_feature());
}

} // namespace testmon::test

#endif
