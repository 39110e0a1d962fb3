// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "text_display.hpp"

#include "attempt_line.hpp"
#include "failure_text.hpp"
#include "paint.hpp"

#include "../database/counted.hpp"
#include "../database/printable.hpp"

#include <limits>
#include <utility>

namespace testmon::runner
{

namespace
{

std::string first_line(run_overview const& overview)
{
    auto result = database::counted(overview.selected.size(), "test") + " on " +
                  database::counted(overview.workers, "worker") + " (" +
                  std::string(to_string(overview.kind)) +
                  (overview.distribution.empty() ? "" : ", " + overview.distribution) + ")\n";
    return overview.why_not_better.empty()
               ? result
               : result + "  " + database::printable(overview.why_not_better) + "\n";
}

} // namespace

text_display::text_display(display_options options, steady_clock_reader clock)
    : options_(options), clock_(std::move(clock))
{
}

void text_display::run_started(run_overview const& overview)
{
    tests_ = overview.tests;
    state_.total = overview.total;
    state_.started = now();
    show_lines(options_.detail == verbosity::quiet ? "" : first_line(overview));
}

void text_display::test_started(worker_index worker, test_index test, std::int64_t /* attempt */)
{
    state_.begin(worker, tests_->at(test).test.path, now(), options_.slow);
    show("");
}

void text_display::attempt_finished(attempt_result const& attempt)
{
    state_.finish(attempt);
    auto const lines = lines_of(attempt);
    if (database::is_failure(attempt.outcome) && !lines.empty()) {
        show_block(lines);
    } else {
        show_lines(lines);
    }
}

std::string text_display::lines_of(attempt_result const& attempt) const
{
    constexpr std::size_t longest_output = 16384;
    auto const& item = tests_->at(attempt.test);
    bool const is_quiet = options_.detail == verbosity::quiet;
    bool const is_verbose = options_.detail == verbosity::verbose;
    if (database::is_failure(attempt.outcome)) {
        return is_quiet && attempt.is_retried
                   ? ""
                   : failure_text(item, attempt, options_.colour,
                                  is_verbose ? std::numeric_limits<std::size_t>::max() : longest_output);
    }
    bool const is_remarkable = verdict_of(attempt) == verdict::flaky || !attempt.remarks.empty();
    if (is_quiet || !(is_verbose || is_remarkable)) {
        return {};
    }
    auto result = attempt_line(item, attempt, options_.colour) + "\n";
    for (auto const& remark : attempt.remarks) {
        result +=
            painted("remark", paint::yellow, options_.colour) + ": " + database::printable(remark) + "\n";
    }
    return result;
}

void text_display::worker_lost(worker_index worker, std::string const& why)
{
    state_.forget(worker);
    show_notice(worker_name(worker) + " was lost: " + why);
}

void text_display::failed_outside_tests(worker_index worker, std::string const& text)
{
    show_block(outside_text(worker, text, options_.colour));
}

void text_display::notice(std::string const& text)
{
    show_notice(text);
}

// It has many lines: a blank one on both sides tells them from others.
void text_display::show_block(std::string const& lines)
{
    show((is_after_blank_ ? "" : "\n") + lines + "\n");
    is_after_blank_ = true;
}

void text_display::show_lines(std::string const& lines)
{
    is_after_blank_ = is_after_blank_ && lines.empty();
    show(lines);
}

void text_display::show_notice(std::string const& text)
{
    show_lines(options_.detail == verbosity::quiet
                   ? ""
                   : painted(database::printable(text), paint::yellow, options_.colour) + "\n");
}

void text_display::tick(std::optional<std::chrono::nanoseconds> left)
{
    state_.left = left;
    for (auto const& text : due_slow_notices(state_, now())) {
        show_notice(text);
    }
    show("");
}

} // namespace testmon::runner
