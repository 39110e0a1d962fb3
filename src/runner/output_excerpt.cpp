// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "output_excerpt.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

namespace testmon::runner
{

namespace
{

std::string size_text(std::uint64_t bytes)
{
    constexpr std::uint64_t kilobyte = 1000;
    constexpr std::array<char const*, 3> units{"kB", "MB", "GB"};
    if (bytes < kilobyte) {
        return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
    }
    auto value = static_cast<double>(bytes) / kilobyte;
    auto const* unit = units.begin();
    while (value >= kilobyte && unit + 1 != units.end()) {
        value /= kilobyte;
        ++unit;
    }
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f %s", value, *unit);
    return text.data();
}

std::string left_out(std::uint64_t bytes)
{
    return "\xe2\x80\xa6 " + size_text(bytes) + " more\n";
}

bool continues_character(char c)
{
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

std::string_view beginning(std::string_view text, std::size_t longest)
{
    auto const end = text.substr(0, longest).rfind('\n');
    if (end != std::string_view::npos) {
        return text.substr(0, end + 1);
    }
    while (longest != 0 && continues_character(text[longest])) {
        --longest;
    }
    return text.substr(0, longest);
}

std::string_view ending(std::string_view text, std::size_t longest)
{
    text.remove_prefix(text.size() - std::min(longest, text.size()));
    auto const end = text.find('\n');
    if (end != std::string_view::npos && end + 1 != text.size()) {
        return text.substr(end + 1);
    }
    while (!text.empty() && continues_character(text.front())) {
        text.remove_prefix(1);
    }
    return text;
}

} // namespace

std::string output_excerpt(std::string const& output, std::uint64_t size, std::size_t longest)
{
    if (size > output.size()) {
        auto const end = ending(output, longest);
        return left_out(size - end.size()).append(end);
    }
    if (output.size() <= longest) {
        return output;
    }
    auto const begin = beginning(output, longest / 4);
    auto const end = ending(output, longest - longest / 4);
    auto result = std::string(begin);
    if (!begin.empty() && begin.back() != '\n') {
        result += '\n';
    }
    return result.append(left_out(output.size() - begin.size() - end.size())).append(end);
}

} // namespace testmon::runner
