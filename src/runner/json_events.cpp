// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "json_events.hpp"

#include "../database/test_record_json.hpp"
#include "../database/time_text.hpp"
#include "../database/utf8.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace testmon::runner
{

namespace
{

namespace json = boost::json;
using database::valid_utf8;

constexpr int version = 1;

// As `to_string` of an outcome and a verdict, but with one word for each, as programs have them.
std::string word_of(std::string_view text)
{
    std::string result(text);
    std::replace(result.begin(), result.end(), ' ', '_');
    return result;
}

json::value to_json(source_place const& place)
{
    if (place.file.empty()) {
        return nullptr;
    }
    return {{"file", valid_utf8(place.file)}, {"line", place.line}};
}

char const* severity_of(log_message::level level)
{
    switch (level) {
    case log_message::level::message:
        return "message";
    case log_message::level::warning:
        return "warning";
    case log_message::level::error:
        return "error";
    case log_message::level::fatal_error:
        break;
    }
    return "fatal_error";
}

json::array to_json(std::vector<log_message> const& messages)
{
    json::array result;
    for (auto const& one : messages) {
        result.push_back(json::object{{"severity", severity_of(one.severity)},
                                      {"place", to_json(one.place)},
                                      {"text", valid_utf8(one.text)},
                                      {"context", database::to_json(one.context)}});
    }
    return result;
}

char const* kind_of(worker_kind kind)
{
    return kind == worker_kind::linked ? "linked" : kind == worker_kind::preloaded ? "preloaded" : "batches";
}

json::object counts_of(std::vector<verdict> const& verdicts)
{
    json::object result;
    for (auto const value : {verdict::passed, verdict::failed, verdict::crashed, verdict::timed_out,
                             verdict::skipped, verdict::flaky, verdict::not_run}) {
        result[word_of(to_string(value))] = std::count(verdicts.begin(), verdicts.end(), value);
    }
    return result;
}

} // namespace

json_events::json_events(std::ostream& out, timestamp_reader clock) : out_(out), clock_(std::move(clock)) {}

void json_events::write(char const* event, json::object const& keys)
{
    json::object line{{"format", "testmon-run"},
                      {"version", version},
                      {"event", event},
                      {"time", database::utc_time_text(clock_())}};
    line.insert(keys.begin(), keys.end());
    out_ << json::serialize(line) << '\n' << std::flush;
    if (!out_) {
        throw std::runtime_error("cannot write the events of the run");
    }
}

std::string json_events::path_of(test_index test) const
{
    return valid_utf8(tests_->at(test).test.path);
}

void json_events::run_started(run_overview const& overview)
{
    tests_ = overview.tests;
    selected_ = overview.selected;
    write("run_started", {{"uuid", valid_utf8(overview.uuid)},
                          {"machine", valid_utf8(overview.machine)},
                          {"command", database::to_json(overview.command)},
                          {"worker_kind", kind_of(overview.kind)},
                          {"why_not_better", valid_utf8(overview.why_not_better)},
                          {"workers", overview.workers},
                          {"distribution", valid_utf8(overview.distribution)},
                          {"started", database::utc_time_text(overview.started)},
                          {"collected", tests_->size()},
                          {"selected", selected_.size()},
                          {"total", overview.total}});
}

void json_events::worker_started(worker_index worker, ::pid_t pid)
{
    write("worker_started", {{"worker", worker_name(worker)}, {"pid", pid}});
}

void json_events::test_started(worker_index worker, test_index test, std::int64_t attempt)
{
    write("test_started", {{"worker", worker_name(worker)}, {"test", path_of(test)}, {"attempt", attempt}});
}

void json_events::attempt_finished(attempt_result const& attempt)
{
    auto const& test = tests_->at(attempt.test).test;
    write("attempt_finished", {{"worker", worker_name(attempt.worker)},
                               {"test", valid_utf8(test.path)},
                               {"defined_at", to_json(source_place{test.file, test.line})},
                               {"attempt", attempt.attempt},
                               {"outcome", database::to_string(attempt.outcome)},
                               {"is_retried", attempt.is_retried},
                               {"started", database::utc_time_text(attempt.started)},
                               {"duration_ns", attempt.duration.count()},
                               {"assertions", attempt.assertions},
                               {"failed_assertions", attempt.failed_assertions},
                               {"reason", valid_utf8(attempt.reason)},
                               {"last_checkpoint", to_json(attempt.last_checkpoint)},
                               {"messages", to_json(attempt.messages)},
                               {"output", valid_utf8(attempt.output)},
                               {"output_bytes", attempt.output_size},
                               {"remarks", database::to_json(attempt.remarks)}});
}

void json_events::worker_lost(worker_index worker, std::string const& why)
{
    write("worker_lost", {{"worker", worker_name(worker)}, {"why", valid_utf8(why)}});
}

void json_events::failed_outside_tests(worker_index worker, std::string const& text)
{
    write("failed_outside_tests", {{"worker", worker_name(worker)}, {"text", valid_utf8(text)}});
}

void json_events::notice(std::string const& text)
{
    write("notice", {{"text", valid_utf8(text)}});
}

void json_events::run_finished(run_result const& result)
{
    json::array not_run;
    for (std::size_t i = 0; i < std::min(selected_.size(), result.verdicts.size()); ++i) {
        if (result.verdicts[i] == verdict::not_run) {
            not_run.emplace_back(path_of(selected_[i]));
        }
    }
    json::array passed_alone;
    for (auto const test : result.passed_alone) {
        passed_alone.emplace_back(path_of(test));
    }
    write("run_finished", {{"end", to_string(result.end)},
                           {"trouble", valid_utf8(result.trouble)},
                           {"failed_outside_tests", result.failed_outside_tests},
                           {"wall_time_ns", result.wall_time.count()},
                           {"counts", counts_of(result.verdicts)},
                           {"not_run", std::move(not_run)},
                           {"passed_alone", std::move(passed_alone)},
                           {"worker_restarts", result.worker_restarts}});
}

} // namespace testmon::runner
