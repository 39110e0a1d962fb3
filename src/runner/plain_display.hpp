// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_PLAIN_DISPLAY_HPP
#define TESTMON_SRC_RUNNER_PLAIN_DISPLAY_HPP

#include "text_display.hpp"

#include <cstdint>
#include <ostream>
#include <string>

namespace testmon::runner
{

/// Decides when a line about the progress is due: when a tenth of the tests is done, but not sooner than 5 s
/// after the line before, and in any case when the line before is 30 s old.
class progress_pace
{
  public:
    explicit progress_pace(steady_time started) : last_(started) {}
    /// Returns: whether to write a line now. Then this is the line before.
    bool is_due(std::uint64_t done, std::uint64_t total, steady_time now);

  private:
    steady_time last_;
    std::uint64_t last_tenth_ = 0;
};

/// Shows a run as lines that stay: for files, pipes and the logs of a CI.
class plain_display final : public text_display
{
  public:
    plain_display(std::ostream& out, display_options options,
                  steady_clock_reader clock = std::chrono::steady_clock::now);

  private:
    void show(std::string const& lines) override;

    std::ostream& out_;
    progress_pace pace_;
};

} // namespace testmon::runner

#endif
