// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_DATABASE_DATA_FILE_HPP
#define TESTMON_DATABASE_DATA_FILE_HPP

#include <boost/filesystem/path.hpp>

namespace testmon::database
{

/// Where the database of a project is: what the environment variable TESTMON_DATAFILE says, relative to
/// `root` if it is relative; `.testmondata-cpp` in `root` if it is not set.
///
/// Preconditions: `root` is a directory. Returns: an absolute path.
/// Errors: `database_error` with `errc::invalid_argument` if the variable is set and empty.
/// Thread safety: as `getenv`: no thread may change the environment meanwhile.
boost::filesystem::path data_file(boost::filesystem::path const& root);

} // namespace testmon::database

#endif
