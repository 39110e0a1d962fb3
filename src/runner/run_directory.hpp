// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_RUN_DIRECTORY_HPP
#define TESTMON_SRC_RUNNER_RUN_DIRECTORY_HPP

#include "../xdist_coordination/trusted_file.hpp"

#include <boost/filesystem/path.hpp>

namespace testmon::runner
{

/// A new directory for the workers of a run, among the temporary files. It is removed at the end unless it is
/// kept; if the runner is killed, by the next run that looks for such.
class run_directory
{
  public:
    /// Removes those that killed runners have left. Errors: `std::system_error`.
    explicit run_directory(bool keep);
    ~run_directory();
    run_directory(run_directory const&) = delete;
    run_directory& operator=(run_directory const&) = delete;

    boost::filesystem::path const& path() const noexcept { return path_; }

  private:
    boost::filesystem::path path_;
    bool keep_;
    xdist_coordination::file_descriptor lock_; // held while the runner lives
};

} // namespace testmon::runner

#endif
