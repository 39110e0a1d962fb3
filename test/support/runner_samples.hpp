// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_RUNNER_SAMPLES_HPP
#define TESTMON_TEST_SUPPORT_RUNNER_SAMPLES_HPP

#include "runner/attempt.hpp"
#include "runner/run_listener.hpp"
#include "runner/test_item.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace testmon::test
{

/// A list of tests as a run has it: "a/first", "a/second", "a/b/third", "alone" and "a/crash"; test number i
/// is defined in line 10 * (i + 1) of tests.cpp.
inline std::vector<runner::test_item> sample_items()
{
    std::vector<runner::test_item> result;
    for (auto const* path : {"a/first", "a/second", "a/b/third", "alone", "a/crash"}) {
        auto& item = result.emplace_back();
        item.test.path = path;
        auto const slash = item.test.path.rfind('/');
        item.test.suite = slash == std::string::npos ? "" : item.test.path.substr(0, slash);
        item.test.file = "tests.cpp";
        item.test.line = 10 * static_cast<std::int64_t>(result.size());
    }
    return result;
}

/// All of them run, on two workers.
inline runner::run_overview sample_overview(std::vector<runner::test_item> const& items)
{
    using namespace std::chrono_literals;
    runner::run_overview result;
    result.uuid = "0a1b";
    result.machine = "host";
    result.started = database::timestamp(1'700'000'000s);
    result.command = {"/path/to/my_tests", "--arg"};
    result.workers = 2;
    result.distribution = "worksteal";
    result.tests = &items;
    for (runner::test_index i = 0; i < items.size(); ++i) {
        result.selected.push_back(i);
    }
    result.total = items.size();
    return result;
}

inline runner::attempt_result sample_attempt(runner::test_index test,
                                             database::outcome outcome = database::outcome::passed)
{
    using namespace std::chrono_literals;
    runner::attempt_result result;
    result.test = test;
    result.worker = 1;
    result.outcome = outcome;
    result.duration = 12345us;
    result.started = database::timestamp(1'700'000'001s);
    return result;
}

/// One that failed by the check in line 12.
inline runner::attempt_result sample_failure(runner::test_index test)
{
    auto result = sample_attempt(test, database::outcome::failed);
    runner::log_message message;
    message.place = {"tests.cpp", 12};
    message.text = "check x == y has failed [1 != 2]";
    result.messages.push_back(message);
    return result;
}

/// One that was killed after the checkpoint in line 41.
inline runner::attempt_result sample_crash(runner::test_index test)
{
    auto result = sample_attempt(test, database::outcome::crashed);
    result.reason = "killed by signal 11 (Segmentation fault)";
    result.last_checkpoint = {"tests.cpp", 41};
    return result;
}

} // namespace testmon::test

#endif
