// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_REPLAY_FILE_HPP
#define TESTMON_SRC_RUNNER_REPLAY_FILE_HPP

#include "run_listener.hpp"
#include "test_item.hpp"
#include "test_run.hpp"

#include <boost/filesystem/path.hpp>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::runner
{

/// An execution of a test that has begun.
struct replay_step {
    std::string test{};       ///< its path
    std::int64_t attempt = 1; ///< more than 1: a retry
};

/// Which worker of a run ran which tests, in which order: what doc/replay_file.md describes.
struct replay_record {
    std::string uuid{};                 ///< of the run
    std::vector<std::string> command{}; ///< the test executable and its arguments
    std::string distribution{};         ///< "worksteal", ...
    std::vector<std::vector<replay_step>> workers{};
};

/// Writes the content of a file.
void write_json(std::ostream& to, replay_record const& record);
/// The reverse. Errors: `std::runtime_error`, which says what is wrong.
replay_record parse_replay(std::string_view text);
/// Reads a file. Errors: `std::runtime_error`, which names it.
replay_record read_replay_file(boost::filesystem::path const& file);
/// Writes a file, and the directory that it is in; whoever reads it sees all of it, or what it was before.
/// Errors: `std::runtime_error`, which names it.
void write_replay_file(boost::filesystem::path const& file, replay_record const& record);

/// Returns: a plan by which each worker runs what it ran before, in that order. A test that was retried
/// comes once, where it began first. The run needs as many workers as `replay` of the plan has.
/// Errors: `std::runtime_error` names tests that are not there any more.
run_plan replay_plan(std::vector<test_item> const& tests, replay_record const& record);

/// Records a run, and writes the file when it ends, in whatever way.
class replay_recorder : public run_listener
{
  public:
    explicit replay_recorder(boost::filesystem::path file) : file_(std::move(file)) {}

    void run_started(run_overview const& overview) override;
    void test_started(worker_index worker, test_index test, std::int64_t attempt) override;
    void run_finished(run_result const& result) override;

  private:
    struct begun_test {
        test_index test;
        std::int64_t attempt;
    };

    boost::filesystem::path file_;
    replay_record record_{};
    std::vector<std::vector<begun_test>> begun_{}; // of each worker
    std::vector<test_item> const* tests_ = nullptr;
};

} // namespace testmon::runner

#endif
