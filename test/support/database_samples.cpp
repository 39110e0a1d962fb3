// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/database_samples.hpp"

#include <chrono>

namespace testmon::test
{

std::vector<database::test_record> sample_tests(std::size_t count)
{
    constexpr std::size_t tests_of_a_suite = 100;
    std::vector<database::test_record> result(count);
    for (std::size_t i = 0; i < count; ++i) {
        auto& test = result[i];
        test.suite = "suite_" + std::to_string(i / tests_of_a_suite);
        test.path = test.suite + "/test_" + std::to_string(i);
        test.file = "/project/test/" + test.suite + ".cpp";
        test.line = static_cast<std::int64_t>(i + 1);
        test.labels = i % 3 == 0 ? std::vector<std::string>{"slow", "net"} : std::vector<std::string>{};
        test.time_limit = std::chrono::seconds(i % 2);
        test.expected_failures = static_cast<std::int64_t>(i % 4);
        test.enabled = i % 5 != 0;
    }
    return result;
}

database::test_record test_at(std::string const& path)
{
    database::test_record result;
    result.path = path;
    return result;
}

std::vector<database::execution> sample_executions(std::vector<std::int64_t> const& test_ids)
{
    std::vector<database::execution> result;
    for (auto const id : test_ids) {
        result.push_back(execution_of(id, database::outcome::passed));
    }
    return result;
}

database::execution execution_of(std::int64_t test_id, database::outcome outcome, std::int64_t attempt)
{
    database::execution result;
    result.test_id = test_id;
    result.outcome = outcome;
    result.attempt = attempt;
    result.duration = std::chrono::microseconds(test_id * 10 + attempt);
    result.assertions = test_id * 2;
    result.worker = "gw" + std::to_string(test_id % 4);
    result.started = database::timestamp(std::chrono::seconds(1'700'000'000 + test_id));
    return result;
}

} // namespace testmon::test
