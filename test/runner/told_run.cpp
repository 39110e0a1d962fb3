// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "told_run.hpp"

#include "support/foreign_state.hpp"
#include "support/supervised.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace testmon::test
{

namespace
{

constexpr char events_name[] = "events.json";
constexpr char record_name[] = "record";

std::vector<std::string> words_of(std::vector<std::string> const& options,
                                  std::vector<std::string> const& program,
                                  boost::filesystem::path const& events)
{
    std::vector<std::string> words{"run", "--json=" + events.native()};
    words.insert(words.end(), options.begin(), options.end());
    words.emplace_back("--");
    words.insert(words.end(), program.begin(), program.end());
    return words;
}

} // namespace

std::vector<std::string> const sample_kinds{"preloaded", "linked", "batches", "linked_whole"};
std::vector<std::string> const distributions{"worksteal", "load",      "loadsuite",
                                             "loadfile",  "loadgroup", "each"};

std::string sample_program(std::string const& name, std::string const& kind)
{
    return std::string(TESTMON_SAMPLE_DIR) + "/sample_" + name + '_' + kind;
}

std::map<std::string, std::string> told_run::outcomes() const
{
    std::map<std::string, std::string> result;
    for (auto const& event : all("attempt_finished")) {
        result[event.at("test").as_string().c_str()] = event.at("outcome").as_string().c_str();
    }
    return result;
}

std::size_t told_run::attempts_of(std::string const& test) const
{
    std::size_t count = 0;
    for (auto const& event : all("attempt_finished")) {
        count += event.at("test").as_string() == test ? 1 : 0;
    }
    return count;
}

boost::json::object told_run::attempt(std::string const& test) const
{
    auto const attempts = all("attempt_finished");
    for (auto i = attempts.rbegin(); i != attempts.rend(); ++i) {
        if (i->at("test").as_string() == test) {
            return *i;
        }
    }
    throw std::runtime_error("no attempt of " + test + " has ended");
}

std::vector<boost::json::object> told_run::all(std::string const& event) const
{
    std::vector<boost::json::object> result;
    for (auto const& one : events) {
        if (one.at("event").as_string() == event) {
            result.push_back(one);
        }
    }
    return result;
}

boost::json::object told_run::end() const
{
    if (events.empty() || events.back().at("event").as_string() != "run_finished") {
        throw std::runtime_error("the run has not told its end: " + output + errors);
    }
    return events.back();
}

std::string told_run::run_id() const
{
    auto const started = all("run_started");
    return started.empty() ? "" : started.front().at("uuid").as_string().c_str();
}

std::ostream& operator<<(std::ostream& out, told_run const& run)
{
    return out << "exit code " << run.status.code << ", signal " << run.status.signal << ", output:\n"
               << run.output << "\nerrors:\n"
               << run.errors;
}

std::vector<std::string> run_place::recorded() const
{
    std::ifstream in(file(record_name).native());
    std::vector<std::string> result;
    for (std::string line; std::getline(in, line);) {
        result.push_back(line);
    }
    return result;
}

bool run_place::has_recorded(std::string const& line) const
{
    auto const lines = recorded();
    return std::find(lines.begin(), lines.end(), line) != lines.end();
}

std::map<std::string, std::size_t> run_place::times_recorded() const
{
    std::map<std::string, std::size_t> result;
    for (auto const& line : recorded()) {
        ++result[line];
    }
    return result;
}

void run_place::forget_recorded() const
{
    boost::filesystem::remove(file(record_name));
}

runner::test_report run_place::run_serially(std::string const& program, std::vector<std::string> arguments,
                                            child_options const& how) const
{
    auto const report = file("report.xml");
    arguments.insert(arguments.end(),
                     {"--report_format=XML", "--report_level=detailed", "--report_sink=" + report.native()});
    run_process(program, arguments, how);
    return runner::parse_test_report(text_of(report));
}

child_process run_place::start(std::vector<std::string> const& options,
                               std::vector<std::string> const& program, child_options how) const
{
    boost::filesystem::remove(file(events_name));
    how.environment.emplace("SAMPLE_RECORD", file(record_name).native());
    if (how.working_directory.empty()) {
        how.working_directory = path();
    }
    return {TESTMON_COMMAND_PROGRAM, words_of(options, program, file(events_name)), how};
}

told_run run_place::run(std::vector<std::string> const& options, std::vector<std::string> const& program,
                        child_options how) const
{
    auto process = start(options, program, std::move(how));
    auto const status = process.wait();
    auto result = told();
    result.status = status;
    result.output = process.output();
    result.errors = process.errors();
    return result;
}

told_run run_place::told() const
{
    told_run result;
    if (!boost::filesystem::exists(file(events_name))) {
        return result;
    }
    std::istringstream lines(text_of(file(events_name)));
    for (std::string line; std::getline(lines, line) && !lines.eof();) { // the last may be half a one
        result.events.push_back(boost::json::parse(line).as_object());
    }
    return result;
}

std::vector<int> processes_of_run(std::string const& run_id)
{
    std::vector<int> result;
    auto const wanted = "TESTMON_XDIST_RUN_ID=" + run_id;
    for (boost::filesystem::directory_iterator at("/proc"), end; at != end; ++at) {
        auto const name = at->path().filename().native();
        if (name.find_first_not_of("0123456789") != std::string::npos) {
            continue;
        }
        std::ifstream in((at->path() / "environ").native(), std::ios::binary);
        std::string const environment{std::istreambuf_iterator<char>(in), {}};
        auto const pid = std::stoi(name);
        // A zombie has no environment any more.
        if (environment.find(wanted) != std::string::npos && is_running(pid)) {
            result.push_back(pid);
        }
    }
    return result;
}

} // namespace testmon::test
