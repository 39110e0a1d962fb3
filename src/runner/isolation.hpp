// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_ISOLATION_HPP
#define TESTMON_SRC_RUNNER_ISOLATION_HPP

#include <boost/filesystem/path.hpp>

#include <string>

namespace testmon::runner
{

/// What a worker has for itself.
struct isolation_settings {
    bool files = false;             ///< an overlay over `tree`, and a /tmp (and /var/tmp) of its own
    bool net = false;               ///< a network with nothing but a loopback
    boost::filesystem::path tree{}; ///< the project's tree; absolute
    boost::filesystem::path
        scratch{}; ///< an existing directory for what the worker writes; seen by it as it is
};

/// Isolates the calling process, which must have one thread: gives it user, mount and network namespaces.
/// Returns: an empty text, or why the kernel refuses and what can be done about that, in one sentence each.
std::string enter_isolation(isolation_settings const& settings);

/// Makes what a process in such an isolation has left in `scratch` removable as other files, once it and all
/// its descendants have ended.
void leave_isolation(isolation_settings const& settings);

/// Returns: as `enter_isolation`, tried in a process of its own.
std::string why_not_isolated(isolation_settings const& settings);

} // namespace testmon::runner

#endif
