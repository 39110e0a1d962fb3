// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_PAINT_HPP
#define TESTMON_SRC_RUNNER_PAINT_HPP

#include "attempt.hpp"

#include <string>
#include <string_view>

namespace testmon::runner
{

enum class paint { none, green, red, yellow, bold, dim };

/// The text between the escape sequences of its colour; as it is if colours are off.
std::string painted(std::string_view text, paint how, bool colour);

/// Green for what is well, red for failures, yellow for what should be looked at.
paint paint_of(verdict value) noexcept;

} // namespace testmon::runner

#endif
