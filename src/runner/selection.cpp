// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "selection.hpp"

#include "../xdist_coordination/run_errors.hpp"
#include "run_filter.hpp"
#include "test_dependencies.hpp"
#include "whole_number.hpp"

#include <testmon/database/outcome.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <queue>
#include <random>
#include <stdexcept>
#include <utility>

namespace testmon::runner
{

namespace
{

using xdist_coordination::printable;

bool has_failed(test_item const& item)
{
    return item.last_outcome && database::is_failure(*item.last_outcome);
}

std::size_t count_of(std::vector<bool> const& marks)
{
    return static_cast<std::size_t>(std::count(marks.begin(), marks.end(), true));
}

std::string tests_text(std::size_t count)
{
    return std::to_string(count) + (count == 1 ? " test" : " tests");
}

// ---- By history ----

std::vector<bool> choose_by_history(std::vector<test_item> const& tests, std::vector<bool> const& candidates,
                                    selection_settings const& settings, test_dependencies const& dependencies,
                                    std::vector<std::string>& notices)
{
    if (!settings.last_failed && !settings.only_new) {
        return candidates;
    }
    std::vector<bool> chosen(tests.size());
    for (std::size_t i = 0; i < tests.size(); ++i) {
        chosen[i] = candidates[i] && ((settings.last_failed && has_failed(tests[i])) ||
                                      (settings.only_new && !tests[i].last_outcome));
    }
    auto const count = count_of(chosen);
    if (count == 0) {
        if (!settings.only_new) {
            notices.emplace_back("none of these tests failed when it ran last: all of them run");
            return candidates;
        }
        notices.emplace_back(settings.last_failed
                                 ? "none of these tests failed when it ran last, and none is new"
                                 : "none of these tests is new");
        return chosen;
    }
    auto result = dependencies.with_dependencies(chosen, candidates);
    if (auto const more = count_of(result) - count; more != 0) {
        notices.push_back(tests_text(more) + " more: others depend on " + (more == 1 ? "it" : "them"));
    }
    return result;
}

// ---- Shards ----

// Which shard each of the chosen tests is in, from 0. Of a group that has to stay together the longest goes
// first, each to the shard that has least (Graham's LPT: at most a third longer than the best division).
std::vector<std::uint32_t> divide(std::vector<test_item> const& tests, std::vector<bool> const& chosen,
                                  std::uint32_t total, shard_balance balance,
                                  test_dependencies const& dependencies)
{
    using weight = std::uint64_t;
    weight sum = 0;
    weight known = 0;
    auto const duration_of = [&](test_item const& item) -> std::optional<weight> {
        if (balance == shard_balance::count || !item.expected) {
            return std::nullopt;
        }
        return static_cast<weight>(std::max<std::int64_t>(item.expected->count(), 0));
    };
    for (std::size_t i = 0; i < tests.size(); ++i) {
        if (auto const duration = duration_of(tests[i]); chosen[i] && duration) {
            sum += *duration;
            ++known;
        }
    }
    auto const of_unknown = known == 0 ? 1 : sum / known;

    // By duration, then by number: tests that take no time at all are shared out, too.
    using load = std::pair<weight, std::size_t>;
    auto const groups = dependencies.groups();
    std::map<test_index, load> loads;
    for (std::size_t i = 0; i < tests.size(); ++i) {
        if (chosen[i]) {
            auto& [duration, count] = loads[groups[i]];
            duration += duration_of(tests[i]).value_or(of_unknown);
            ++count;
        }
    }
    std::vector<std::pair<test_index, load>> longest_first(loads.begin(), loads.end());
    std::stable_sort(longest_first.begin(), longest_first.end(),
                     [](auto const& a, auto const& b) { return a.second > b.second; });

    // Only as many shards as there are groups can get one.
    using loaded_shard = std::pair<load, std::uint32_t>;
    std::priority_queue<loaded_shard, std::vector<loaded_shard>, std::greater<>> least_first;
    for (std::uint32_t i = 0; i < std::min<std::size_t>(total, longest_first.size()); ++i) {
        least_first.emplace(load{}, i);
    }
    std::vector<std::uint32_t> result(tests.size());
    for (auto const& [group, size] : longest_first) {
        auto [least, index] = least_first.top();
        least_first.pop();
        least.first += size.first;
        least.second += size.second;
        least_first.emplace(least, index);
        result[group] = index;
    }
    for (std::size_t i = 0; i < tests.size(); ++i) {
        result[i] = result[groups[i]];
    }
    return result;
}

// FNV-1a, by Fowler, Noll and Vo: it only has to tell an accident.
class checksum
{
  public:
    void add(std::string_view text)
    {
        for (char const c : text) {
            value_ = (value_ ^ static_cast<unsigned char>(c)) * 0x01000193U;
        }
        value_ = value_ * 0x01000193U; // a byte 0: it ends the text
    }

    std::string text() const
    {
        constexpr std::array<char, 16> digits{'0', '1', '2', '3', '4', '5', '6', '7',
                                              '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
        constexpr unsigned bits = 32;
        std::string result;
        for (unsigned shift = bits; shift != 0; shift -= 4) {
            result += digits[value_ >> (shift - 4) & 0xFU];
        }
        return result;
    }

  private:
    std::uint32_t value_ = 0x811c9dc5U;
};

std::vector<bool> choose_shard(std::vector<test_item> const& tests, std::vector<bool> const& candidates,
                               shard part, shard_balance balance, test_dependencies const& dependencies,
                               std::vector<std::string>& notices)
{
    if (part.index == 0 || part.index > part.total || part.total > most_shards) {
        throw std::invalid_argument("there is no shard " + std::to_string(part.index) + "/" +
                                    std::to_string(part.total));
    }
    auto const shards = divide(tests, candidates, part.total, balance, dependencies);
    std::vector<bool> result(tests.size());
    checksum division;
    for (std::size_t i = 0; i < tests.size(); ++i) {
        if (candidates[i]) {
            result[i] = shards[i] + 1 == part.index;
            division.add(tests[i].test.path);
            division.add(std::to_string(shards[i]));
        }
    }
    notices.push_back("shard " + std::to_string(part.index) + "/" + std::to_string(part.total) + " has " +
                      std::to_string(count_of(result)) + " of " + tests_text(count_of(candidates)) +
                      "; division " + division.text() + ", which must be the same in all shards");
    return result;
}

// ---- Order ----

// The distributions of the standard library differ from one to the next, the engine does not.
void shuffle(std::vector<test_index>& order, std::uint64_t seed)
{
    std::mt19937_64 engine(seed);
    for (auto count = order.size(); count > 1; --count) {
        // One of 0 ... count - 1: of as many bits as the largest has, drawn again if they make more.
        std::uint64_t mask = count - 1;
        for (unsigned shift = 1; shift < 64; shift *= 2) {
            mask |= mask >> shift;
        }
        std::uint64_t drawn = engine() & mask;
        while (drawn >= count) {
            drawn = engine() & mask;
        }
        std::swap(order[count - 1], order[drawn]);
    }
}

} // namespace

order_choice parse_order(std::string_view text)
{
    constexpr std::string_view random = "random";
    if (text == "declared") {
        return {test_order::declared, std::nullopt};
    }
    if (text == "history") {
        return {test_order::history, std::nullopt};
    }
    if (text == random) {
        return {test_order::random, std::nullopt};
    }
    if (text.substr(0, random.size() + 1) == "random:") {
        if (auto const seed = whole_number<std::uint64_t>(text.substr(random.size() + 1))) {
            return {test_order::random, seed};
        }
    }
    throw std::invalid_argument("the order is \"" + printable(text) +
                                "\"; allowed is declared, history, random or random:SEED, with a SEED from 0 "
                                "to 18446744073709551615");
}

shard parse_shard(std::string_view text)
{
    auto const slash = std::min(text.find('/'), text.size());
    auto const index = whole_number<std::uint32_t>(text.substr(0, slash));
    auto const total = whole_number<std::uint32_t>(text.substr(std::min(slash + 1, text.size())));
    if (!index || !total || *index == 0 || *index > *total || *total > most_shards) {
        throw std::invalid_argument("the shard is \"" + printable(text) +
                                    "\"; allowed is I/N, with an N from 1 to " + std::to_string(most_shards) +
                                    " and an I from 1 to N");
    }
    return {*index, *total};
}

namespace
{

std::string why_filters_leave_none(std::size_t tests, std::vector<std::string> const& filters)
{
    if (tests == 0) {
        return "it has no tests";
    }
    if (filters.empty()) {
        return "all of its " + tests_text(tests) + (tests == 1 ? " is" : " are") + " disabled";
    }
    std::string result = "none of its " + tests_text(tests) + " is selected by";
    for (auto const& filter : filters) {
        result += " -t " + printable(filter);
    }
    return result;
}

} // namespace

selection plan_tests(std::vector<test_item> const& tests, selection_settings const& settings)
{
    selection result;
    test_dependencies const dependencies(tests);
    auto chosen = apply_run_filters(tests, settings.run_test);
    auto before = count_of(chosen);
    if (before == 0) {
        result.why_empty = why_filters_leave_none(tests.size(), settings.run_test);
    }
    chosen = choose_by_history(tests, chosen, settings, dependencies, result.notices);
    if (before != 0 && count_of(chosen) == 0) {
        result.why_empty = "none of " + tests_text(before) + " is new";
    }
    if (settings.part) {
        before = count_of(chosen);
        chosen = choose_shard(tests, chosen, *settings.part, settings.balance, dependencies, result.notices);
        if (before != 0 && count_of(chosen) == 0) {
            result.why_empty = "this shard has none of " + tests_text(before);
        }
    }
    auto& order = result.plan.order;
    std::vector<bool> failed(tests.size());
    for (std::size_t i = 0; i < tests.size(); ++i) {
        if (chosen[i]) {
            order.push_back(static_cast<test_index>(i));
            failed[i] = has_failed(tests[i]);
        }
    }
    result.plan.keep_order = settings.order != test_order::history;
    if (settings.order == test_order::random) {
        shuffle(order, settings.seed);
    }
    if (settings.failed_first) {
        std::stable_partition(order.begin(), order.end(), [&](test_index one) { return failed[one]; });
    }
    order = dependencies.dependencies_first(order);
    return result;
}

} // namespace testmon::runner
