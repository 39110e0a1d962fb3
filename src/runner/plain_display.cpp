// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "plain_display.hpp"

#include "progress_bar.hpp"

#include <utility>

namespace testmon::runner
{

bool progress_pace::is_due(std::uint64_t done, std::uint64_t total, steady_time now)
{
    constexpr auto shortest = std::chrono::seconds(5);
    constexpr auto longest = std::chrono::seconds(30);
    constexpr std::uint64_t tenths = 10;
    auto const tenth = total == 0 ? 0 : tenths * done / total;
    auto const passed = now - last_;
    // The end has the summary.
    if (done >= total || passed < shortest || (tenth == last_tenth_ && passed < longest)) {
        return false;
    }
    last_ = now;
    last_tenth_ = tenth;
    return true;
}

plain_display::plain_display(std::ostream& out, display_options options, steady_clock_reader clock)
    : text_display(options, std::move(clock)), out_(out), pace_(now())
{
}

void plain_display::show(std::string const& lines)
{
    auto text = lines;
    // In verbose mode each test has a line, in quiet mode none shall have.
    if (options().detail == verbosity::normal && pace_.is_due(state().done, state().total, now())) {
        text += progress_text(state(), now()) + "\n";
    }
    if (!text.empty()) {
        out_ << text << std::flush;
    }
}

} // namespace testmon::runner
