// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_SELECTION_HPP
#define TESTMON_SRC_RUNNER_SELECTION_HPP

#include "test_item.hpp"
#include "test_run.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::runner
{

enum class test_order {
    declared, ///< as in the list of tests
    history,  ///< that which makes the run shortest: the schedule decides
    random    ///< shuffled by a seed
};

struct order_choice {
    test_order kind = test_order::history;
    std::optional<std::uint64_t> seed{}; ///< of `random`; none: any
};

/// "declared", "history", "random" or "random:SEED". Errors: `std::invalid_argument`.
order_choice parse_order(std::string_view text);

/// A part of the tests: of `total` runs, each of which has one.
struct shard {
    std::uint32_t index = 1; ///< from 1
    std::uint32_t total = 1;

    friend bool operator==(shard a, shard b) noexcept { return a.index == b.index && a.total == b.total; }
    friend bool operator!=(shard a, shard b) noexcept { return !(a == b); }
};

constexpr std::uint32_t most_shards = 1'000'000;

/// "I/N". Errors: `std::invalid_argument`.
shard parse_shard(std::string_view text);

/// What makes shards equal.
enum class shard_balance {
    duration, ///< as long: each test as long as the history says, one that it does not know as the mean
    count     ///< as many tests: whatever the history says
};

struct selection_settings {
    std::vector<std::string> run_test{}; ///< values of Boost.Test's --run_test
    /// Only tests that failed when they ran last. If none did: all. With `only_new`: those, and new ones.
    bool last_failed = false;
    bool failed_first = false; ///< those that failed when they ran last come before all others
    bool only_new = false;     ///< only tests that never ran
    test_order order = test_order::history;
    std::uint64_t seed = 0; ///< of `test_order::random`
    std::optional<shard> part{};
    shard_balance balance = shard_balance::duration;
};

struct selection {
    run_plan plan{};
    std::vector<std::string> notices{}; ///< what the user should know, each on one line
    std::string why_empty{};            ///< why no test is selected, as "all of its 3 tests are disabled"
};

/// Chooses the tests of a run, and their order: first by --run_test, of these by their history, of these the
/// shard's. A test that is chosen by its history brings along those that it depends on, without which
/// Boost.Test would skip it; in an order that is kept it comes behind them.
///
/// Shards: each test is in exactly one of them, and tests that depend on each other or share a fixture of a
/// suite are in the same one. They are made from the list of tests and, for `shard_balance::duration`,
/// `last_failed` and `only_new`, from the history; from nothing else, so that with the same input each
/// machine makes the same. Where each has a history of its own, tests would be missed or run twice: give all
/// the same database, or use `shard_balance::count`. A notice has a checksum that tells.
///
/// Errors: `std::invalid_argument`.
selection plan_tests(std::vector<test_item> const& tests, selection_settings const& settings);

} // namespace testmon::runner

#endif
