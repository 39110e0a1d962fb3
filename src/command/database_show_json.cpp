// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "database_show_json.hpp"

#include "../database/utf8.hpp"

#include "database_json.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace testmon::command
{

namespace
{

namespace json = boost::json;

json::object runs_json(show_request const& request, environment_report const& report)
{
    json::array items;
    for (std::size_t i = 0; i < std::min(request.limit, report.runs.size()); ++i) {
        items.emplace_back(to_json(report.runs[i]));
    }
    return {{"total", report.runs.size()}, {"items", std::move(items)}};
}

json::object tests_json(show_request const& request, environment_report const& report, section which)
{
    auto const tests = tests_of(report, which);
    json::array items;
    for (std::size_t i = 0; i < std::min(request.limit, tests.size()); ++i) {
        items.emplace_back(to_json(*tests[i]));
    }
    return {{"total", tests.size()}, {"items", std::move(items)}};
}

json::object environment_json(show_request const& request, environment_report const& report)
{
    auto result = to_json(report.environment);
    auto const is_wanted = [&](section which) { return !request.what || request.what == which; };
    if (!request.what) {
        result["tests"] = {{"total", report.tests.size()}};
    }
    if (is_wanted(section::runs)) {
        result["runs"] = runs_json(request, report);
    }
    for (auto const& [which, key] :
         {std::pair(section::slowest, "slowest"), std::pair(section::failing, "failing"),
          std::pair(section::flaky, "flaky"), std::pair(section::never_run, "never_run")}) {
        if (is_wanted(which)) {
            result[key] = tests_json(request, report, which);
        }
    }
    if (request.what == section::tests) {
        result["tests"] = tests_json(request, report, section::tests);
    }
    return result;
}

} // namespace

json::value show_json(show_request const& request, std::vector<environment_report> const& reports)
{
    json::array environments;
    for (auto const& report : reports) {
        environments.emplace_back(environment_json(request, report));
    }
    return {{"file", database::valid_utf8(request.file.native())},
            {"history", request.history == unbounded ? json::value() : json::value(request.history)},
            {"environments", std::move(environments)}};
}

} // namespace testmon::command
