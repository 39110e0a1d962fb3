// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "clean_text.hpp"

#include "../database/printable.hpp"
#include "../database/utf8.hpp"

#include <cstddef>

namespace testmon::runner
{

namespace
{

constexpr std::string_view replacement = "\xef\xbf\xbd";
constexpr std::string_view reset = "\x1b[0m";
constexpr char escape = '\x1b';

std::size_t skip_between(std::string_view text, std::size_t at, char first, char last)
{
    while (at < text.size() && first <= text[at] && text[at] <= last) {
        ++at;
    }
    return at;
}

// Past intermediate characters and the final one, as ECMA-48 has them.
std::size_t skip_final(std::string_view text, std::size_t at, char first_final)
{
    at = skip_between(text, at, ' ', '/');
    bool const is_complete = at < text.size() && first_final <= text[at] && text[at] <= '~';
    return is_complete ? at + 1 : at;
}

// Of a title, a link or the like. One without an end takes no more than its line.
std::size_t string_size(std::string_view text)
{
    auto const end = text.find_first_of("\a\x1b\n", 2);
    if (end == std::string_view::npos) {
        return text.size();
    }
    if (text[end] == '\a') {
        return end + 1;
    }
    return text.substr(end, 2) == "\x1b\\" ? end + 2 : end;
}

// The size of the escape sequence that the text begins with.
std::size_t sequence_size(std::string_view text)
{
    constexpr std::string_view strings = "]PX^_";
    if (text.size() < 2) {
        return text.size();
    }
    if (text[1] == '[') {
        return skip_final(text, skip_between(text, 2, '0', '?'), '@');
    }
    return strings.find(text[1]) != std::string_view::npos ? string_size(text) : skip_final(text, 1, '0');
}

bool sets_colour(std::string_view sequence)
{
    return sequence.size() > 2 && sequence.back() == 'm' &&
           sequence.find_first_not_of("0123456789;:", 2) == sequence.size() - 1;
}

// Of a line's end: "\r\n", also with more of the first, or "\r" alone as progress bars have it.
std::size_t return_size(std::string_view text)
{
    auto const size = skip_between(text, 0, '\r', '\r');
    return size < text.size() && text[size] == '\n' ? size + 1 : size;
}

bool is_shown(char32_t c)
{
    bool const is_no_character = (c & 0xfffeU) == 0xfffeU;
    return c == U'\n' || c == U'\t' || !(database::is_control(c) || is_no_character);
}

} // namespace

std::string clean_text(std::string_view text, bool colour)
{
    std::string result;
    bool is_coloured = false;
    while (!text.empty()) {
        std::size_t size = 1;
        if (text.front() == escape) {
            size = sequence_size(text);
            auto const sequence = text.substr(0, size);
            if (colour && sets_colour(sequence)) {
                result += sequence;
                is_coloured = sequence != reset && sequence != "\x1b[m";
            }
        } else if (text.front() == '\r') {
            size = return_size(text);
            result += '\n';
        } else {
            auto const next = database::first_code_point(text);
            size = next ? next->size : 1;
            result += next && is_shown(next->value) ? text.substr(0, size) : replacement;
        }
        text.remove_prefix(size);
    }
    // Before the end of the last line: behind it, the sequence would be a line of its own.
    bool const is_line = !result.empty() && result.back() == '\n';
    return is_coloured ? result.insert(result.size() - (is_line ? 1 : 0), reset) : result;
}

} // namespace testmon::runner
