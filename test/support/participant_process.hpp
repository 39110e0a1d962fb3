// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_PARTICIPANT_PROCESS_HPP
#define TESTMON_TEST_SUPPORT_PARTICIPANT_PROCESS_HPP

#include "support/child_process.hpp"

#include <testmon/xdist_coordination/xdist_config.hpp>

#include <boost/filesystem/path.hpp>

#include <string>
#include <vector>

namespace testmon::test
{

/// Starts the participant with these operations in this root.
inline child_process start_participant(boost::filesystem::path const& root, std::vector<std::string> words,
                                       child_options const& how = {})
{
    words.insert(words.begin(), root.native());
    return child_process(TESTMON_PARTICIPANT_PROGRAM, words, how);
}

/// A configuration in which neither a poll nor a timeout comes within an hour: what ends a wait is an event.
inline xdist_coordination::xdist_config hourly_config()
{
    xdist_coordination::xdist_config config;
    config.check_interval = std::chrono::hours(1);
    config.max_interval = std::chrono::hours(1);
    config.worker_timeout = std::chrono::hours(1); // the last look of a wait would find it, too
    return config;
}

/// The same for a process.
inline child_options hourly_process()
{
    child_options how;
    how.environment["TESTMON_XDIST_CHECK_INTERVAL"] = "3600";
    how.environment["TESTMON_XDIST_MAX_INTERVAL"] = "3600";
    how.environment["TESTMON_XDIST_WORKER_TIMEOUT"] = "3600";
    return how;
}

} // namespace testmon::test

#endif
