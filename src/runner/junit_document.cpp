// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "junit_document.hpp"

#include "attempt_line.hpp"
#include "clean_text.hpp"
#include "failure_text.hpp"
#include "test_command.hpp"

#include "../database/time_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

namespace testmon::runner
{

namespace
{

struct counts {
    std::uint64_t tests = 0;
    std::uint64_t failures = 0;
    std::uint64_t errors = 0;
    std::uint64_t skipped = 0;
    std::chrono::nanoseconds time{};

    void operator+=(counts const& other)
    {
        tests += other.tests;
        failures += other.failures;
        errors += other.errors;
        skipped += other.skipped;
        time += other.time;
    }
};

std::string seconds_text(std::chrono::nanoseconds duration)
{
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6f", std::chrono::duration<double>(duration).count());
    return text.data();
}

void set(pugi::xml_node node, char const* name, std::string const& value)
{
    node.append_attribute(name).set_value(clean_text(value, false).c_str());
}

void add_text(pugi::xml_node node, char const* name, std::string const& text)
{
    if (!text.empty()) {
        node.append_child(name).text().set(clean_text(text, false).c_str());
    }
}

// The schema of JUnit has neither fractions nor a zone.
std::string time_text(database::timestamp when)
{
    return database::utc_time_text(when).substr(0, std::string_view("2026-11-24T10:08:30").size());
}

void set_counts(pugi::xml_node node, counts const& sum)
{
    set(node, "tests", std::to_string(sum.tests));
    set(node, "failures", std::to_string(sum.failures));
    set(node, "errors", std::to_string(sum.errors));
    set(node, "skipped", std::to_string(sum.skipped));
    set(node, "time", seconds_text(sum.time));
}

std::string executable_name(run_overview const& overview)
{
    return overview.command.empty()
               ? "tests"
               : boost::filesystem::path(overview.command[executable_of(overview.command)])
                     .filename()
                     .native();
}

// Jenkins takes the dots for packages.
std::string class_name(run_overview const& overview, test_item const& item)
{
    auto result = executable_name(overview);
    if (!item.test.suite.empty()) {
        result += "." + item.test.suite;
    }
    std::replace(result.begin(), result.end(), '/', '.');
    return result;
}

std::string case_name(test_item const& item)
{
    auto const& suite = item.test.suite;
    return suite.empty() ? item.test.path
                         : item.test.path.substr(std::min(suite.size() + 1, item.test.path.size()));
}

std::string all_of(std::vector<std::string> const& lines)
{
    std::string result;
    for (auto const& line : lines) {
        result += line + "\n";
    }
    return result;
}

class document_writer
{
  public:
    document_writer(run_overview const& overview, run_result const& result,
                    junit_report::test_cases const& cases, junit_report::failures_outside const& outside)
        : overview_(overview), result_(result), cases_(cases), outside_(outside)
    {
    }

    void write(pugi::xml_document& document) const;

  private:
    counts write_suite(pugi::xml_node suites, std::vector<std::size_t> const& selected) const;
    counts write_outside(pugi::xml_node suites) const;
    counts write_test(pugi::xml_node suite, std::size_t selected) const;
    counts write_case(pugi::xml_node suite, test_item const& item, junit_report::test_case const& what,
                      std::string const& name) const;
    pugi::xml_node add_case(pugi::xml_node suite, test_item const& item, std::string const& name,
                            std::chrono::nanoseconds duration) const;
    void add_failure(pugi::xml_node test, test_item const& item, attempt_result const& attempt,
                     std::string const& element, bool is_final) const;

    run_overview const& overview_;
    run_result const& result_;
    junit_report::test_cases const& cases_;
    junit_report::failures_outside const& outside_;
};

void document_writer::write(pugi::xml_document& document) const
{
    auto declaration = document.append_child(pugi::node_declaration);
    set(declaration, "version", "1.0");
    set(declaration, "encoding", "UTF-8");
    auto suites = document.append_child("testsuites");
    set(suites, "name", executable_name(overview_));
    std::map<std::string, std::vector<std::size_t>> selected_of_suite;
    for (std::size_t i = 0; i < overview_.selected.size(); ++i) {
        selected_of_suite[overview_.tests->at(overview_.selected[i]).test.suite].push_back(i);
    }
    counts sum;
    for (auto const& [suite, selected] : selected_of_suite) {
        sum += write_suite(suites, selected);
    }
    if (!outside_.empty()) {
        sum += write_outside(suites);
    }
    sum.time = result_.wall_time;
    set_counts(suites, sum);
    set(suites, "timestamp", time_text(overview_.started));
}

counts document_writer::write_suite(pugi::xml_node suites, std::vector<std::size_t> const& selected) const
{
    auto suite = suites.append_child("testsuite");
    auto const& name = overview_.tests->at(overview_.selected[selected.front()]).test.suite;
    set(suite, "name", name.empty() ? executable_name(overview_) : name);
    counts sum;
    for (auto const one : selected) {
        sum += write_test(suite, one);
    }
    set_counts(suite, sum);
    set(suite, "timestamp", time_text(overview_.started));
    set(suite, "hostname", overview_.machine);
    return sum;
}

// No test is to blame, and yet who reads the report must see that the run has failed.
counts document_writer::write_outside(pugi::xml_node suites) const
{
    constexpr char name[] = "outside of tests";
    auto suite = suites.append_child("testsuite");
    set(suite, "name", name);
    counts sum;
    for (auto const& [worker, text] : outside_) {
        auto node = suite.append_child("testcase");
        set(node, "classname", worker_name(worker));
        set(node, "name", name);
        set(node, "time", seconds_text({}));
        auto error = node.append_child("error");
        set(error, "message", text.substr(0, text.find('\n')));
        set(error, "type", "failed");
        error.text().set(clean_text(text, false).c_str());
        sum += {1, 0, 1, 0, {}};
    }
    set_counts(suite, sum);
    set(suite, "timestamp", time_text(overview_.started));
    set(suite, "hostname", overview_.machine);
    return sum;
}

counts document_writer::write_test(pugi::xml_node suite, std::size_t selected) const
{
    auto const test = overview_.selected[selected];
    auto const& item = overview_.tests->at(test);
    auto const first = cases_.lower_bound({test, 0});
    auto const last = cases_.lower_bound({test + 1, 0});
    if (first == last) {
        auto node = add_case(suite, item, case_name(item), {});
        auto const why = why_not_run(result_.end);
        set(node.append_child("skipped"), "message",
            "not run" + (why.empty() ? "" : ": " + std::string(why)));
        return {1, 0, 0, 1, {}};
    }
    counts sum;
    for (auto one = first; one != last; ++one) {
        auto const worker =
            overview_.distribution == "each" ? " [" + worker_name(one->first.second) + "]" : "";
        sum += write_case(suite, item, one->second, case_name(item) + worker);
    }
    return sum;
}

counts document_writer::write_case(pugi::xml_node suite, test_item const& item,
                                   junit_report::test_case const& what, std::string const& name) const
{
    auto node = add_case(suite, item, name, what.duration);
    counts result{1, 0, 0, 0, what.duration};
    std::string remarks;
    bool has_failed = false;
    for (auto const& attempt : what.attempts) {
        remarks += all_of(attempt.remarks);
        if (attempt.outcome == database::outcome::skipped) {
            set(node.append_child("skipped"), "message", attempt.reason);
            result.skipped = 1;
        }
        if (!database::is_failure(attempt.outcome)) {
            continue;
        }
        bool const is_error = attempt.outcome != database::outcome::failed;
        if (what.is_flaky) {
            add_failure(node, item, attempt, is_error ? "flakyError" : "flakyFailure", false);
        } else if (has_failed) {
            add_failure(node, item, attempt, is_error ? "rerunError" : "rerunFailure", false);
        } else {
            add_failure(node, item, attempt, is_error ? "error" : "failure", true);
            (is_error ? result.errors : result.failures) = 1;
            has_failed = true;
        }
    }
    add_text(node, "system-err", remarks);
    return result;
}

pugi::xml_node document_writer::add_case(pugi::xml_node suite, test_item const& item, std::string const& name,
                                         std::chrono::nanoseconds duration) const
{
    auto node = suite.append_child("testcase");
    set(node, "classname", class_name(overview_, item));
    set(node, "name", name);
    if (!item.test.file.empty()) {
        set(node, "file", item.test.file);
        set(node, "line", std::to_string(item.test.line));
    }
    set(node, "time", seconds_text(duration));
    return node;
}

// Surefire puts the details of an attempt that decides nothing into elements of it, those of the first
// failure into its text and beside it.
void document_writer::add_failure(pugi::xml_node test, test_item const& item, attempt_result const& attempt,
                                  std::string const& element, bool is_final) const
{
    auto node = test.append_child(element.c_str());
    set(node, "message", failure_reason(attempt));
    set(node, "type", std::string(to_string(verdict_of(attempt))));
    auto without_output = attempt;
    without_output.output.clear();
    without_output.output_size = 0;
    auto const details = failure_text(item, without_output, false, 0);
    if (is_final) {
        node.text().set(clean_text(details, false).c_str());
        add_text(test, "system-out", attempt.output);
    } else {
        add_text(node, "stackTrace", details);
        add_text(node, "system-out", attempt.output);
    }
}

} // namespace

void fill_junit_document(pugi::xml_document& document, run_overview const& overview, run_result const& result,
                         junit_report::test_cases const& cases, junit_report::failures_outside const& outside)
{
    document_writer(overview, result, cases, outside).write(document);
}

} // namespace testmon::runner
