// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "failure_text.hpp"

#include "attempt_line.hpp"
#include "clean_text.hpp"
#include "output_excerpt.hpp"
#include "paint.hpp"

#include "../database/printable.hpp"

#include <algorithm>

namespace testmon::runner
{

namespace
{

using level = log_message::level;

std::string line_of(std::string text)
{
    return text.empty() || text.back() != '\n' ? text + "\n" : text;
}

std::string indented(std::string const& text)
{
    std::string result;
    bool is_at_begin = true;
    for (char const c : text) {
        result += is_at_begin ? "    " : "";
        result += c;
        is_at_begin = c == '\n';
    }
    return result;
}

std::string severity_text(level severity, bool colour)
{
    switch (severity) {
    case level::warning:
        return painted("warning", paint::yellow, colour);
    case level::fatal_error:
        return painted("fatal error", paint::red, colour);
    default:
        return painted("error", paint::red, colour);
    }
}

std::string message_text(test_item const& item, log_message const& message, bool colour)
{
    auto const text = clean_text(message.text, colour);
    // Boost.Test's log has what the test itself wants to say without a place.
    auto result = line_of(message.severity == level::message
                              ? text
                              : place_text(message.place) + ": " + severity_text(message.severity, colour) +
                                    ": in \"" + database::printable(item.test.path) + "\": " + text);
    for (auto const& context : message.context) {
        result += line_of(indented(clean_text(context, colour)));
    }
    return result;
}

std::string crash_text(attempt_result const& attempt, bool colour)
{
    std::string result;
    if (!attempt.reason.empty()) {
        result += painted(to_string(verdict_of(attempt)), paint::red, colour) + ": " +
                  line_of(clean_text(attempt.reason, colour));
    }
    if (!attempt.last_checkpoint.file.empty()) {
        result += place_text(attempt.last_checkpoint) + ": last checkpoint\n";
    }
    return result;
}

bool names_a_place(attempt_result const& attempt)
{
    return !attempt.last_checkpoint.file.empty() ||
           std::any_of(attempt.messages.begin(), attempt.messages.end(), [](log_message const& one) {
               return one.severity != level::message && !one.place.file.empty();
           });
}

std::string output_text(attempt_result const& attempt, bool colour, std::size_t longest)
{
    if (attempt.output_size == 0 && attempt.output.empty()) {
        return {};
    }
    return painted("--- output ---", paint::dim, colour) + "\n" +
           line_of(clean_text(output_excerpt(attempt.output, attempt.output_size, longest), colour)) +
           painted("--- end of output ---", paint::dim, colour) + "\n";
}

} // namespace

std::string failure_text(test_item const& item, attempt_result const& attempt, bool colour,
                         std::size_t longest_output)
{
    auto result = attempt_line(item, attempt, colour) + "\n";
    for (auto const& message : attempt.messages) {
        result += message_text(item, message, colour);
    }
    result += crash_text(attempt, colour);
    if (!names_a_place(attempt) && !item.test.file.empty()) {
        result += place_text(definition_of(item)) + ": defined here\n";
    }
    result += output_text(attempt, colour, longest_output);
    for (auto const& remark : attempt.remarks) {
        result += painted("remark", paint::yellow, colour) + ": " + line_of(clean_text(remark, colour));
    }
    return result;
}

std::string outside_text(worker_index worker, std::string const& text, bool colour)
{
    return painted("failed outside of tests", paint::red, colour) + " on " + worker_name(worker) + ":\n" +
           line_of(clean_text(text, colour));
}

} // namespace testmon::runner
