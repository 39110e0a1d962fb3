// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_PRECREATION_ONE_LINE_HPP
#define TESTMON_SRC_PRECREATION_ONE_LINE_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace testmon::precreation
{

/// The beginning of a text for a message: on one line, each run of blanks and control characters as one
/// blank, at most `longest` bytes, "..." for what was left out. No UTF-8 character is cut.
std::string beginning_on_one_line(std::string_view text, std::size_t longest);

/// The same for its end.
std::string end_on_one_line(std::string_view text, std::size_t longest);

} // namespace testmon::precreation

#endif
