// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_SHARD_PROTOCOL_HPP
#define TESTMON_SRC_RUNNER_SHARD_PROTOCOL_HPP

#include "selection.hpp"

#include <boost/filesystem/path.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace testmon::runner
{

/// The value of an environment variable; none: it is not set.
using variable_reader = std::function<std::optional<std::string>(std::string const& name)>;

/// Reads this process' environment.
std::optional<std::string> read_variable(std::string const& name);

/// What whoever started this process wants of it.
struct shard_request {
    std::optional<shard> part{};
    /// Files to be touched, which says that the request is understood.
    std::vector<boost::filesystem::path> status_files{};
};

/// Reads the variables of GoogleTest (GTEST_TOTAL_SHARDS, GTEST_SHARD_INDEX, GTEST_SHARD_STATUS_FILE) and of
/// Bazel (TEST_TOTAL_SHARDS, TEST_SHARD_INDEX, TEST_SHARD_STATUS_FILE), whose index begins with 0. An empty
/// variable counts as not set.
/// Errors: `std::invalid_argument` names the variable, its value and what is allowed; also if one protocol
/// contradicts the other.
shard_request read_shard_request(variable_reader const& read = &read_variable);

/// The same, but for an explicit shard, which wins: the environment is not looked at, and not answered.
shard_request choose_shard_request(std::optional<shard> const& explicit_shard,
                                   variable_reader const& read = &read_variable);

/// Makes the files, or gives those that are there a new time. Errors: `std::runtime_error`.
void touch_status_files(shard_request const& request);

} // namespace testmon::runner

#endif
