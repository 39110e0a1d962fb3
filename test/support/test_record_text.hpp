// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_TEST_RECORD_TEXT_HPP
#define TESTMON_TEST_SUPPORT_TEST_RECORD_TEXT_HPP

#include <testmon/database/test_record.hpp>

#include <string>
#include <vector>

namespace testmon::test
{

/// A list of texts as one, each in quotes.
inline std::string quoted(std::vector<std::string> const& texts)
{
    std::string result;
    for (auto const& text : texts) {
        result += (result.empty() ? "'" : " '") + text + "'";
    }
    return result;
}

/// All of a test, to compare and to print.
inline std::string text_of(database::test_record const& test)
{
    return "'" + test.path + "' in '" + test.suite + "' at '" + test.file + "' " + std::to_string(test.line) +
           ", labels " + quoted(test.labels) + ", needs " + quoted(test.depends_on) + ", " +
           std::to_string(test.time_limit.count()) + " ns, " + std::to_string(test.expected_failures) +
           " failures, " + (test.enabled ? "on" : "off");
}

/// The paths of tests, to compare and to print.
inline std::string paths_of(std::vector<database::test_record> const& tests)
{
    std::vector<std::string> paths;
    for (auto const& test : tests) {
        paths.push_back(test.path);
    }
    return quoted(paths);
}

} // namespace testmon::test

#endif
