// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "database_show_text.hpp"

#include "../database/counted.hpp"
#include "../database/printable.hpp"
#include "../database/test_record_text.hpp"
#include "../database/text_table.hpp"
#include "../database/time_text.hpp"

#include "database_call.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace testmon::command
{

namespace
{

using database::environment_description;
using database::or_dash;
using database::run;
using database::test_statistics;
using database::text_table;
using align = text_table::align;

constexpr char indent[] = "  ";

// What is known of an environment beside its name.
std::string details(environment_description const& what)
{
    std::string result;
    for (auto const* field :
         {&what.executable, &what.compiler, &what.standard_library, &what.build_type, &what.flags}) {
        if (!field->empty()) {
            result += (result.empty() ? "" : ", ") + database::printable(*field);
        }
    }
    return result;
}

std::string took(run const& one)
{
    return one.ended ? database::duration_text(*one.ended - one.started) : "not ended";
}

std::string outcome_word(test_statistics const& test)
{
    return test.last_outcome ? std::string(database::to_string(*test.last_outcome)) : "-";
}

std::string if_it_ran(test_statistics const& test, std::chrono::nanoseconds duration)
{
    return test.never_ran() ? "-" : database::duration_text(duration);
}

std::string failures(test_statistics const& test)
{
    return std::to_string(test.failures) + " of " + std::to_string(test.executions);
}

std::string looked_at(show_request const& request, environment_report const& report)
{
    return request.history >= report.runs.size() ? "all runs"
                                                 : "the newest " + database::counted(request.history, "run");
}

text_table environments_table(std::vector<environment_report> const& reports)
{
    text_table table({{"ID", align::right},
                      {"NAME"},
                      {"RUNS", align::right},
                      {"TESTS", align::right},
                      {"EXECUTABLE"},
                      {"COMPILER"},
                      {"STANDARD LIBRARY"},
                      {"BUILD TYPE"},
                      {"FLAGS"}});
    for (auto const& [environment, runs, tests] : reports) {
        auto const& what = environment.description;
        table.add({std::to_string(environment.id), what.name, std::to_string(runs.size()),
                   std::to_string(tests.size()), or_dash(what.executable), or_dash(what.compiler),
                   or_dash(what.standard_library), or_dash(what.build_type), or_dash(what.flags)});
    }
    return table;
}

text_table runs_table(std::vector<run> const& runs, std::size_t limit)
{
    text_table table({{"RUN", align::right},
                      {"STARTED"},
                      {"TOOK", align::right},
                      {"WORKERS", align::right},
                      {"TESTS", align::right},
                      {"PASSED", align::right},
                      {"FAILED", align::right},
                      {"CRASHED", align::right},
                      {"TIMED OUT", align::right},
                      {"SKIPPED", align::right},
                      {"MACHINE"}});
    for (std::size_t i = 0; i < std::min(limit, runs.size()); ++i) {
        auto const& one = runs[i];
        table.add({std::to_string(one.id), database::local_time_text(one.started), took(one),
                   one.workers == 0 ? "-" : std::to_string(one.workers), std::to_string(one.collected),
                   std::to_string(one.counts.passed), std::to_string(one.counts.failed),
                   std::to_string(one.counts.crashed), std::to_string(one.counts.timed_out),
                   std::to_string(one.counts.skipped), or_dash(one.machine)});
    }
    return table;
}

// A column of a table of tests, and what it holds.
struct test_column {
    text_table::column head;
    std::string (*cell)(test_statistics const&);
};

std::vector<test_column> columns_of(section which)
{
    test_column const last{{"LAST", align::right},
                           [](test_statistics const& test) { return if_it_ran(test, test.last_duration); }};
    test_column const mean{{"MEAN", align::right},
                           [](test_statistics const& test) { return if_it_ran(test, test.mean_duration); }};
    test_column const failed{{"FAILED", align::right}, failures};
    test_column const flips{{"FLIPS", align::right},
                            [](test_statistics const& test) { return std::to_string(test.flips); }};
    test_column const outcome{{"OUTCOME"}, outcome_word};
    test_column const path{{"TEST"}, [](test_statistics const& test) { return test.test.path; }};
    test_column const where{{"DEFINED AT"},
                            [](test_statistics const& test) { return place_or_dash(test.test); }};
    switch (which) {
    case section::slowest:
        return {last, mean, path};
    case section::failing:
        return {outcome,
                {{"RUN", align::right},
                 [](test_statistics const& test) { return std::to_string(test.last_run_id); }},
                failed,
                path,
                where};
    case section::flaky:
        return {
            failed,
            flips,
            {{"PASSED ON RETRY"},
             [](test_statistics const& test) { return std::string(test.passed_on_retry ? "yes" : "no"); }},
            path,
            where};
    case section::never_run:
        return {{{"BY DEFAULT"},
                 [](test_statistics const& test) {
                     return std::string(test.test.enabled ? "enabled" : "disabled");
                 }},
                path,
                where};
    default:
        return {outcome, last, mean, failed, path, where, {{"LABELS"}, [](test_statistics const& test) {
                                                               return labels_or_dash(test.test);
                                                           }}};
    }
}

text_table tests_table(std::vector<test_statistics const*> const& tests, section which, std::size_t limit)
{
    auto const columns = columns_of(which);
    std::vector<text_table::column> heads;
    for (auto const& one : columns) {
        heads.push_back(one.head);
    }
    text_table table(heads);
    for (std::size_t i = 0; i < std::min(limit, tests.size()); ++i) {
        std::vector<std::string> cells;
        for (auto const& one : columns) {
            cells.push_back(one.cell(*tests[i]));
        }
        table.add(cells);
    }
    return table;
}

struct titled_section {
    section which;
    char const* title;
};
constexpr std::array<titled_section, 4> sections_of_overview{
    {{section::slowest, "slowest tests"},
     {section::failing, "failing tests"},
     {section::flaky, "flaky tests"},
     {section::never_run, "tests that did not run"}}};

std::string title_of(section which)
{
    auto const* const found = std::find_if(sections_of_overview.begin(), sections_of_overview.end(),
                                           [&](titled_section const& one) { return one.which == which; });
    return found == sections_of_overview.end() ? "tests" : found->title;
}

// A title that says how much of all there is, and the table.
std::string titled(std::string const& title, std::size_t limit, std::size_t total, text_table const& table)
{
    auto const how_many =
        limit < total ? std::to_string(limit) + " of " + std::to_string(total) : std::to_string(total);
    return "\n" + std::string(indent) + title + " (" + how_many + ")" +
           (total == 0 ? "\n" : ":\n" + table.text(std::string(indent) + indent));
}

std::string runs_text(show_request const& request, environment_report const& report)
{
    return titled("newest runs", request.limit, report.runs.size(), runs_table(report.runs, request.limit));
}

std::string tests_text(show_request const& request, environment_report const& report, section which)
{
    auto const tests = tests_of(report, which);
    // The overview says once for all tables which runs it looks at.
    auto const where = request.what ? " in " + looked_at(request, report) : std::string();
    return titled(title_of(which) + where, request.limit, tests.size(),
                  tests_table(tests, which, request.limit));
}

std::string summary(show_request const& request, environment_report const& report)
{
    auto const size_of = [&](section which) { return std::to_string(tests_of(report, which).size()); };
    auto const known = details(report.environment.description);
    return (known.empty() ? "" : indent + known + "\n") + indent +
           database::counted(report.tests.size(), "test") + ", " +
           database::counted(report.runs.size(), "run") + "; in " + looked_at(request, report) + ": " +
           size_of(section::failing) + " failing, " + size_of(section::flaky) + " flaky, " +
           size_of(section::never_run) + " not run\n";
}

std::string overview(show_request const& request, environment_report const& report)
{
    auto text = summary(request, report) + runs_text(request, report);
    for (auto const& one : sections_of_overview) {
        if (!tests_of(report, one.which).empty()) {
            text += tests_text(request, report, one.which);
        }
    }
    return text;
}

} // namespace

std::string show_text(show_request const& request, std::vector<environment_report> const& reports)
{
    auto text = "database: " + database::printable(request.file.native()) + "\n";
    if (reports.empty()) {
        return text + "nothing is recorded yet\n";
    }
    if (request.what == section::environments) {
        return text + "\n" + environments_table(reports).text("");
    }
    for (auto const& report : reports) {
        text += "\nenvironment " + std::to_string(report.environment.id) + ": " +
                database::printable(report.environment.description.name) + "\n";
        if (!request.what) {
            text += overview(request, report);
        } else if (request.what == section::runs) {
            text += runs_text(request, report);
        } else {
            text += tests_text(request, report, *request.what);
        }
    }
    return text;
}

} // namespace testmon::command
