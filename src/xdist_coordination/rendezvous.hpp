// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_RENDEZVOUS_HPP
#define TESTMON_SRC_XDIST_COORDINATION_RENDEZVOUS_HPP

#include "backend.hpp"

#include <testmon/xdist_coordination/coordination_status.hpp>
#include <testmon/xdist_coordination/wait_options.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace testmon::xdist_coordination
{

/// `coordination_manager::wait_for_workers`
std::size_t wait_for_workers(backend& where, std::size_t count, wait_for_workers_options const& options);

/// `coordination_manager::ready_workers`
std::vector<std::string> ready_workers(backend& where);

/// `coordination_manager::status`
coordination_status read_status(backend& where);

/// `coordination_manager::wait_for_change`
bool wait_for_change(backend& where, coordination_status const& seen, std::chrono::nanoseconds timeout,
                     wait_cancellation const* cancellation);

} // namespace testmon::xdist_coordination

#endif
