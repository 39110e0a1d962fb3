// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_WORKER_DIRECTORY_HPP
#define TESTMON_SRC_RUNNER_WORKER_DIRECTORY_HPP

#include <boost/filesystem/path.hpp>

#include <cstdint>
#include <string>

namespace testmon::runner
{

/// The directory of a worker: `scratch` for its tests, and what connects it with the runner.
class worker_directory
{
  public:
    /// Makes it.
    explicit worker_directory(boost::filesystem::path path);

    boost::filesystem::path const& path() const noexcept { return path_; }
    boost::filesystem::path scratch() const { return path_ / "scratch"; }
    boost::filesystem::path output() const;

    /// Returns: what the worker wrote between two places of its output; if that is much, the end of it.
    std::string read_output(std::uint64_t from, std::uint64_t to) const;
    /// Gives the disk back what lies between, if it is much. The places of the rest stay.
    void forget_output(std::uint64_t from, std::uint64_t to) const;
    std::uint64_t output_size() const;

  private:
    boost::filesystem::path path_;
};

} // namespace testmon::runner

#endif
