// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_WORKER_WAIT_HPP
#define TESTMON_SRC_XDIST_COORDINATION_WORKER_WAIT_HPP

#include "backend.hpp"

#include <testmon/xdist_coordination/coordination_state.hpp>
#include <testmon/xdist_coordination/wait_options.hpp>

#include <string_view>

namespace testmon::xdist_coordination
{

/// `coordination_manager::wait_for_controller`
coordination_state wait_for_controller(backend& where, std::string_view worker_id,
                                       wait_for_controller_options const& options);

/// `coordination_manager::read_controller_state`
coordination_state read_controller_state(backend& where);

/// Throws `errc::invalid_argument` unless the id is valid.
void require_valid_worker_id(std::string_view worker_id);

} // namespace testmon::xdist_coordination

#endif
