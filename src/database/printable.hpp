// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_PRINTABLE_HPP
#define TESTMON_SRC_DATABASE_PRINTABLE_HPP

#include <string>
#include <string_view>

namespace testmon::database
{

/// The text for a line that a person reads: control characters, those of the writing direction among them,
/// and bytes that are no UTF-8 are shown as "\n", "\x1b" or "\u202e".
std::string printable(std::string_view text);

/// Whether a terminal would not show the character but obey it: controls, line separators, and marks that
/// change the writing direction of what follows.
bool is_control(char32_t c) noexcept;

} // namespace testmon::database

#endif
