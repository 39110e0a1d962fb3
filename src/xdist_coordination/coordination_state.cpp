// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/xdist_coordination/coordination_state.hpp>

#include "state_document.hpp"

namespace testmon::xdist_coordination
{

coordination_state coordination_state::from_json(boost::json::value const& document, std::string const& name)
{
    return state_document::from_json(document, name, 0);
}

boost::json::object const& coordination_state::to_json() const noexcept
{
    return document_;
}

std::int64_t coordination_state::environment_id() const noexcept
{
    return environment_id_;
}

std::string const& coordination_state::database_path() const noexcept
{
    return database_path_;
}

std::uint32_t coordination_state::expected_workers() const noexcept
{
    return expected_workers_;
}

boost::json::value const& coordination_state::precreated_entries() const noexcept
{
    // Parentheses: braces would make it an array that holds one.
    static boost::json::value const none(boost::json::object_kind);
    auto const* entries = document_.if_contains(state_document::precreated_entries_key);
    return entries == nullptr ? none : *entries;
}

boost::json::object const& coordination_state::extra() const noexcept
{
    return extra_;
}

double coordination_state::timestamp() const noexcept
{
    return timestamp_;
}

std::int64_t coordination_state::controller_pid() const noexcept
{
    return controller_pid_;
}

bool coordination_state::is_native() const noexcept
{
    return !run_id_.empty();
}

std::string const& coordination_state::run_id() const noexcept
{
    return run_id_;
}

std::uint64_t coordination_state::generation() const noexcept
{
    return generation_;
}

bool coordination_state::is_abort() const noexcept
{
    return aborted_;
}

std::string const& coordination_state::abort_reason() const noexcept
{
    return abort_reason_;
}

std::int64_t coordination_state::published_since_boot() const noexcept
{
    return published_since_boot_;
}

std::uint64_t coordination_state::controller_start_time() const noexcept
{
    return controller_start_time_;
}

std::string const& coordination_state::boot_id() const noexcept
{
    return boot_id_;
}

std::uint64_t coordination_state::pid_namespace() const noexcept
{
    return pid_namespace_;
}

} // namespace testmon::xdist_coordination
