// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "text_table.hpp"

#include "display_width.hpp"
#include "printable.hpp"

#include <algorithm>

namespace testmon::database
{

text_table::text_table(std::vector<column> columns) : columns_(std::move(columns))
{
    std::vector<std::string> titles;
    for (auto const& one : columns_) {
        titles.push_back(one.title);
    }
    add(titles);
}

void text_table::add(std::vector<std::string> const& cells)
{
    auto& row = rows_.emplace_back();
    for (auto const& cell : cells) {
        row.push_back(printable(cell));
    }
}

std::string text_table::text(std::string const& indent) const
{
    std::vector<std::size_t> widths(columns_.size(), 0);
    for (auto const& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], width_of(row[i]));
        }
    }
    std::string result;
    for (auto const& row : rows_) {
        std::string line = indent;
        for (std::size_t i = 0; i < row.size(); ++i) {
            std::string const padding(widths[i] - width_of(row[i]), ' ');
            bool const is_right = columns_[i].alignment == align::right;
            line += (i == 0 ? "" : "  ") + (is_right ? padding + row[i] : row[i] + padding);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        result += line + "\n";
    }
    return result;
}

} // namespace testmon::database
