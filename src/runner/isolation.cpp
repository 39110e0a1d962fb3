// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "isolation.hpp"

#include "isolation_errors.hpp"
#include "private_files.hpp"
#include "xdist_coordination/trusted_file.hpp"

#include <boost/filesystem/operations.hpp>

#include <array>
#include <cerrno>
#include <exception>
#include <fstream>

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

namespace testmon::runner
{

namespace
{

using boost::filesystem::path;
using xdist_coordination::file_descriptor;

std::optional<std::int64_t> setting(char const* file)
{
    std::ifstream in(file);
    std::int64_t value = 0;
    return in >> value ? std::optional<std::int64_t>(value) : std::nullopt;
}

system_facts facts_of_this_system(bool in_user_namespace, isolation_settings const& settings)
{
    system_facts facts;
    facts.in_user_namespace = in_user_namespace;
    facts.tree_has_mounts = settings.files && !mounts_inside(settings.tree).empty();
    ::utsname names{};
    ::uname(&names);
    facts.kernel = names.release;
    facts.max_user_namespaces = setting("/proc/sys/user/max_user_namespaces");
    facts.unprivileged_userns_clone = setting("/proc/sys/kernel/unprivileged_userns_clone");
    facts.apparmor_restricts = setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
    return facts;
}

// Boost and the standard library would write in pieces; these files take one write only.
void write_file(char const* name, std::string const& text)
{
    file_descriptor const file(::open(name, O_WRONLY | O_CLOEXEC));
    if (!file || ::write(file.get(), text.data(), text.size()) < 0) {
        throw isolation_failure{isolation_step::identity, errno, name};
    }
}

// The user stays the same, so that a test sees its own files and no capability survives the exec.
void keep_identity(::uid_t user, ::gid_t group)
{
    auto const to_itself = [](auto id) { return std::to_string(id) + " " + std::to_string(id) + " 1"; };
    write_file("/proc/self/setgroups", "deny"); // without that, only root may map a group
    write_file("/proc/self/uid_map", to_itself(user));
    write_file("/proc/self/gid_map", to_itself(group));
}

// Whoever may do without a user namespace (root) does without: in one, all other users are nobody, and tests
// of chown and setuid would fail. Sets `in_user_namespace`.
void unshare_namespaces(isolation_settings const& settings, bool& in_user_namespace)
{
    int const wanted = (settings.files ? CLONE_NEWNS : 0) | (settings.net ? CLONE_NEWNET : 0);
    auto const user = ::geteuid();
    auto const group = ::getegid();
    if (::unshare(wanted) == 0) {
        return;
    }
    in_user_namespace = true;
    if (::unshare(CLONE_NEWUSER | wanted) != 0) {
        throw isolation_failure{isolation_step::namespaces, errno, ""};
    }
    keep_identity(user, group);
}

void bring_up_loopback()
{
    file_descriptor const any(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ::ifreq request{};
    request.ifr_name[0] = 'l';
    request.ifr_name[1] = 'o';
    request.ifr_flags = IFF_UP;
    if (!any || ::ioctl(any.get(), SIOCSIFFLAGS, &request) != 0) {
        throw isolation_failure{isolation_step::loopback, errno, ""};
    }
}

// The working directory is still the one below what was mounted over it.
void enter_anew(path const& directory)
{
    if (::chdir(directory.c_str()) == 0) {
        return;
    }
    throw isolation_failure{isolation_step::layout, 0,
                            "The working directory " + directory.native() +
                                " is in /tmp or /var/tmp, of which each worker gets its own. Use one in the "
                                "project's tree."};
}

} // namespace

std::string enter_isolation(isolation_settings const& settings)
{
    if (!settings.files && !settings.net) {
        return {};
    }
    bool in_user_namespace = false;
    auto with_true_paths = settings;
    try {
        if (settings.files) {
            with_true_paths.tree = boost::filesystem::canonical(settings.tree);
            with_true_paths.scratch = boost::filesystem::canonical(settings.scratch);
        }
        auto const working_directory = boost::filesystem::current_path();
        unshare_namespaces(settings, in_user_namespace);
        if (settings.files) {
            enter_private_files(with_true_paths.tree, with_true_paths.scratch);
            enter_anew(working_directory);
        }
        if (settings.net) {
            bring_up_loopback();
        }
        return {};
    } catch (isolation_failure const& failure) {
        return explain(failure, facts_of_this_system(in_user_namespace, with_true_paths));
    } catch (std::exception const& e) {
        return e.what();
    }
}

void leave_isolation(isolation_settings const& settings)
{
    if (settings.files) {
        remove_overlay_work(settings.scratch);
    }
}

std::string why_not_isolated(isolation_settings const& settings)
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return "Cannot make a pipe: " + std::generic_category().message(errno) + ".";
    }
    file_descriptor const reading(ends[0]);
    file_descriptor writing(ends[1]);
    auto const child = ::fork();
    if (child < 0) {
        return "Cannot fork: " + std::generic_category().message(errno) + ".";
    }
    if (child == 0) {
        // Where the runner is does not matter to its workers, which may be started elsewhere.
        auto const why = ::chdir("/") == 0 ? enter_isolation(settings) : "Cannot enter the directory /.";
        ::_exit(::write(writing.get(), why.data(), why.size()) < 0 ? 1 : 0);
    }
    writing.reset();
    std::string why;
    std::array<char, 4096> buffer{};
    for (::ssize_t got = 0; (got = ::read(reading.get(), buffer.data(), buffer.size())) != 0;) {
        if (got < 0 && errno != EINTR) {
            break;
        }
        why.append(buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    leave_isolation(settings);
    if (why.empty() && status != 0) {
        return "The process that tried it has crashed.";
    }
    return why;
}

} // namespace testmon::runner
