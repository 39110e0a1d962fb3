// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "isolation_errors.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace testmon::runner
{

namespace
{

using step = isolation_step;

// "5.10.0-28-amd64" is before 5.11.
bool is_before(std::string const& kernel, long major, long minor)
{
    char* rest = nullptr;
    auto const is_major = std::strtol(kernel.c_str(), &rest, 10);
    auto const is_minor = *rest == '.' ? std::strtol(rest + 1, nullptr, 10) : 0;
    return is_major < major || (is_major == major && is_minor < minor);
}

bool always(system_facts const&)
{
    return true;
}
bool has_no_user_namespaces(system_facts const& facts)
{
    return facts.max_user_namespaces == 0;
}
bool has_debian_switch_off(system_facts const& facts)
{
    return facts.unprivileged_userns_clone == 0;
}
bool is_restricted_by_apparmor(system_facts const& facts)
{
    return facts.in_user_namespace && facts.apparmor_restricts.value_or(0) != 0;
}
bool has_old_overlay(system_facts const& facts)
{
    return is_before(facts.kernel, 5, 11);
}
bool has_hidden_mounts(system_facts const& facts)
{
    return facts.in_user_namespace && facts.tree_has_mounts;
}

// The first that applies is the answer. In `text`, %s is the subject, %k the kernel's version.
struct rule {
    step where;
    int error; // 0: any
    bool (*applies)(system_facts const&);
    char const* text;
};

constexpr char const* apparmor_text =
    "AppArmor keeps this program from using user namespaces (kernel.apparmor_restrict_unprivileged_userns is "
    "1). "
    "As root, run \"sysctl kernel.apparmor_restrict_unprivileged_userns=0\", or give it an AppArmor profile "
    "with "
    "\"userns,\".";
constexpr char const* no_namespaces_text =
    "The kernel allows no user namespaces (user.max_user_namespaces is 0). As root, run \"sysctl "
    "user.max_user_namespaces=10000\".";
constexpr char const* policy_text = "A security policy forbids mounting in a namespace, as that of a "
                                    "container. Give the container the capability "
                                    "SYS_ADMIN and no AppArmor or seccomp confinement, or run outside of it.";

constexpr std::array rules{
    rule{step::layout, 0, always, "%s"},

    rule{step::namespaces, ENOSPC, has_no_user_namespaces, no_namespaces_text},
    rule{step::namespaces, EUSERS, has_no_user_namespaces, no_namespaces_text},
    rule{step::namespaces, ENOSPC, always,
         "All namespaces that the kernel allows are in use. Run fewer workers, or raise the limits in "
         "/proc/sys/user/max_*_namespaces as root."},
    rule{step::namespaces, EPERM, has_debian_switch_off,
         "The kernel allows no user namespaces but to root (kernel.unprivileged_userns_clone is 0). As root, "
         "run "
         "\"sysctl kernel.unprivileged_userns_clone=1\"."},
    rule{step::namespaces, 0, is_restricted_by_apparmor, apparmor_text},
    rule{step::namespaces, EPERM, always,
         "A security policy forbids new namespaces, as the seccomp filter of a container. Give the container "
         "the "
         "capability SYS_ADMIN and no seccomp filter, or run outside of it."},
    rule{step::namespaces, EINVAL, always,
         "The kernel has no user, mount or network namespaces, or this process has more than one thread. Use "
         "a "
         "kernel that is configured with them."},

    rule{step::identity, EPERM, is_restricted_by_apparmor, apparmor_text},
    rule{step::identity, EACCES, is_restricted_by_apparmor, apparmor_text},
    rule{step::mount, EPERM, is_restricted_by_apparmor, apparmor_text},
    rule{step::mount, EACCES, is_restricted_by_apparmor, apparmor_text},
    rule{step::overlay, EPERM, is_restricted_by_apparmor, apparmor_text},
    rule{step::overlay, EACCES, is_restricted_by_apparmor, apparmor_text},
    rule{step::loopback, EPERM, is_restricted_by_apparmor, apparmor_text},

    rule{step::mount, ENOSYS, always, "The kernel %k cannot move single mounts. Use Linux 5.11 or later."},
    rule{step::mount, EPERM, always, policy_text},
    rule{step::mount, EACCES, always, policy_text},

    rule{step::overlay, ENODEV, always,
         "The kernel has no overlay file system. As root, run \"modprobe overlay\"."},
    rule{step::overlay, EPERM, has_old_overlay,
         "The kernel %k does not let users mount an overlay. Use Linux 5.11 or later."},
    rule{step::overlay, EINVAL, has_old_overlay,
         "The kernel %k does not know all that is needed of an overlay. Use Linux 5.11 or later."},
    rule{
        step::overlay, EINVAL, has_hidden_mounts,
        "Other file systems are mounted inside of %s, and the kernel lets only root look below them. Unmount "
        "them, or run as root."},
    rule{step::overlay, EINVAL, always,
         "The file system of the scratch directory cannot hold the changes of an overlay over %s, as NFS and "
         "an "
         "overlay cannot. Use one on ext4, xfs, btrfs or tmpfs."},
    rule{step::overlay, ELOOP, always,
         "The kernel %k does not let the scratch directory lie inside of the tree %s. Use one outside of it, "
         "or "
         "Linux 5.13 or later."},
    rule{step::overlay, EPERM, always, policy_text},
    rule{step::overlay, EACCES, always, policy_text},
};

std::string filled(char const* text, isolation_failure const& failure, system_facts const& facts)
{
    std::string result;
    for (; *text != '\0'; ++text) {
        if (*text == '%') {
            result += *++text == 's' ? failure.subject : facts.kernel;
        } else {
            result += *text;
        }
    }
    return result;
}

char const* name_of(step where)
{
    switch (where) {
    case step::directory:
        return "make or open the directory";
    case step::namespaces:
        return "make new namespaces";
    case step::identity:
        return "map the user into a namespace through";
    case step::mount:
        return "mount";
    case step::overlay:
        return "mount an overlay over";
    case step::loopback:
        return "bring up the loopback interface";
    case step::layout:
        break;
    }
    return "isolate";
}

} // namespace

std::string explain(isolation_failure const& failure, system_facts const& facts)
{
    for (auto const& candidate : rules) {
        if (candidate.where == failure.step && (candidate.error == 0 || candidate.error == failure.error) &&
            candidate.applies(facts)) {
            return filled(candidate.text, failure, facts);
        }
    }
    return std::string("Cannot ") + name_of(failure.step) + (failure.subject.empty() ? "" : " ") +
           failure.subject + ": " + std::strerror(failure.error) +
           ". Run without isolation if that cannot be changed.";
}

} // namespace testmon::runner
