// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "progress_bar.hpp"

#include "paint.hpp"

#include "../database/display_width.hpp"
#include "../database/printable.hpp"
#include "../database/time_text.hpp"

#include <algorithm>
#include <cstddef>

namespace testmon::runner
{

namespace
{

// A part of the first line; those of a lower rank stay when there is not room for all.
struct piece {
    std::string text;
    paint how;
    int rank;
};

std::string count_text(std::uint64_t count, char const* what)
{
    return std::to_string(count) + " " + what;
}

std::vector<piece> pieces_of(progress_state const& state, steady_time now)
{
    std::vector<piece> result;
    result.push_back({count_text(state.passed, "passed"), paint::green, 4});
    if (state.failed != 0) {
        result.push_back({count_text(state.failed, "failed"), paint::red, 1});
    }
    if (state.flaky != 0) {
        result.push_back({count_text(state.flaky, "flaky"), paint::yellow, 5});
    }
    if (state.skipped != 0) {
        result.push_back({count_text(state.skipped, "skipped"), paint::yellow, 6});
    }
    result.push_back({database::passing_time_text(now - state.started), paint::none, 3});
    // Where a test takes longer than ever before, nobody knows.
    if (state.left && *state.left >= std::chrono::seconds(1) && state.done < state.total) {
        result.push_back({"about " + database::passing_time_text(*state.left) + " left", paint::none, 2});
    }
    return result;
}

// The pieces that fit into the width, with `between` columns before each.
std::vector<piece> fitting(std::vector<piece> pieces, std::size_t width, std::size_t between)
{
    auto const all = [&] {
        std::size_t sum = 0;
        for (auto const& one : pieces) {
            sum += between + one.text.size();
        }
        return sum;
    };
    while (!pieces.empty() && all() > width) {
        pieces.erase(std::max_element(pieces.begin(), pieces.end(),
                                      [](piece const& a, piece const& b) { return a.rank < b.rank; }));
    }
    return pieces;
}

std::string bar_of_width(progress_state const& state, std::size_t width, bool colour)
{
    auto const done = std::min(state.done, state.total);
    auto const inner = width - 2;
    auto const filled = state.total == 0 ? inner : static_cast<std::size_t>(inner * done / state.total);
    auto const is_complete = filled == inner;
    auto const text = std::string(filled, '=') + (is_complete ? "" : ">") +
                      std::string(is_complete ? 0 : inner - filled - 1, ' ');
    return "[" + painted(text, state.failed == 0 ? paint::green : paint::red, colour) + "]";
}

std::string first_line(progress_state const& state, std::size_t width, steady_time now, bool colour)
{
    constexpr std::size_t narrowest_bar = 12;
    constexpr std::size_t widest_bar = 32;
    constexpr std::size_t between = 2;
    auto const count = std::to_string(state.done) + "/" + std::to_string(state.total);
    if (count.size() > width) {
        return database::beginning_of_width(count, width);
    }
    auto room = width - count.size();
    bool const has_bar = room >= 2 * narrowest_bar;
    auto const pieces = fitting(pieces_of(state, now), has_bar ? room - narrowest_bar - 1 : room, between);
    std::string text = count;
    for (auto const& one : pieces) {
        text += std::string(between, ' ') + painted(one.text, one.how, colour);
        room -= between + one.text.size();
    }
    return has_bar ? bar_of_width(state, std::min(widest_bar, room - 1), colour) + " " + text : text;
}

std::vector<std::string> running_lines(progress_state const& state, std::size_t width, std::size_t height,
                                       steady_time now)
{
    constexpr std::size_t most = 8;
    auto const& running = state.running;
    bool const is_cut = running.size() > std::min(most, height);
    auto const shown = !is_cut ? running.size() : std::min(most, height == 0 ? 0 : height - 1);
    std::vector<std::string> workers;
    std::vector<std::string> times;
    std::size_t worker_width = 0;
    std::size_t time_width = 0;
    for (std::size_t i = 0; i < shown; ++i) {
        worker_width = std::max(worker_width, workers.emplace_back(worker_name(running[i].worker)).size());
        time_width = std::max(time_width,
                              times.emplace_back(database::passing_time_text(now - running[i].since)).size());
    }
    std::vector<std::string> result;
    for (std::size_t i = 0; i < shown; ++i) {
        auto const before = "  " + workers[i] + std::string(worker_width - workers[i].size(), ' ') + "  " +
                            std::string(time_width - times[i].size(), ' ') + times[i] + "  ";
        auto const room = width - std::min(width, before.size());
        result.push_back(database::beginning_of_width(
            before + database::end_of_width(database::printable(running[i].path), room), width));
    }
    if (is_cut && height != 0) {
        result.push_back(database::beginning_of_width(
            "  \xe2\x80\xa6 and " + std::to_string(running.size() - shown) + " more", width));
    }
    return result;
}

} // namespace

std::vector<std::string> progress_lines(progress_state const& state, terminal_size size, steady_time now,
                                        bool colour)
{
    auto const width = size.width - std::min<std::size_t>(size.width, 1);
    std::vector<std::string> result{first_line(state, width, now, colour)};
    // One line of the terminal is left to what was printed last, one has the bar.
    auto const height = size.height - std::min<std::size_t>(size.height, 2);
    for (auto& line : running_lines(state, width, height, now)) {
        result.push_back(std::move(line));
    }
    return result;
}

std::string progress_text(progress_state const& state, steady_time now)
{
    auto text = std::to_string(state.done) + " of " + std::to_string(state.total) + " done";
    for (auto const& one : pieces_of(state, now)) {
        text += ", " + one.text;
    }
    return text;
}

} // namespace testmon::runner
