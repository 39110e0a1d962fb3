// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_RUNNER_SCHEDULE_SAMPLES_HPP
#define TESTMON_TEST_RUNNER_SCHEDULE_SAMPLES_HPP

#include "runner/distribution.hpp"
#include "runner/schedule.hpp"

#include <chrono>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace testmon::test
{

using batch = std::vector<runner::test_index>;
using strings = std::vector<std::string>;

constexpr runner::distribution every_mode[] = {
    runner::distribution::worksteal, runner::distribution::load,      runner::distribution::loadsuite,
    runner::distribution::loadfile,  runner::distribution::loadgroup, runner::distribution::each};

inline runner::test_item unknown(std::string path)
{
    runner::test_item result;
    auto const slash = path.rfind('/');
    result.test.suite = slash == std::string::npos ? "" : path.substr(0, slash);
    result.test.path = std::move(path);
    return result;
}

inline runner::test_item known(std::string path, std::chrono::nanoseconds expected)
{
    auto result = unknown(std::move(path));
    result.expected = expected;
    result.last_outcome = database::outcome::passed;
    return result;
}

inline runner::test_item failed(std::string path, std::chrono::nanoseconds expected)
{
    auto result = known(std::move(path), expected);
    result.last_outcome = database::outcome::failed;
    return result;
}

inline runner::test_item depending(runner::test_item item, strings on)
{
    item.test.depends_on = std::move(on);
    return item;
}

inline runner::test_item labelled(runner::test_item item, strings labels)
{
    item.test.labels = std::move(labels);
    return item;
}

inline runner::test_item in_fixture(runner::test_item item, std::string suite)
{
    item.fixture_suite = std::move(suite);
    return item;
}

inline batch from_to(runner::test_index first, runner::test_index end)
{
    batch result(end - first);
    std::iota(result.begin(), result.end(), first);
    return result;
}

inline batch all_of(std::vector<runner::test_item> const& tests)
{
    return from_to(0, static_cast<runner::test_index>(tests.size()));
}

inline void finish(runner::schedule& tested, runner::worker_index worker, batch const& tests,
                   std::chrono::nanoseconds duration = std::chrono::milliseconds(1))
{
    for (auto const test : tests) {
        tested.started(worker, test);
        tested.finished(worker, test, duration);
    }
}

/// What one worker gets to run, as "a b | c": a and b in one batch, then c.
inline std::string run_by_one(runner::schedule& tested, std::vector<runner::test_item> const& tests)
{
    std::string result;
    for (auto taken = tested.take(0); !taken.empty(); taken = tested.take(0)) {
        result += result.empty() ? "" : " |";
        for (auto const test : taken) {
            result += (result.empty() ? "" : " ") + tests[test].test.path;
        }
        finish(tested, 0, taken);
    }
    return result;
}

} // namespace testmon::test

#endif
