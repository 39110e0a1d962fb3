// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_SCRATCH_DIRECTORY_HPP
#define TESTMON_TEST_SUPPORT_SCRATCH_DIRECTORY_HPP

#include <boost/filesystem/path.hpp>

namespace testmon::test
{

/// A new empty directory, removed with all that is in it at the end.
class scratch_directory
{
  public:
    scratch_directory();
    ~scratch_directory();
    scratch_directory(scratch_directory const&) = delete;
    scratch_directory& operator=(scratch_directory const&) = delete;

    boost::filesystem::path const& path() const noexcept { return path_; }

  private:
    boost::filesystem::path path_;
};

} // namespace testmon::test

#endif
