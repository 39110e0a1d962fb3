// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_BOOST_TEST_WORKER_PROCESS_GUARD_HPP
#define TESTMON_SRC_BOOST_TEST_WORKER_PROCESS_GUARD_HPP

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <csignal>
#include <sys/stat.h>
#include <sys/types.h>

namespace testmon::boost_test
{

/// Compares what a test leaves of the process with what it found, and puts right what would harm other tests:
/// the working directory, the signal mask, the standard streams.
class process_guard
{
  public:
    /// `output` is the file that standard output and error go to.
    explicit process_guard(std::string output);

    /// `others_acted`: whether anything but tests ran since the last test ended, such as a fixture of a
    /// suite.
    void test_begins(bool others_acted);
    struct findings {
        std::vector<std::string> remarks{}; ///< on each thing that the test has changed, or left behind
        std::uint64_t output_end = 0;       ///< as `output_end()`
    };
    findings test_ends();
    /// Returns: the size of the output, with all that the process still holds of it.
    std::uint64_t output_end();

  private:
    struct stream_state {
        bool is_open = false;
        ::dev_t device = 0;
        ::ino_t inode = 0;
        std::uint64_t size = 0;
        bool operator==(stream_state const& other) const noexcept
        {
            return is_open == other.is_open && device == other.device && inode == other.inode;
        }
    };
    static stream_state look_at(int descriptor);
    void look_at_all();
    void check_streams(std::vector<std::string>& remarks);
    void check_children(std::vector<std::string>& remarks);

    std::string output_;
    stream_state output_state_{};
    stream_state streams_[3]{};
    std::string directory_{};
    ::sigset_t signals_{};
    std::set<::pid_t> children_{}; // known; those that were there, and those that were told of
};

} // namespace testmon::boost_test

#endif
