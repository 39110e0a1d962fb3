// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_DATABASE_COMMAND_HPP
#define TESTMON_TEST_SUPPORT_DATABASE_COMMAND_HPP

#include "support/child_process.hpp"

#include <boost/filesystem/path.hpp>

#include <string>
#include <vector>

namespace testmon::test
{

/// `testmon database --file FILE WORDS...`, run to its end; times are shown in UTC.
inline finished_process database_command(boost::filesystem::path const& file, std::vector<std::string> words,
                                         child_options how = {})
{
    words.insert(words.begin(), {"database", "--file", file.native()});
    how.environment["TZ"] = "UTC";
    return run_process(TESTMON_COMMAND_PROGRAM, words, how);
}

/// A process that holds the lock of a writer for as long as the object lives. The function returns when it
/// has it.
inline child_process writer_of(boost::filesystem::path const& file)
{
    child_process writer(TESTMON_DATABASE_PARTICIPANT_PROGRAM, {file.native(), "lock"});
    writer.wait_for_line("pausing");
    return writer;
}

} // namespace testmon::test

#endif
