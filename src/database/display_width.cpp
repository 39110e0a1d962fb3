// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "display_width.hpp"

#include "utf8.hpp"

#include <algorithm>

namespace testmon::database
{

namespace
{

constexpr std::string_view left_out = "\xe2\x80\xa6"; // an ellipsis, of one column

struct range {
    char32_t first;
    char32_t last;
};

// The blocks that hold nothing else, not each such character of Unicode: one that is missing shifts a line by
// a column.
constexpr range combining[] = {{0x0300, 0x036f},  {0x0483, 0x0489}, {0x0591, 0x05bd},   {0x064b, 0x065f},
                               {0x0e34, 0x0e3a},  {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff},   {0x1dc0, 0x1dff},
                               {0x200b, 0x200f},  {0x20d0, 0x20ff}, {0x302a, 0x302d},   {0x3099, 0x309a},
                               {0xfe00, 0xfe0f},  {0xfe20, 0xfe2f}, {0x1f3fb, 0x1f3ff}, {0xe0001, 0xe007f},
                               {0xe0100, 0xe01ef}};
constexpr range wide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec},   {0x2614, 0x2615},   {0x2648, 0x2653},
    {0x26aa, 0x26ab},   {0x26bd, 0x26be},   {0x2705, 0x2705},   {0x270a, 0x270b},   {0x2728, 0x2728},
    {0x274c, 0x274c},   {0x2753, 0x2755},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xa960, 0xa97f},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd}};

template <std::size_t Size>
bool is_in(range const (&ranges)[Size], char32_t c) noexcept
{
    return std::any_of(std::begin(ranges), std::end(ranges),
                       [&](range const& one) { return one.first <= c && c <= one.last; });
}

struct shown_character {
    std::size_t size;
    std::size_t width;
};

shown_character first_character(std::string_view text)
{
    auto const next = first_code_point(text);
    return next ? shown_character{next->size, width_of(next->value)} : shown_character{1, 1};
}

// How many bytes at the beginning of a text take at most `width` columns.
std::size_t size_of_width(std::string_view text, std::size_t width)
{
    std::size_t size = 0;
    while (size < text.size()) {
        auto const next = first_character(text.substr(size));
        if (next.width > width) {
            break;
        }
        width -= next.width;
        size += next.size;
    }
    return size;
}

} // namespace

std::size_t width_of(char32_t c) noexcept
{
    constexpr char32_t first_special = 0x300;
    if (c < first_special) {
        return 1;
    }
    return is_in(combining, c) ? 0 : is_in(wide, c) ? 2 : 1;
}

std::size_t width_of(std::string_view text)
{
    std::size_t result = 0;
    while (!text.empty()) {
        auto const next = first_character(text);
        result += next.width;
        text.remove_prefix(next.size);
    }
    return result;
}

std::string beginning_of_width(std::string_view text, std::size_t width)
{
    if (width == 0 || width_of(text) <= width) {
        return std::string(width == 0 ? std::string_view() : text);
    }
    return std::string(text.substr(0, size_of_width(text, width - 1))).append(left_out);
}

std::string end_of_width(std::string_view text, std::size_t width)
{
    auto rest = width_of(text);
    if (width == 0 || rest <= width) {
        return std::string(width == 0 ? std::string_view() : text);
    }
    // A mark that combines with a character that was cut off goes with it.
    while (!text.empty() && (rest >= width || first_character(text).width == 0)) {
        auto const next = first_character(text);
        rest -= next.width;
        text.remove_prefix(next.size);
    }
    return std::string(left_out).append(text);
}

} // namespace testmon::database
