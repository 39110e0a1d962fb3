// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_SCREEN_HPP
#define TESTMON_TEST_SUPPORT_SCREEN_HPP

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::test
{

/// A terminal, as far as a display uses one: characters of one column, "\r", "\n", ESC [ n A, ESC [ J, and
/// colours, which it ignores. It throws at anything else. What scrolls out at the top is kept.
class screen
{
  public:
    screen(std::size_t width, std::size_t height) : width_(width), height_(height) {}

    void write(std::string_view text)
    {
        while (!text.empty()) {
            if (text.front() == '\x1b') {
                text.remove_prefix(obey(text));
                continue;
            }
            auto const size = text.find_first_not_of(continuation, 1);
            put(text.substr(0, size));
            text.remove_prefix(size == std::string_view::npos ? text.size() : size);
        }
    }

    /// All rows, those that scrolled out too, without blanks at their ends and without empty ones at the end.
    std::string text() const
    {
        std::string result;
        for (auto const& row : rows_) {
            std::string line;
            for (auto const& cell : row) {
                line += cell;
            }
            line.erase(line.find_last_not_of(' ') + 1);
            result += line + "\n";
        }
        while (result.size() >= 2 && result.substr(result.size() - 2) == "\n\n") {
            result.pop_back();
        }
        return result == "\n" ? "" : result;
    }

    /// Whether the cursor is at the begin of the row behind the last text.
    bool is_at_new_line() const { return column_ == 0 && rows_.at(row_).empty(); }

  private:
    static constexpr std::string_view continuation =
        "\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f"
        "\x90\x91\x92\x93\x94\x95\x96\x97\x98\x99\x9a\x9b\x9c\x9d\x9e\x9f"
        "\xa0\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa8\xa9\xaa\xab\xac\xad\xae\xaf"
        "\xb0\xb1\xb2\xb3\xb4\xb5\xb6\xb7\xb8\xb9\xba\xbb\xbc\xbd\xbe\xbf";

    void put(std::string_view character)
    {
        if (character == "\r") {
            column_ = 0;
        } else if (character == "\n") {
            next_row();
        } else if (static_cast<unsigned char>(character.front()) < 0x20) {
            throw std::runtime_error("control character on the screen");
        } else {
            if (column_ == width_) {
                next_row();
            }
            auto& row = rows_.at(row_);
            row.resize(row.size() > column_ ? row.size() : column_ + 1, " ");
            row[column_++] = std::string(character);
        }
    }

    void next_row()
    {
        column_ = 0;
        if (++row_ == rows_.size()) {
            rows_.emplace_back();
        }
    }

    std::size_t obey(std::string_view text)
    {
        auto const end = text.find_first_not_of("0123456789;", 2);
        if (text.substr(0, 2) != "\x1b[" || end == std::string_view::npos) {
            throw std::runtime_error("unknown escape sequence");
        }
        auto const top = rows_.size() > height_ ? rows_.size() - height_ : 0;
        if (text[end] == 'A') {
            auto const up = std::stoul(std::string(text.substr(2, end - 2)));
            if (up > row_ - top) {
                throw std::runtime_error("the cursor would leave the screen");
            }
            row_ -= up;
        } else if (text[end] == 'J') {
            rows_.resize(row_ + 1);
            rows_[row_].resize(column_ < rows_[row_].size() ? column_ : rows_[row_].size());
        } else if (text[end] != 'm') {
            throw std::runtime_error("unknown escape sequence");
        }
        return end + 1;
    }

    std::size_t width_;
    std::size_t height_;
    std::vector<std::vector<std::string>> rows_{1};
    std::size_t row_ = 0;
    std::size_t column_ = 0;
};

} // namespace testmon::test

#endif
