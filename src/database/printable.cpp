// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "printable.hpp"

#include "utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace testmon::database
{

namespace
{

std::string escaped(char32_t c)
{
    switch (c) {
    case U'\n':
        return "\\n";
    case U'\r':
        return "\\r";
    case U'\t':
        return "\\t";
    default:
        break;
    }
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), c < 0x80 ? "\\x%02x" : "\\u%04x", static_cast<unsigned>(c));
    return text.data();
}

std::string escaped_byte(char byte)
{
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "\\x%02x",
                  static_cast<unsigned>(static_cast<unsigned char>(byte)));
    return text.data();
}

} // namespace

bool is_control(char32_t c) noexcept
{
    constexpr std::array<std::pair<char32_t, char32_t>, 6> ranges{
        {{0x00, 0x1f}, {0x7f, 0x9f}, {0x061c, 0x061c}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}}};
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](auto const& range) { return range.first <= c && c <= range.second; });
}

std::string printable(std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        auto const next = first_code_point(text);
        auto const size = next ? next->size : 1;
        if (!next) {
            result += escaped_byte(text.front());
        } else if (is_control(next->value)) {
            result += escaped(next->value);
        } else {
            result += text.substr(0, size);
        }
        text.remove_prefix(size);
    }
    return result;
}

} // namespace testmon::database
