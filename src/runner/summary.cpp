// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "summary.hpp"

#include "attempt_line.hpp"
#include "paint.hpp"

#include "../database/counted.hpp"
#include "../database/printable.hpp"
#include "../database/text_table.hpp"
#include "../database/time_text.hpp"

#include <algorithm>
#include <array>

namespace testmon::runner
{

namespace
{

using align = database::text_table::align;

std::string with_attempt(worker_index worker, std::int64_t attempt)
{
    return worker_name(worker) + (attempt > 1 ? ", attempt " + std::to_string(attempt) : "");
}

std::string durations_text(run_digest const& digest)
{
    if (digest.slowest().empty()) {
        return {};
    }
    database::text_table table({{"TOOK", align::right}, {"WORKER"}, {"TEST"}});
    for (auto const& one : digest.slowest()) {
        table.add({database::duration_text(one.duration), with_attempt(one.worker, one.attempt),
                   digest.overview().tests->at(one.test).test.path});
    }
    return "slowest:\n" + table.text("  ");
}

class text_of_run
{
  public:
    text_of_run(run_digest const& digest, run_result const& result, bool colour)
        : digest_(digest), result_(result), colour_(colour)
    {
    }

    std::string text() const;

  private:
    std::vector<test_index> tests_with(verdict value) const;
    std::uint64_t count_of(verdict value) const;
    std::string quoted(test_index test) const;
    std::string title(verdict value, std::size_t count, std::string const& rest) const;
    std::string failed(verdict value) const;
    std::string flaky() const;
    std::string not_run() const;
    std::string passed_alone() const;
    std::string outside() const;
    std::string trouble() const;
    bool is_all_done() const;
    std::string totals() const;

    run_digest const& digest_;
    run_result const& result_;
    bool colour_;
};

std::vector<test_index> text_of_run::tests_with(verdict value) const
{
    auto const& selected = digest_.overview().selected;
    std::vector<test_index> found;
    for (std::size_t i = 0; i < std::min(selected.size(), result_.verdicts.size()); ++i) {
        if (result_.verdicts[i] == value) {
            found.push_back(selected[i]);
        }
    }
    return found;
}

std::uint64_t text_of_run::count_of(verdict value) const
{
    return static_cast<std::uint64_t>(std::count(result_.verdicts.begin(), result_.verdicts.end(), value));
}

std::string text_of_run::quoted(test_index test) const
{
    return "\"" + database::printable(digest_.overview().tests->at(test).test.path) + "\"";
}

std::string text_of_run::title(verdict value, std::size_t count, std::string const& rest) const
{
    return painted(std::string(to_string(value)) + " (" + std::to_string(count) + ")", paint_of(value),
                   colour_) +
           rest + ":\n";
}

// Each line begins with the place, as editors want it; the test, the worker and the reason follow.
std::string text_of_run::failed(verdict value) const
{
    auto const tests = tests_with(value);
    if (tests.empty()) {
        return {};
    }
    auto lines = title(value, tests.size(), "");
    for (auto const test : tests) {
        for (auto const& one : digest_.failures_of(test)) {
            if (!one.is_retried) {
                lines += place_text(one.place) + ": in " + quoted(test) + " (" +
                         with_attempt(one.worker, one.attempt) + ")" +
                         (one.reason.empty() ? "" : ": " + one.reason) + "\n";
            }
        }
    }
    return lines;
}

std::string text_of_run::flaky() const
{
    auto const tests = tests_with(verdict::flaky);
    if (tests.empty()) {
        return {};
    }
    auto lines = title(verdict::flaky, tests.size(), ", passed on a retry");
    for (auto const test : tests) {
        for (auto const& one : digest_.failures_of(test)) {
            lines += place_text(one.place) + ": in " + quoted(test) + " (" + worker_name(one.worker) +
                     ", attempt " + std::to_string(one.attempt) +
                     "): " + (one.reason.empty() ? std::string(to_string(one.how)) : one.reason) + "\n";
        }
    }
    return lines;
}

std::string text_of_run::not_run() const
{
    constexpr std::size_t most = 10;
    auto const tests = tests_with(verdict::not_run);
    if (tests.empty()) {
        return {};
    }
    auto const why = why_not_run(result_.end);
    auto lines = title(verdict::not_run, tests.size(), why.empty() ? "" : ", since " + std::string(why));
    auto const shown = std::min(most, tests.size());
    for (std::size_t i = 0; i < shown; ++i) {
        lines += "  " + database::printable(digest_.overview().tests->at(tests[i]).test.path) + "\n";
    }
    return shown == tests.size()
               ? lines
               : lines + "  \xe2\x80\xa6 and " + std::to_string(tests.size() - shown) + " more\n";
}

std::string text_of_run::passed_alone() const
{
    auto const& tests = result_.passed_alone;
    if (tests.empty()) {
        return {};
    }
    bool const is_one = tests.size() == 1;
    auto lines =
        painted("passed alone (" + std::to_string(tests.size()) + ")", paint::yellow, colour_) + ":\n";
    for (auto const test : tests) {
        lines += "  " + database::printable(digest_.overview().tests->at(test).test.path) + "\n";
    }
    return lines + (is_one ? "This test" : "These tests") +
           " failed beside others and passed alone: unless that was chance, something is shared that should "
           "not\n"
           "be. If it is files, --isolate files gives each worker its own; if it is ports, --isolate net;\n"
           "--isolate all does both.\n";
}

std::string text_of_run::outside() const
{
    auto const& failures = digest_.failures_outside();
    if (failures.empty()) {
        return {};
    }
    auto lines =
        painted("failed outside of tests (" + std::to_string(failures.size()) + ")", paint::red, colour_) +
        ":\n";
    for (auto const& one : failures) {
        lines += "  " + worker_name(one.worker) + ": " + database::printable(one.first_line) + "\n";
    }
    return lines;
}

std::string text_of_run::trouble() const
{
    return result_.trouble.empty()
               ? ""
               : painted("trouble", paint::red, colour_) + ": " + database::printable(result_.trouble) + "\n";
}

// Such as where --teardown fails.
bool text_of_run::is_all_done() const
{
    return !result_.verdicts.empty() && count_of(verdict::not_run) == 0;
}

std::string text_of_run::totals() const
{
    constexpr std::array<verdict, 7> order{verdict::passed,    verdict::failed, verdict::crashed,
                                           verdict::timed_out, verdict::flaky,  verdict::skipped,
                                           verdict::not_run};
    std::string counts;
    bool is_well = result_.end == run_end::complete;
    for (auto const value : order) {
        if (auto const count = count_of(value); count != 0) {
            counts +=
                (counts.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(to_string(value));
            is_well = is_well && !is_failure(value);
        }
    }
    if (result_.failed_outside_tests) {
        counts += (counts.empty() ? "" : ", ") + std::string("failed outside of tests");
        is_well = false;
    }
    auto const how = result_.end == run_end::max_failures  ? "stopped early: "
                     : result_.end == run_end::interrupted ? "interrupted: "
                     : result_.end != run_end::trouble     ? ""
                     : is_all_done()                       ? "with trouble: "
                                                           : "could not go on: ";
    auto const restarts = result_.worker_restarts == 0
                              ? ""
                              : " (" + database::counted(result_.worker_restarts, "restart") + ")";
    return painted("=== " + std::string(how) + (counts.empty() ? "no tests" : counts) + " in " +
                       database::duration_text(result_.wall_time) + " on " +
                       database::counted(digest_.overview().workers, "worker") + restarts + " ===",
                   is_well ? paint::green : paint::red, colour_) +
           "\n";
}

std::string text_of_run::text() const
{
    auto const details = durations_text(digest_) + flaky() + not_run() + failed(verdict::timed_out) +
                         failed(verdict::crashed) + failed(verdict::failed) + passed_alone() + outside() +
                         trouble();
    return (details.empty() ? "" : "\n" + details) + totals();
}

} // namespace

std::string summary_text(run_digest const& digest, run_result const& result, bool colour)
{
    return text_of_run(digest, result, colour).text();
}

} // namespace testmon::runner
