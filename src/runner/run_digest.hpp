// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_RUN_DIGEST_HPP
#define TESTMON_SRC_RUNNER_RUN_DIGEST_HPP

#include "run_listener.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace testmon::runner
{

/// An attempt that failed, in a few words.
struct failed_attempt {
    worker_index worker = 0;
    std::int64_t attempt = 1;
    verdict how = verdict::failed;
    bool is_retried = false;
    source_place place{};
    std::string reason{};
};

struct timed_attempt {
    std::chrono::nanoseconds duration{};
    test_index test = 0;
    worker_index worker = 0;
    std::int64_t attempt = 1;
};

/// What failed while the worker ran no test, in a few words.
struct failure_outside {
    worker_index worker = 0;
    std::string first_line{};
};

/// Keeps of a run what the summary needs: of a test that passed nothing.
class run_digest : public run_listener
{
  public:
    /// `slowest`: how many of the slowest attempts to keep.
    explicit run_digest(std::size_t slowest) : most_(slowest) {}

    void run_started(run_overview const& overview) override;
    void attempt_finished(attempt_result const& attempt) override;
    void failed_outside_tests(worker_index worker, std::string const& text) override;

    run_overview const& overview() const noexcept { return overview_; }
    /// In the order in which they ended.
    std::vector<failed_attempt> const& failures_of(test_index test) const;
    std::vector<failure_outside> const& failures_outside() const noexcept { return outside_; }
    /// The slowest first.
    std::vector<timed_attempt> const& slowest() const noexcept { return slowest_; }

  private:
    void keep_if_slow(timed_attempt const& attempt);

    std::size_t most_;
    run_overview overview_{};
    std::map<test_index, std::vector<failed_attempt>> failures_{};
    std::vector<failure_outside> outside_{};
    std::vector<timed_attempt> slowest_{};
};

} // namespace testmon::runner

#endif
