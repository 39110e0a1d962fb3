// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "utf8.hpp"

#include <algorithm>
#include <array>

namespace testmon::database
{

namespace
{

// The length of a sequence, the bits of its first byte, and the least value that needs this length.
struct sequence {
    unsigned char mask;
    unsigned char lead;
    std::size_t size;
    char32_t least;
};
constexpr std::array<sequence, 4> sequences{
    {{0x80, 0x00, 1, 0}, {0xe0, 0xc0, 2, 0x80}, {0xf0, 0xe0, 3, 0x800}, {0xf8, 0xf0, 4, 0x10000}}};

} // namespace

std::optional<code_point> first_code_point(std::string_view text)
{
    auto const lead = static_cast<unsigned char>(text.front());
    auto const kind = std::find_if(sequences.begin(), sequences.end(),
                                   [&](sequence const& one) { return (lead & one.mask) == one.lead; });
    if (kind == sequences.end() || text.size() < kind->size) {
        return std::nullopt;
    }
    code_point result{static_cast<char32_t>(lead & static_cast<unsigned char>(~kind->mask)), kind->size};
    for (std::size_t i = 1; i < kind->size; ++i) {
        auto const byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xc0U) != 0x80U) {
            return std::nullopt;
        }
        result.value = (result.value << 6U) | (byte & 0x3fU);
    }
    bool const is_surrogate = result.value >= 0xd800 && result.value <= 0xdfff;
    if (result.value < kind->least || result.value > 0x10ffff || is_surrogate) {
        return std::nullopt;
    }
    return result;
}

bool is_utf8(std::string_view text)
{
    while (!text.empty()) {
        auto const next = first_code_point(text);
        if (!next) {
            return false;
        }
        text.remove_prefix(next->size);
    }
    return true;
}

std::string valid_utf8(std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        auto const next = first_code_point(text);
        auto const size = next ? next->size : 1;
        result += next ? text.substr(0, size) : "\xef\xbf\xbd";
        text.remove_prefix(size);
    }
    return result;
}

} // namespace testmon::database
