// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_JUNIT_REPORT_HPP
#define TESTMON_SRC_RUNNER_JUNIT_REPORT_HPP

#include "run_listener.hpp"

#include "../database/output_file.hpp"

#include <boost/filesystem/path.hpp>

#include <map>
#include <utility>
#include <vector>

namespace testmon::runner
{

/// Writes a run as JUnit XML, as Jenkins and GitLab read it, and Maven Surefire writes it for tests that are
/// retried. The file is there, or is replaced, when the run has ended, in whatever way.
///
/// A crash and a timeout are an `error`, which is for what no check foresaw; both programs take it for a
/// failure. Of a test that passed only its duration is kept, not its output.
class junit_report final : public run_listener
{
  public:
    /// Errors, also of `run_finished`: `std::runtime_error` that names the file.
    explicit junit_report(boost::filesystem::path const& file);

    void run_started(run_overview const& overview) override;
    void attempt_finished(attempt_result const& attempt) override;
    void failed_outside_tests(worker_index worker, std::string const& text) override;
    void run_finished(run_result const& result) override;

    /// What is known of a test; with the distribution "each", of a test on one worker.
    struct test_case {
        std::vector<attempt_result> attempts{}; ///< those that failed, were skipped or have remarks
        std::chrono::nanoseconds duration{};    ///< of the last attempt
        bool is_flaky = false;
    };
    using test_cases = std::map<std::pair<test_index, worker_index>, test_case>;
    using failures_outside = std::vector<std::pair<worker_index, std::string>>;

  private:
    bool is_each_ = false;
    run_overview overview_{};
    test_cases cases_{};
    failures_outside outside_{};
    database::output_file output_;
};

} // namespace testmon::runner

#endif
