// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_MOUNTED_FILE_SYSTEM_HPP
#define TESTMON_TEST_SUPPORT_MOUNTED_FILE_SYSTEM_HPP

#include "support/scratch_directory.hpp"

#include <boost/filesystem/path.hpp>

#include <string>

namespace testmon::test
{

/// A small tmpfs of its own, if this user may mount one.
class mounted_file_system
{
  public:
    /// `options` as of mount(8), such as "size=64k".
    explicit mounted_file_system(std::string const& options);
    ~mounted_file_system();
    mounted_file_system(mounted_file_system const&) = delete;
    mounted_file_system& operator=(mounted_file_system const&) = delete;

    /// Whether it is there. A test that needs it says so and returns if it is not.
    bool is_mounted() const noexcept { return mounted_; }
    boost::filesystem::path const& path() const noexcept { return directory_.path(); }
    /// Makes it read-only.
    void make_read_only() const;
    /// Fills it up to the last byte.
    void fill() const;
    /// Makes room again.
    void make_room() const;

  private:
    scratch_directory directory_{};
    bool mounted_;
};

} // namespace testmon::test

#endif
