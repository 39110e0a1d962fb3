// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_PROGRESS_DISPLAY_HPP
#define TESTMON_SRC_RUNNER_PROGRESS_DISPLAY_HPP

#include "terminal.hpp"
#include "text_display.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace testmon::runner
{

/// Shows a run on a terminal: lines that stay, and below them a bar that is drawn anew and is gone at the
/// end.
///
/// It uses nothing of the terminal that would have to be restored: a runner that is killed leaves the bar as
/// it was, and the cursor behind it.
class progress_display final : public text_display
{
  public:
    /// `size` is asked each time before something is drawn.
    progress_display(std::ostream& out, std::function<terminal_size()> size, display_options options,
                     steady_clock_reader clock = std::chrono::steady_clock::now);
    /// Erases the bar.
    ~progress_display() override;
    progress_display(progress_display const&) = delete;
    progress_display& operator=(progress_display const&) = delete;

    void run_finished(run_result const& result) override;

  private:
    void show(std::string const& lines) override;
    std::string erasure(terminal_size size) const;
    void erase();

    std::ostream& out_;
    std::function<terminal_size()> size_;
    std::vector<std::string> drawn_{};
    std::optional<steady_time> last_drawn_{};
};

} // namespace testmon::runner

#endif
