// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "run_errors.hpp"

#include <testmon/xdist_coordination/coordination_error.hpp>

#include <utility>

namespace testmon::xdist_coordination
{

namespace
{

using boost::filesystem::path;

error_details about(path const& directory, std::int64_t controller_pid, std::string message)
{
    error_details details;
    details.path = directory.native();
    details.pid = controller_pid;
    details.message = std::move(message);
    return details;
}

} // namespace

std::string printable(std::string_view text)
{
    constexpr std::size_t longest = 80;
    std::string result;
    for (char const c : text.substr(0, longest)) {
        result += c >= ' ' && c <= '~' ? c : '?'; // in every locale
    }
    return text.size() > longest ? result + "..." : result;
}

void throw_not_published(path const& directory)
{
    throw_coordination_error(
        errc::not_published,
        about(directory, 0, "no controller has published a state in " + directory.native()));
}

void throw_run_ended(path const& directory)
{
    throw_coordination_error(
        errc::run_ended,
        about(directory, 0, "the run in " + directory.native() + " is over: its controller has cleaned up"));
}

void throw_controller_died(path const& directory, std::int64_t controller_pid)
{
    throw_coordination_error(errc::controller_died,
                             about(directory, controller_pid,
                                   "the controller, process " + std::to_string(controller_pid) +
                                       ", of the run in " + directory.native() + " died"));
}

void throw_aborted(path const& directory, coordination_state const& state)
{
    auto details = about(directory, state.controller_pid(),
                         "the controller, process " + std::to_string(state.controller_pid()) +
                             ", aborted the run in " + directory.native() + ": " + state.abort_reason());
    details.reason = state.abort_reason();
    throw_coordination_error(errc::controller_aborted, std::move(details));
}

void throw_superseded(path const& directory, coordination_state const& state)
{
    throw_coordination_error(errc::superseded,
                             about(directory, state.controller_pid(),
                                   "generation " + std::to_string(state.generation()) + " of the run in " +
                                       directory.native() +
                                       " is not the published one any more; read the state again"));
}

void throw_another_controller(path const& directory, std::int64_t controller_pid)
{
    throw_coordination_error(
        errc::another_controller,
        about(directory, controller_pid,
              "process " + std::to_string(controller_pid) + " is the controller of the run in " +
                  directory.native() +
                  " already; wait for it to end, or give this run another TESTMON_XDIST_RUN_ID"));
}

} // namespace testmon::xdist_coordination
