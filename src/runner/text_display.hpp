// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_TEXT_DISPLAY_HPP
#define TESTMON_SRC_RUNNER_TEXT_DISPLAY_HPP

#include "progress_state.hpp"
#include "run_listener.hpp"
#include "verbosity.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace testmon::runner
{

struct display_options {
    verbosity detail = verbosity::normal;
    bool colour = false;
    std::chrono::nanoseconds slow =
        std::chrono::seconds(60); ///< when a running test is called slow; 0: never
};

using steady_clock_reader = std::function<steady_time()>;

/// What all displays of a run have in common: which events are worth lines that stay, and how far the run is.
class text_display : public run_listener
{
  public:
    text_display(display_options options, steady_clock_reader clock);

    void run_started(run_overview const& overview) override;
    void test_started(worker_index worker, test_index test, std::int64_t attempt) override;
    void attempt_finished(attempt_result const& attempt) override;
    void worker_lost(worker_index worker, std::string const& why) override;
    void failed_outside_tests(worker_index worker, std::string const& text) override;
    void notice(std::string const& text) override;
    void tick(std::optional<std::chrono::nanoseconds> left) override;

  protected:
    /// Shows lines that stay; none if only the state has changed.
    virtual void show(std::string const& lines) = 0;

    progress_state const& state() const noexcept { return state_; }
    display_options const& options() const noexcept { return options_; }
    steady_time now() const { return clock_(); }

  private:
    std::string lines_of(attempt_result const& attempt) const;
    void show_block(std::string const& lines);
    void show_lines(std::string const& lines);
    void show_notice(std::string const& text);

    display_options options_;
    steady_clock_reader clock_;
    std::vector<test_item> const* tests_ = nullptr;
    progress_state state_{};
    bool is_after_blank_ = false;
};

} // namespace testmon::runner

#endif
