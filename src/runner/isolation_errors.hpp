// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_ISOLATION_ERRORS_HPP
#define TESTMON_SRC_RUNNER_ISOLATION_ERRORS_HPP

#include <cstdint>
#include <optional>
#include <string>

namespace testmon::runner
{

/// What can fail on the way into an isolation.
enum class isolation_step {
    layout,     ///< the directories are not such that it can be done
    directory,  ///< making or opening a directory
    namespaces, ///< unshare
    identity,   ///< mapping the user and the group
    mount,      ///< making mounts private, binding, moving
    overlay,
    loopback
};

struct isolation_failure {
    isolation_step step = isolation_step::layout;
    int error = 0;         ///< errno; 0: see `subject`
    std::string subject{}; ///< the path it is about; for `layout`: what is wrong, a whole sentence
};

/// What the system says of itself.
struct system_facts {
    bool in_user_namespace = false;                    ///< isolated by an unprivileged user namespace
    bool tree_has_mounts = false;                      ///< other file systems are mounted inside of the tree
    std::string kernel{};                              ///< as of uname: "5.10.0-28-amd64"
    std::optional<std::int64_t> max_user_namespaces{}; ///< user.max_user_namespaces
    std::optional<std::int64_t> unprivileged_userns_clone{}; ///< kernel.unprivileged_userns_clone
    std::optional<std::int64_t> apparmor_restricts{};        ///< kernel.apparmor_restrict_unprivileged_userns
};

/// Returns: why, and what can be done about it.
std::string explain(isolation_failure const& failure, system_facts const& facts);

} // namespace testmon::runner

#endif
