// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "test_record_text.hpp"

namespace testmon::database
{

std::string or_dash(std::string const& text)
{
    return text.empty() ? "-" : text;
}

std::string place_or_dash(test_record const& test)
{
    return test.file.empty() || test.line == 0 ? or_dash(test.file)
                                               : test.file + ":" + std::to_string(test.line);
}

std::string labels_or_dash(test_record const& test)
{
    std::string result;
    for (auto const& label : test.labels) {
        result += (result.empty() ? "" : ", ") + label;
    }
    return or_dash(result);
}

} // namespace testmon::database
