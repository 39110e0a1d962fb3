// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "one_line.hpp"

namespace testmon::precreation
{

namespace
{

constexpr std::string_view left_out = "...";

bool continues_character(char c) noexcept
{
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::string on_one_line(std::string_view text)
{
    constexpr unsigned char last_control = 0x20; // the blank, counted with them
    constexpr unsigned char del = 0x7F;
    std::string result;
    bool blank = false;
    for (char const c : text) {
        auto const value = static_cast<unsigned char>(c);
        if (value <= last_control || value == del) {
            blank = !result.empty();
            continue;
        }
        if (blank) {
            result += ' ';
            blank = false;
        }
        result += c;
    }
    return result;
}

} // namespace

std::string beginning_on_one_line(std::string_view text, std::size_t longest)
{
    if (text.size() <= longest) {
        return on_one_line(text);
    }
    auto end = longest;
    while (end != 0 && continues_character(text[end])) {
        --end;
    }
    return on_one_line(text.substr(0, end)).append(left_out);
}

std::string end_on_one_line(std::string_view text, std::size_t longest)
{
    if (text.size() <= longest) {
        return on_one_line(text);
    }
    auto begin = text.size() - longest;
    while (begin != text.size() && continues_character(text[begin])) {
        ++begin;
    }
    return on_one_line(text.substr(begin)).insert(0, left_out);
}

} // namespace testmon::precreation
