// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "paint.hpp"

namespace testmon::runner
{

namespace
{

std::string_view sequence_of(paint how)
{
    switch (how) {
    case paint::green:
        return "\x1b[32m";
    case paint::red:
        return "\x1b[31m";
    case paint::yellow:
        return "\x1b[33m";
    case paint::bold:
        return "\x1b[1m";
    case paint::dim:
        return "\x1b[2m";
    case paint::none:
        break;
    }
    return {};
}

} // namespace

std::string painted(std::string_view text, paint how, bool colour)
{
    if (!colour || how == paint::none || text.empty()) {
        return std::string(text);
    }
    return std::string(sequence_of(how)).append(text).append("\x1b[0m");
}

paint paint_of(verdict value) noexcept
{
    if (is_failure(value)) {
        return paint::red;
    }
    return value == verdict::passed ? paint::green : paint::yellow;
}

} // namespace testmon::runner
