// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_SUMMARY_HPP
#define TESTMON_SRC_RUNNER_SUMMARY_HPP

#include "run_digest.hpp"
#include "run_listener.hpp"

#include <cstddef>
#include <ostream>
#include <string>

namespace testmon::runner
{

/// What is to be said when a run has ended: the slowest attempts that `digest` kept, the failures, flaky and
/// not run tests, each with what an editor needs to find it, advice, and the totals on the last line.
std::string summary_text(run_digest const& digest, run_result const& result, bool colour);

/// Writes the summary when the run has ended. It has to be told after the display, whose bar is gone then.
class summary final : public run_digest
{
  public:
    /// `durations`: how many of the slowest attempts to show.
    summary(std::ostream& out, std::size_t durations, bool colour)
        : run_digest(durations), out_(out), colour_(colour)
    {
    }

    void run_finished(run_result const& result) override
    {
        out_ << summary_text(*this, result, colour_) << std::flush;
    }

  private:
    std::ostream& out_;
    bool colour_;
};

} // namespace testmon::runner

#endif
