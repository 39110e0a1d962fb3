// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_DATABASE_SHOW_REQUEST_HPP
#define TESTMON_SRC_COMMAND_DATABASE_SHOW_REQUEST_HPP

#include "database_report.hpp"

#include <boost/filesystem/path.hpp>

#include <cstddef>
#include <limits>
#include <optional>

namespace testmon::command
{

constexpr auto unbounded = std::numeric_limits<std::size_t>::max();

/// How a report is shown.
struct show_request {
    boost::filesystem::path file{};
    std::optional<section> what{}; ///< none: an overview
    std::size_t limit = unbounded; ///< of rows of each kind
    std::size_t history = unbounded;
};

} // namespace testmon::command

#endif
