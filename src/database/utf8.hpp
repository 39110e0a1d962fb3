// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_UTF8_HPP
#define TESTMON_SRC_DATABASE_UTF8_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace testmon::database
{

struct code_point {
    char32_t value = 0;
    std::size_t size = 0; // in bytes
};

/// Returns: the first code point of a text that is not empty; none if it does not begin with UTF-8.
std::optional<code_point> first_code_point(std::string_view text);

bool is_utf8(std::string_view text);

/// Returns: the text with U+FFFD in place of each byte that is not part of UTF-8, as JSON needs it.
std::string valid_utf8(std::string_view text);

} // namespace testmon::database

#endif
