// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_XDIST_COORDINATION_LOG_HPP
#define TESTMON_XDIST_COORDINATION_LOG_HPP

#include <functional>
#include <string_view>

namespace testmon::xdist_coordination
{

/// How much a log message matters.
enum class log_level {
    debug,   ///< what is being done, for a person who looks for a fault
    warning, ///< something works less well than it should, or a leftover was ignored
};

/// The name of a level: "debug" or "warning".
char const* to_string(log_level level) noexcept;

/// Receives log messages, each one line without a line end. It is called from the thread that does the work,
/// and must be safe to call from every thread that uses the manager.
using log_function = std::function<void(log_level, std::string_view)>;

/// A log function that writes "testmon: LEVEL: MESSAGE" lines to standard error, each in one system call.
log_function standard_error_log(log_level least);

} // namespace testmon::xdist_coordination

#endif
