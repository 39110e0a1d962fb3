// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "start_process.hpp"

#include "../xdist_coordination/pointers_to.hpp"
#include "descriptor_limit.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace testmon::runner
{

namespace
{

using xdist_coordination::pointers_to;

std::string cannot(std::string const& what, std::string const& name)
{
    int const error = errno;
    return "cannot " + what + " " + name + ": " + std::strerror(error);
}

std::string cannot_run(process_description const& what)
{
    auto const& program = what.command.front();
    auto text = cannot("run", program);
    if (errno != ENOENT) {
        return text;
    }
    if (::access(program.c_str(), F_OK) == 0) {
        text += " (it is there; what is not is the interpreter or the loader that it names)";
    } else if (what.isolation.files) {
        text += " (of the real /tmp and /var/tmp, an isolated process sees the project's tree only)";
    }
    return text;
}

// Returns only if it fails: why.
std::string try_to_start(process_description what, ::pid_t supervisor)
{
    ::setpgid(0, 0);
    int const output =
        ::open(what.output.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
    if (output < 0) {
        return cannot("write to", what.output.native());
    }
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    if (!what.working_directory.empty() && ::chdir(what.working_directory.c_str()) != 0) {
        return cannot("enter the directory", what.working_directory.native());
    }
    if (auto why = enter_isolation(what.isolation); !why.empty()) {
        return why;
    }
    // After the namespaces: a change of credentials takes this back.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != supervisor) {
        ::raise(SIGKILL); // it has died before that
    }
    auto const arguments = pointers_to(what.command);
    auto const environment = pointers_to(what.environment);
    ::sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    restore_descriptor_limit();
    ::execvpe(what.command.front().c_str(), arguments.data(), environment.data());
    return cannot_run(what);
}

} // namespace

void start_process(process_description const& what, int failure) noexcept
{
    std::string why;
    try {
        why = try_to_start(what, ::getppid());
    } catch (std::exception const& e) {
        why = e.what();
    }
    constexpr int shell_not_found = 127;
    ::_exit(::write(failure, why.data(), why.size()) < 0 ? shell_not_found + 1 : shell_not_found);
}

} // namespace testmon::runner
