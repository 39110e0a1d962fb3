// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_DATABASE_PRINTABLE_HPP
#define TESTMON_SRC_COMMAND_DATABASE_PRINTABLE_HPP

#include <string>
#include <string_view>

namespace testmon::command
{

/// The text for a line that a person reads: control characters, those of the writing direction among them,
/// and bytes that are no UTF-8 are shown as "\n", "\x1b" or "\u202e".
std::string printable(std::string_view text);

/// How many characters a text of `printable` has.
std::size_t width_of(std::string_view text) noexcept;

} // namespace testmon::command

#endif
