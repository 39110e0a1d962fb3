// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "grouping.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <numeric>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace testmon::runner
{

namespace
{

using std::chrono::nanoseconds;

// A place in the order. Behind these come tests that are not in the order, through which others may depend on
// each other, and then nodes that stand for what is depended on: a suite that many depend on has an edge to
// each of its tests only once.
using node = std::uint32_t;

class dependency_graph
{
  public:
    dependency_graph(std::vector<test_item> const& tests, std::vector<test_index> const& order)
        : test_nodes_(static_cast<node>(order.size()))
    {
        auto const all = with_other_dependents(tests, order);
        needs_.resize(all.size());
        std::unordered_map<std::string_view, node> targets;
        for (node i = 0; i < all.size(); ++i) {
            for (auto const& path : tests[all[i]].test.depends_on) {
                auto const [target, is_new] = targets.try_emplace(path, static_cast<node>(needs_.size()));
                if (is_new) {
                    needs_.emplace_back();
                }
                needs_[i].push_back(target->second);
            }
        }
        if (targets.empty()) {
            return;
        }
        for (node i = 0; i < all.size(); ++i) {
            std::string_view const path = tests[all[i]].test.path;
            for (std::size_t end = 0; end != path.size();) {
                end = std::min(path.find('/', end + 1), path.size());
                if (auto const target = targets.find(path.substr(0, end)); target != targets.end()) {
                    needs_[target->second].push_back(i);
                }
            }
        }
    }

    std::vector<std::vector<node>> const& needs() const { return needs_; }

    // The places in the order, each after those it depends on, otherwise as they are. Of a cycle, one goes
    // first.
    std::vector<node> dependencies_first() const
    {
        std::vector<node> result;
        std::vector<std::size_t> next_need(needs_.size(), 0);
        std::vector<bool> seen(needs_.size());
        std::vector<node> path; // not recursion: a chain can be as long as there are tests
        auto const enter = [&](node which) {
            if (!seen[which]) {
                seen[which] = true;
                path.push_back(which);
            }
        };
        for (node i = 0; i < test_nodes_; ++i) {
            for (enter(i); !path.empty();) {
                auto const at = path.back();
                if (next_need[at] != needs_[at].size()) {
                    enter(needs_[at][next_need[at]++]);
                    continue;
                }
                if (at < test_nodes_) {
                    result.push_back(at);
                }
                path.pop_back();
            }
        }
        return result;
    }

  private:
    static std::vector<test_index> with_other_dependents(std::vector<test_item> const& tests,
                                                         std::vector<test_index> const& order)
    {
        std::vector<bool> is_in_order(tests.size());
        for (auto const test : order) {
            is_in_order[test] = true;
        }
        auto result = order;
        for (test_index i = 0; i < tests.size(); ++i) {
            if (!is_in_order[i] && !tests[i].test.depends_on.empty()) {
                result.push_back(i);
            }
        }
        return result;
    }

    node test_nodes_;
    std::vector<std::vector<node>> needs_{};
};

class disjoint_sets
{
  public:
    explicit disjoint_sets(std::size_t size) : parents_(size)
    {
        std::iota(parents_.begin(), parents_.end(), node(0));
    }

    node find(node which)
    {
        while (parents_[which] != which) {
            which = parents_[which] = parents_[parents_[which]];
        }
        return which;
    }

    void unite(node a, node b) { parents_[find(a)] = find(b); }

  private:
    std::vector<node> parents_;
};

// What the tests on one worker have in common; none: the test can run on any.
std::optional<std::string_view> key_of(database::test_record const& test, distribution mode)
{
    auto const unless_empty = [](std::string_view text) {
        return text.empty() ? std::nullopt : std::optional(text);
    };
    if (mode == distribution::loadsuite) {
        return unless_empty(test.suite);
    }
    if (mode == distribution::loadfile) {
        return unless_empty(test.file);
    }
    if (mode == distribution::loadgroup) {
        for (std::string_view const label : test.labels) {
            for (std::string_view const prefix : {"group:", "xdist_group:"}) {
                if (label.substr(0, prefix.size()) == prefix) {
                    return label.substr(prefix.size());
                }
            }
        }
    }
    return std::nullopt;
}

// What must not be torn apart, in the order of the first test of each.
std::vector<test_group> indivisible_groups(std::vector<test_item> const& tests,
                                           std::vector<test_index> const& order, distribution mode)
{
    dependency_graph const graph(tests, order);
    disjoint_sets sets(graph.needs().size());
    for (node i = 0; i < graph.needs().size(); ++i) {
        for (auto const other : graph.needs()[i]) {
            sets.unite(i, other);
        }
    }
    std::unordered_map<std::string_view, node> first_of_key;
    for (node i = 0; i < order.size(); ++i) {
        if (auto const key = key_of(tests[order[i]].test, mode)) {
            sets.unite(i, first_of_key.try_emplace(*key, i).first->second);
        }
    }

    std::vector<test_group> result;
    std::vector<std::optional<std::size_t>> group_of(graph.needs().size());
    for (auto const i : graph.dependencies_first()) {
        auto& group = group_of[sets.find(i)];
        if (!group) {
            group = result.size();
            result.emplace_back();
        }
        auto const& test = tests[order[i]].test;
        result[*group].tests.push_back(order[i]);
        if (!test.labels.empty()) {
            result[*group].needs.add(claim_of(test));
        }
    }
    return result;
}

// ---- Fixtures ----

// Tests that never ran count as the others do on average, or all alike.
class expected_times
{
  public:
    expected_times(std::vector<test_item> const& tests, std::vector<test_index> const& order) : tests_(tests)
    {
        nanoseconds known(0);
        std::int64_t count = 0;
        for (auto const test : order) {
            known += tests[test].expected.value_or(nanoseconds(0));
            count += tests[test].expected ? 1 : 0;
        }
        unknown_ = count != 0 ? known / count : nanoseconds(1);
        total_ = known + unknown_ * (static_cast<std::int64_t>(order.size()) - count);
    }

    nanoseconds total() const { return total_; }

    nanoseconds of(test_group const& group) const
    {
        nanoseconds sum(0);
        for (auto const test : group.tests) {
            sum += tests_[test].expected.value_or(unknown_);
        }
        return sum;
    }

  private:
    std::vector<test_item> const& tests_;
    nanoseconds unknown_{};
    nanoseconds total_{};
};

// One group, unless it is so long that other workers would wait for the one that has it: then as few as are
// short enough.
std::vector<test_group> join(std::vector<test_group> parts, expected_times const& times,
                             std::uint32_t workers)
{
    nanoseconds total(0);
    for (auto const& part : parts) {
        total += times.of(part);
    }
    auto const longest = workers == 1 ? times.total() : times.total() / (2 * workers);
    auto const pieces = longest.count() == 0 ? 1 : (total.count() + longest.count() - 1) / longest.count();

    std::vector<test_group> result(1);
    nanoseconds so_far(0);
    for (auto& part : parts) {
        auto const next_piece = static_cast<std::int64_t>(result.size());
        if (!result.back().tests.empty() && so_far >= total / pieces * next_piece && next_piece < pieces) {
            result.emplace_back();
        }
        so_far += times.of(part);
        auto& group = result.back().tests;
        group.insert(group.end(), part.tests.begin(), part.tests.end());
    }
    return result;
}

// Those that claim something stay as they are: nobody else shall wait for it longer than need be.
std::vector<test_group> join_by_fixture(std::vector<test_group> groups, std::vector<test_item> const& tests,
                                        std::vector<test_index> const& order, std::uint32_t workers)
{
    std::vector<std::vector<test_group>> parts; // of those with one fixture, at the place of the first
    std::unordered_map<std::string_view, std::size_t> place_of_fixture;
    for (auto& group : groups) {
        std::string_view const fixture = tests[group.tests.front()].fixture_suite;
        auto place = parts.size();
        if (!fixture.empty() && group.needs.locks.empty() && group.needs.slots == 1) {
            place = place_of_fixture.try_emplace(fixture, place).first->second;
        }
        if (place == parts.size()) {
            parts.emplace_back();
        }
        parts[place].push_back(std::move(group));
    }

    std::vector<test_group> result;
    expected_times const times(tests, order);
    for (auto& of_one_fixture : parts) {
        if (of_one_fixture.size() == 1) {
            result.push_back(std::move(of_one_fixture.front()));
            continue;
        }
        for (auto& group : join(std::move(of_one_fixture), times, workers)) {
            result.push_back(std::move(group));
        }
    }
    return result;
}

// ---- Urgency ----

// What failed is what one waits for. What never ran may turn out to be long; of the others, the longest first
// leaves the short ones to even out the end. Those that are so short that it makes no difference stay in the
// order of their declaration: to go from suite to suite costs more than they take.
std::tuple<int, nanoseconds> urgency_of(test_group const& group, std::vector<test_item> const& tests)
{
    constexpr nanoseconds negligible = std::chrono::milliseconds(1);
    bool has_failed = false;
    bool is_known = true;
    nanoseconds expected(0);
    for (auto const test : group.tests) {
        auto const& item = tests[test];
        has_failed = has_failed || (item.last_outcome && is_failure(*item.last_outcome));
        is_known = is_known && item.expected;
        expected += item.expected.value_or(nanoseconds(0));
    }
    return {has_failed ? 0 : is_known ? 2 : 1, expected < negligible ? nanoseconds(0) : -expected};
}

} // namespace

std::vector<test_group> group_tests(std::vector<test_item> const& tests, std::vector<test_index> const& order,
                                    schedule_settings const& settings)
{
    auto groups =
        join_by_fixture(indivisible_groups(tests, order, settings.mode), tests, order, settings.workers);
    if (settings.keep_order) {
        return groups;
    }
    std::vector<std::tuple<std::tuple<int, nanoseconds>, std::size_t>> keys;
    keys.reserve(groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
        keys.emplace_back(urgency_of(groups[i], tests), i);
    }
    std::sort(keys.begin(), keys.end());
    std::vector<test_group> result;
    result.reserve(groups.size());
    for (auto const& [urgency, place] : keys) {
        result.push_back(std::move(groups[place]));
    }
    return result;
}

} // namespace testmon::runner
