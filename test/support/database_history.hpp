// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_DATABASE_HISTORY_HPP
#define TESTMON_TEST_SUPPORT_DATABASE_HISTORY_HPP

#include <testmon/database/environment.hpp>

#include <boost/filesystem/path.hpp>

namespace testmon::test
{

/// The environment of `record_history`.
database::environment_description nightly();

/// Makes a database with two runs of five tests: a/fast passes, a/slow takes 2 s, b/broken fails in the
/// second run, b/flaky passes at its second attempt, and b/disabled does not run.
void record_history(boost::filesystem::path const& file);

} // namespace testmon::test

#endif
