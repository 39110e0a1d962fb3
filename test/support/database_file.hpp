// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_DATABASE_FILE_HPP
#define TESTMON_TEST_SUPPORT_DATABASE_FILE_HPP

#include <boost/filesystem/path.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace testmon::test
{

/// The names of what is in a directory, sorted, without the files that SQLite keeps beside a database.
std::vector<std::string> names_in(boost::filesystem::path const& directory);

/// All bytes of a file.
std::string content_of(boost::filesystem::path const& file);

/// Overwrites all of a file behind its first `intact` bytes.
void damage(boost::filesystem::path const& file, std::size_t intact = 0);

} // namespace testmon::test

#endif
