// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "database_records.hpp"

#include <algorithm>
#include <unordered_map>

namespace testmon::command
{

namespace
{

template <class Function, class... Arguments>
void call(Function const& function, Arguments const&... arguments)
{
    if (function) {
        function(arguments...);
    }
}

} // namespace

record_counts for_each_record(database::queries const& database, record_visitor const& visit)
{
    record_counts counts;
    for (auto const& environment : database.environments()) {
        // The runs before the tests: a test is registered no later than the run that executes it.
        auto runs = database.runs(environment.id);
        std::reverse(runs.begin(), runs.end());
        call(visit.environment, environment);
        for (auto const& run : runs) {
            call(visit.run, run);
        }
        std::unordered_map<std::int64_t, database::test_record> tests;
        database.for_each_test(environment.id, [&](database::stored_test const& one) {
            call(visit.test, environment, one);
            tests.emplace(one.id, one.test);
        });
        for (auto const& run : runs) {
            database.for_each_execution(run.id, [&](database::execution const& execution) {
                auto const test = tests.find(execution.test_id);
                if (test == tests.end()) {
                    return; // registered and recorded since the tests were read
                }
                call(visit.execution, full_execution{environment, run, test->second, execution});
                ++counts.executions;
            });
        }
        ++counts.environments;
        counts.runs += static_cast<std::int64_t>(runs.size());
        counts.tests += static_cast<std::int64_t>(tests.size());
    }
    return counts;
}

} // namespace testmon::command
