// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "database_json.hpp"

#include "../database/test_record_json.hpp"
#include "../database/time_text.hpp"
#include "../database/utf8.hpp"

#include <cstdint>

namespace testmon::command
{

namespace json = boost::json;

json::object to_json(database::environment const& environment)
{
    auto const& what = environment.description;
    return {{"id", environment.id},
            {"name", database::valid_utf8(what.name)},
            {"executable", database::valid_utf8(what.executable)},
            {"compiler", database::valid_utf8(what.compiler)},
            {"standard_library", database::valid_utf8(what.standard_library)},
            {"build_type", database::valid_utf8(what.build_type)},
            {"flags", database::valid_utf8(what.flags)}};
}

json::object to_json(database::run const& run)
{
    return {{"id", run.id},
            {"uuid", database::valid_utf8(run.uuid)},
            {"environment_id", run.environment_id},
            {"machine", database::valid_utf8(run.machine)},
            {"workers", run.workers},
            {"started", database::utc_time_text(run.started)},
            {"ended", run.ended ? json::value(database::utc_time_text(*run.ended)) : json::value()},
            {"collected", run.collected},
            {"passed", run.counts.passed},
            {"failed", run.counts.failed},
            {"crashed", run.counts.crashed},
            {"timed_out", run.counts.timed_out},
            {"skipped", run.counts.skipped}};
}

json::object to_json(database::test_statistics const& test)
{
    json::object result{{"id", test.id}};
    for (auto& [key, value] : to_json(test.test)) {
        result.emplace(key, value);
    }
    auto const if_it_ran = [&](std::int64_t value) {
        return test.never_ran() ? json::value() : json::value(value);
    };
    result["executions"] = test.executions;
    result["failures"] = test.failures;
    result["flips"] = test.flips;
    result["passed_on_retry"] = test.passed_on_retry;
    result["flaky"] = test.is_flaky();
    result["last_outcome"] =
        test.last_outcome ? json::value(database::to_string(*test.last_outcome)) : json::value();
    result["last_run_id"] = if_it_ran(test.last_run_id);
    result["last_duration_ns"] = if_it_ran(test.last_duration.count());
    result["mean_duration_ns"] = if_it_ran(test.mean_duration.count());
    return result;
}

json::object to_json(database::execution const& execution)
{
    return {{"test_id", execution.test_id},
            {"attempt", execution.attempt},
            {"outcome", database::to_string(execution.outcome)},
            {"duration_ns", execution.duration.count()},
            {"assertions", execution.assertions},
            {"worker", database::valid_utf8(execution.worker)},
            {"started", database::utc_time_text(execution.started)}};
}

} // namespace testmon::command
