// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_COMMAND_BAD_USAGE_HPP
#define TESTMON_TEST_COMMAND_BAD_USAGE_HPP

#include "support/child_process.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

namespace testmon::test
{

/// A command line that is wrong, and what the error says.
struct bad_usage {
    std::vector<std::string> words;
    std::string says;
};

inline std::ostream& operator<<(std::ostream& out, bad_usage const& bad)
{
    constexpr std::size_t longest = 30;
    for (auto const& word : bad.words) {
        out << word.substr(0, longest) << " ";
    }
    return out;
}

/// It is one line, exit code 2, and nothing is done.
inline void require_refused(bad_usage const& bad)
{
    constexpr int usage = 2;
    scratch_directory const here;
    child_options how;
    how.working_directory = here.path();
    auto const ended = run_process(TESTMON_COMMAND_PROGRAM, bad.words, how);
    BOOST_TEST(ended.status.code == usage);
    BOOST_TEST(ended.output.empty());
    BOOST_TEST(std::count(ended.errors.begin(), ended.errors.end(), '\n') == 1);
    BOOST_TEST(holds(ended.errors, "testmon: ", bad.says), ended.errors);
    BOOST_TEST(boost::filesystem::is_empty(here.path()));
}

} // namespace testmon::test

#endif
