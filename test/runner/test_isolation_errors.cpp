// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/isolation_errors.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <ostream>
#include <string>
#include <vector>

namespace
{

using testmon::runner::explain;
using testmon::runner::isolation_failure;
using testmon::runner::isolation_step;
using testmon::runner::system_facts;

system_facts facts(std::string const& kernel = "6.1.0-13-amd64")
{
    system_facts result;
    result.in_user_namespace = true;
    result.kernel = kernel;
    result.max_user_namespaces = 1000;
    return result;
}

system_facts facts_with(void (*change)(system_facts&))
{
    auto result = facts();
    change(result);
    return result;
}

struct sample {
    isolation_failure failure;
    system_facts system;
    std::string part; // of the text
};

std::ostream& operator<<(std::ostream& out, sample const& shown)
{
    return out << shown.part;
}

void no_namespaces(system_facts& system)
{
    system.max_user_namespaces = 0;
}
void debian(system_facts& system)
{
    system.unprivileged_userns_clone = 0;
}
void apparmor(system_facts& system)
{
    system.apparmor_restricts = 1;
}
void root_with_apparmor(system_facts& system)
{
    system.apparmor_restricts = 1;
    system.in_user_namespace = false;
}
void mounts(system_facts& system)
{
    system.tree_has_mounts = true;
}
void root_with_mounts(system_facts& system)
{
    system.tree_has_mounts = true;
    system.in_user_namespace = false;
}

std::vector<sample> samples()
{
    using step = isolation_step;
    return {
        {{step::layout, 0, "This is wrong."}, facts(), "This is wrong."},
        {{step::namespaces, ENOSPC, ""}, facts_with(no_namespaces), "sysctl user.max_user_namespaces=10000"},
        {{step::namespaces, EUSERS, ""}, facts_with(no_namespaces), "sysctl user.max_user_namespaces=10000"},
        {{step::namespaces, ENOSPC, ""}, facts(), "Run fewer workers"},
        {{step::namespaces, EPERM, ""}, facts_with(debian), "sysctl kernel.unprivileged_userns_clone=1"},
        {{step::namespaces, EACCES, ""},
         facts_with(apparmor),
         "kernel.apparmor_restrict_unprivileged_userns=0"},
        {{step::namespaces, EPERM, ""}, facts(), "seccomp filter of a container"},
        {{step::namespaces, EINVAL, ""}, facts(), "has no user, mount or network namespaces"},
        {{step::identity, EPERM, "/proc/self/uid_map"}, facts_with(apparmor), "AppArmor keeps"},
        {{step::identity, EPERM, "/proc/self/uid_map"},
         facts(),
         "through /proc/self/uid_map: Operation not permitted"},
        {{step::mount, EACCES, "/"}, facts_with(apparmor), "AppArmor keeps"},
        {{step::mount, EACCES, "/"}, facts_with(root_with_apparmor), "A security policy forbids mounting"},
        {{step::mount, EPERM, "/"}, facts(), "A security policy forbids mounting"},
        {{step::mount, ENOSYS, "/"}, facts("4.18.0"), "The kernel 4.18.0 cannot move"},
        {{step::overlay, EPERM, "/tree"}, facts_with(apparmor), "AppArmor keeps"},
        {{step::overlay, ENODEV, "/tree"}, facts(), "modprobe overlay"},
        {{step::overlay, EPERM, "/tree"},
         facts("5.10.0-28-amd64"),
         "The kernel 5.10.0-28-amd64 does not let users"},
        {{step::overlay, EPERM, "/tree"}, facts("5.11"), "A security policy forbids mounting"},
        {{step::overlay, EPERM, "/tree"}, facts("6.1"), "A security policy forbids mounting"},
        {{step::overlay, EINVAL, "/tree"}, facts("5.4.0"), "does not know all"},
        {{step::overlay, EINVAL, "/tree"}, facts_with(mounts), "mounted inside of /tree"},
        {{step::overlay, EINVAL, "/tree"}, facts_with(root_with_mounts), "overlay over /tree"},
        {{step::overlay, EINVAL, "/tree"}, facts(), "overlay over /tree"},
        {{step::overlay, ELOOP, "/tree"}, facts("5.12.1"), "inside of the tree /tree"},
        {{step::overlay, EIO, "/tree"}, facts(), "Cannot mount an overlay over /tree: Input/output error."},
        {{step::loopback, EPERM, ""}, facts_with(apparmor), "AppArmor keeps"},
        {{step::loopback, ENODEV, ""}, facts(), "Cannot bring up the loopback interface: No such device."},
        {{step::directory, ENOSPC, "/s/upper"}, facts(), "directory /s/upper: No space left on device."},
    };
}

} // namespace

BOOST_AUTO_TEST_SUITE(isolation_errors)

BOOST_DATA_TEST_CASE(says_why_and_what_to_do, boost::unit_test::data::make(samples()), sample)
{
    auto const text = explain(sample.failure, sample.system);
    BOOST_TEST(text.find(sample.part) != std::string::npos, text);
    BOOST_TEST(text.back() == '.');
    BOOST_TEST(text.find('%') == std::string::npos);
    BOOST_TEST(text.find('\n') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
