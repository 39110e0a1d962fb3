// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "progress_display.hpp"

#include "clean_text.hpp"
#include "progress_bar.hpp"

#include "../database/display_width.hpp"

#include <algorithm>
#include <utility>

namespace testmon::runner
{

progress_display::progress_display(std::ostream& out, std::function<terminal_size()> size,
                                   display_options options, steady_clock_reader clock)
    : text_display(options, std::move(clock)), out_(out), size_(std::move(size))
{
}

progress_display::~progress_display()
{
    erase();
}

void progress_display::run_finished(run_result const& /* result */)
{
    erase();
}

// Moves to where the bar begins, and clears the rest of the terminal. One that has become narrower shows the
// lines of the bar on more rows than there were.
std::string progress_display::erasure(terminal_size size) const
{
    if (drawn_.empty()) {
        return {};
    }
    std::size_t rows = 0;
    for (auto const& line : drawn_) {
        auto const width = database::width_of(clean_text(line, false));
        rows += std::max<std::size_t>((width + size.width - 1) / size.width, 1);
    }
    auto const up = std::min(rows, size.height) - 1;
    return "\r" + (up == 0 ? "" : "\x1b[" + std::to_string(up) + "A") + "\x1b[J";
}

void progress_display::erase()
{
    out_ << erasure(size_()) << std::flush;
    drawn_.clear();
}

void progress_display::show(std::string const& lines)
{
    constexpr auto pause = std::chrono::milliseconds(100);
    auto const time = now();
    if (lines.empty() && last_drawn_ && time < *last_drawn_ + pause) {
        return;
    }
    last_drawn_ = time;
    auto const size = size_();
    auto bar = progress_lines(state(), size, time, options().colour);
    if (lines.empty() && bar == drawn_) {
        return;
    }
    // In one piece, so that no terminal shows what is between.
    auto text = erasure(size) + lines;
    for (std::size_t i = 0; i < bar.size(); ++i) {
        text += (i == 0 ? "" : "\n") + bar[i];
    }
    out_ << text << std::flush;
    drawn_ = std::move(bar);
}

} // namespace testmon::runner
