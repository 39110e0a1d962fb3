// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/xdist_coordination/coordination_error.hpp>

#include <utility>

namespace testmon::xdist_coordination
{

coordination_error::coordination_error(boost::system::error_code code, error_details details,
                                       boost::source_location const& where)
    : boost::system::system_error(code, details.message), details_(std::move(details)), where_(where)
{
}

char const* coordination_error::what() const noexcept
{
    return details_.message.c_str();
}

error_details const& coordination_error::details() const noexcept
{
    return details_;
}

boost::source_location const& coordination_error::where() const noexcept
{
    return where_;
}

std::vector<std::string> const& coordination_timeout::acknowledged() const noexcept
{
    return details().acknowledged;
}

std::vector<std::string> const& coordination_timeout::missing() const noexcept
{
    return details().missing;
}

std::vector<dead_worker> const& worker_not_ready::dead() const noexcept
{
    return details().dead;
}

std::int64_t controller_not_ready::controller_pid() const noexcept
{
    return details().pid;
}

std::string const& controller_not_ready::reason() const noexcept
{
    return details().reason;
}

std::string const& coordination_file_error::path() const noexcept
{
    return details().path;
}

std::string const& coordination_file_error::operation() const noexcept
{
    return details().operation;
}

std::string const& invalid_coordination_state::path() const noexcept
{
    return details().path;
}

void throw_coordination_error(boost::system::error_code code, error_details details,
                              boost::source_location const& where)
{
    if (code == condition::timeout) {
        throw coordination_timeout(code, std::move(details), where);
    }
    if (code == condition::worker_not_ready) {
        throw worker_not_ready(code, std::move(details), where);
    }
    if (code == condition::controller_not_ready) {
        throw controller_not_ready(code, std::move(details), where);
    }
    if (code == condition::file_error) {
        throw coordination_file_error(code, std::move(details), where);
    }
    if (code == condition::invalid_state) {
        throw invalid_coordination_state(code, std::move(details), where);
    }
    throw coordination_error(code, std::move(details), where);
}

} // namespace testmon::xdist_coordination
