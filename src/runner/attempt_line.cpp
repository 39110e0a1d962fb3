// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "attempt_line.hpp"

#include "paint.hpp"

#include "../database/display_width.hpp"
#include "../database/printable.hpp"
#include "../database/time_text.hpp"
#include "../precreation/one_line.hpp"

#include <algorithm>

namespace testmon::runner
{

namespace
{

std::string padded(std::string const& text, std::size_t width)
{
    return text + std::string(width - std::min(width, text.size()), ' ');
}

std::string right_aligned(std::string const& text, std::size_t width)
{
    return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string remark_on(attempt_result const& attempt)
{
    if (attempt.is_retried) {
        return " (attempt " + std::to_string(attempt.attempt) + ", is retried)";
    }
    if (attempt.attempt > 1) {
        return " (attempt " + std::to_string(attempt.attempt) + ")";
    }
    bool const is_skipped = attempt.outcome == database::outcome::skipped && !attempt.reason.empty();
    return is_skipped ? " (" + database::printable(attempt.reason) + ")" : "";
}

log_message const* first_error(attempt_result const& attempt)
{
    auto const found =
        std::find_if(attempt.messages.begin(), attempt.messages.end(), [](log_message const& one) {
            return one.severity == log_message::level::error ||
                   one.severity == log_message::level::fatal_error;
        });
    return found == attempt.messages.end() ? nullptr : &*found;
}

} // namespace

std::string attempt_line(test_item const& item, attempt_result const& attempt, bool colour)
{
    constexpr std::size_t longest_status = 9;
    constexpr std::size_t longest_duration = 10;
    constexpr std::size_t usual_worker = 4;
    auto const status = verdict_of(attempt);
    return painted(padded(std::string(to_string(status)), longest_status), paint_of(status), colour) + "  " +
           right_aligned(database::duration_text(attempt.duration), longest_duration) + "  " +
           padded(worker_name(attempt.worker), usual_worker) + "  " + database::printable(item.test.path) +
           remark_on(attempt);
}

std::string place_text(source_place const& place)
{
    return place.file.empty() ? "unknown location(0)"
                              : database::printable(place.file) + "(" + std::to_string(place.line) + ")";
}

source_place definition_of(test_item const& item)
{
    return {item.test.file, item.test.line};
}

source_place failure_place(test_item const& item, attempt_result const& attempt)
{
    // What Boost.Test calls the place where an exception came from.
    constexpr char unknown[] = "unknown location";
    auto const* const error = first_error(attempt);
    if (error != nullptr && !error->place.file.empty() && error->place.file != unknown) {
        return error->place;
    }
    return attempt.last_checkpoint.file.empty() ? definition_of(item) : attempt.last_checkpoint;
}

std::string failure_reason(attempt_result const& attempt)
{
    constexpr std::size_t longest = 160;
    auto const* const error = first_error(attempt);
    auto const& text = !attempt.reason.empty() || error == nullptr ? attempt.reason : error->text;
    auto const on_one_line = precreation::beginning_on_one_line(text, 4 * longest); // bytes
    return database::beginning_of_width(database::printable(on_one_line), longest);
}

} // namespace testmon::runner
