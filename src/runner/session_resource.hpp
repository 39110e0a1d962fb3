// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_SESSION_RESOURCE_HPP
#define TESTMON_SRC_RUNNER_SESSION_RESOURCE_HPP

#include "supervised_process.hpp"

#include <boost/filesystem/path.hpp>
#include <boost/json/object.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace testmon::runner
{

/// What the controller prepares for all workers by a shell command, such as a server. What the command leaves
/// running runs until this object is destroyed.
class session_resource
{
  public:
    /// Runs `command` in /bin/sh. Its standard output is a JSON object, or nothing.
    /// `keep_waiting` is called from time to time: if it returns false, the command is given up.
    /// Errors: `std::runtime_error` if the command fails, is given up, or prints something else; the message
    /// holds the end of its standard error.
    session_resource(std::string const& command, std::vector<std::string> environment,
                     boost::filesystem::path const& directory, std::function<bool()> const& keep_waiting);

    boost::json::object const& state() const noexcept { return state_; }

  private:
    supervised_process process_;
    boost::json::object state_{};
};

/// Runs `command` in /bin/sh, and whatever it leaves running is killed. Errors: as `session_resource`.
void run_teardown(std::string const& command, std::vector<std::string> environment,
                  boost::filesystem::path const& directory, std::function<bool()> const& keep_waiting);

} // namespace testmon::runner

#endif
