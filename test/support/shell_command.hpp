// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_SHELL_COMMAND_HPP
#define TESTMON_TEST_SUPPORT_SHELL_COMMAND_HPP

#include "support/child_process.hpp"

#include <boost/filesystem/path.hpp>

#include <string>
#include <vector>

namespace testmon::test
{

/// `testmon coordinate --root ROOT WORDS...`, run to its end. Its parent is this process.
inline finished_process coordinate(boost::filesystem::path const& root, std::vector<std::string> words,
                                   child_options const& how = {})
{
    words.insert(words.begin(), {"coordinate", "--root", root.native()});
    return run_process(TESTMON_COMMAND_PROGRAM, words, how);
}

} // namespace testmon::test

#endif
