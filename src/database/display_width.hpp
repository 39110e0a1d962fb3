// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_DISPLAY_WIDTH_HPP
#define TESTMON_SRC_DATABASE_DISPLAY_WIDTH_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace testmon::database
{

/// The columns of a terminal that a character takes: 0 for one that combines with the character before it,
/// 2 for a wide one, otherwise 1. The C library's `wcwidth` knows the characters of the locale only.
std::size_t width_of(char32_t c) noexcept;

/// The columns that a text without control characters takes; a byte that is no UTF-8 takes one.
std::size_t width_of(std::string_view text);

/// The beginning of a text, of at most `width` columns; "…" stands for what was cut off.
std::string beginning_of_width(std::string_view text, std::size_t width);

/// The same for its end.
std::string end_of_width(std::string_view text, std::size_t width);

} // namespace testmon::database

#endif
