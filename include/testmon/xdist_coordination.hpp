// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_XDIST_COORDINATION_HPP
#define TESTMON_XDIST_COORDINATION_HPP

/// Everything of the coordination library in one header.
#include <testmon/version.hpp>
#include <testmon/xdist_coordination/coordination_error.hpp>
#include <testmon/xdist_coordination/coordination_manager.hpp>
#include <testmon/xdist_coordination/coordination_state.hpp>
#include <testmon/xdist_coordination/coordination_status.hpp>
#include <testmon/xdist_coordination/error.hpp>
#include <testmon/xdist_coordination/log.hpp>
#include <testmon/xdist_coordination/wait_options.hpp>
#include <testmon/xdist_coordination/xdist_config.hpp>

#endif
