// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_TEXT_TABLE_HPP
#define TESTMON_SRC_DATABASE_TEXT_TABLE_HPP

#include <string>
#include <vector>

namespace testmon::database
{

/// A table for a person. Its columns are as wide as what they hold; nothing is cut.
class text_table
{
  public:
    enum class align { left, right };
    struct column {
        std::string title;
        align alignment = align::left;
    };

    explicit text_table(std::vector<column> columns);

    /// Adds a row of as many cells as there are columns. Control characters are shown escaped.
    void add(std::vector<std::string> const& cells);

    bool empty() const noexcept { return rows_.size() == 1; }
    /// Returns: the lines, the titles first, each behind `indent` and without blanks at its end.
    std::string text(std::string const& indent) const;

  private:
    std::vector<column> columns_;
    std::vector<std::vector<std::string>> rows_{};
};

} // namespace testmon::database

#endif
