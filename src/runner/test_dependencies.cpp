// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "test_dependencies.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <utility>

namespace testmon::runner
{

namespace
{

using named_tests = std::vector<std::pair<std::string_view, test_index>>;

named_tests sorted_by_path(std::vector<test_item> const& tests)
{
    named_tests result;
    for (std::size_t i = 0; i < tests.size(); ++i) {
        result.emplace_back(tests[i].test.path, static_cast<test_index>(i));
    }
    std::sort(result.begin(), result.end());
    return result;
}

// The test with this path, or all tests of the suite with it. `sorted`: all tests, by their paths.
std::vector<std::size_t> tests_of(std::string const& path, named_tests const& sorted)
{
    auto const place_of = [&](std::string_view text) {
        return std::lower_bound(sorted.begin(), sorted.end(), text,
                                [](auto const& one, std::string_view other) { return one.first < other; });
    };
    std::vector<std::size_t> result;
    auto const own = place_of(path);
    if (own != sorted.end() && own->first == path) {
        result.push_back(own->second);
    }
    auto const beginning = path + '/';
    for (auto at = place_of(beginning);
         at != sorted.end() && at->first.substr(0, beginning.size()) == beginning; ++at) {
        result.push_back(at->second);
    }
    std::sort(result.begin(), result.end());
    return result;
}

// Of Galler and Fischer: groups that grow together.
class united_groups
{
  public:
    explicit united_groups(std::size_t size) : parents_(size)
    {
        std::iota(parents_.begin(), parents_.end(), std::size_t{0});
    }

    // The first of its group.
    std::size_t first_of(std::size_t one)
    {
        while (parents_[one] != one) {
            parents_[one] = parents_[parents_[one]];
            one = parents_[one];
        }
        return one;
    }

    void unite(std::size_t one, std::size_t other)
    {
        auto const [first, second] = std::minmax({first_of(one), first_of(other)});
        parents_[second] = first;
    }

  private:
    std::vector<std::size_t> parents_;
};

} // namespace

test_dependencies::test_dependencies(std::vector<test_item> const& tests)
    : tests_(tests.size()), edges_(tests.size())
{
    std::map<std::string_view, std::vector<test_index>> suites;
    std::vector<std::size_t> dependent;
    for (std::size_t i = 0; i < tests.size(); ++i) {
        if (!tests[i].fixture_suite.empty()) {
            suites[tests[i].fixture_suite].push_back(static_cast<test_index>(i));
        }
        if (!tests[i].test.depends_on.empty()) {
            dependent.push_back(i);
        }
    }
    for (auto& [path, inner] : suites) {
        fixture_suites_.push_back(std::move(inner));
    }
    auto const sorted = dependent.empty() ? named_tests() : sorted_by_path(tests);
    std::map<std::string_view, node> known;
    for (auto const i : dependent) {
        for (auto const& path : tests[i].test.depends_on) {
            auto const [at, is_new] = known.emplace(path, edges_.size());
            if (is_new) {
                edges_.push_back(tests_of(path, sorted));
            }
            edges_[i].push_back(at->second);
        }
    }
}

std::vector<bool> test_dependencies::with_dependencies(std::vector<bool> const& marked,
                                                       std::vector<bool> const& candidates) const
{
    auto result = marked;
    std::vector<bool> seen(edges_.size());
    std::vector<node> pending;
    for (node i = 0; i < tests_; ++i) {
        if (marked[i]) {
            pending.push_back(i);
        }
    }
    while (!pending.empty()) {
        auto const one = pending.back();
        pending.pop_back();
        if (seen[one]) {
            continue;
        }
        seen[one] = true;
        if (one < tests_) {
            if (!marked[one] && !candidates[one]) {
                continue;
            }
            result[one] = true;
        }
        pending.insert(pending.end(), edges_[one].begin(), edges_[one].end());
    }
    return result;
}

std::vector<test_index> test_dependencies::dependencies_first(std::vector<test_index> const& order) const
{
    std::vector<bool> in_order(edges_.size());
    for (auto const one : order) {
        in_order[one] = true;
    }
    // Where a node would come by itself.
    std::vector<std::size_t> places(edges_.size(), order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        places[order[i]] = i;
    }
    for (node i = tests_; i < edges_.size(); ++i) {
        for (auto const inner : edges_[i]) {
            places[i] = std::min(places[i], places[inner]);
        }
    }
    enum class state { untouched, entered, left };
    std::vector<state> states(edges_.size(), state::untouched);
    std::vector<test_index> result;
    std::vector<node> open; // not recursion: a chain of dependencies may be as long as the list of tests
    for (auto const one : order) {
        open.push_back(one);
        while (!open.empty()) {
            auto const top = open.back();
            if (states[top] == state::untouched) {
                states[top] = state::entered;
                auto const begin = static_cast<std::ptrdiff_t>(open.size());
                for (auto const next : edges_[top]) {
                    if (states[next] == state::untouched) {
                        open.push_back(next);
                    }
                }
                // The last one is taken first.
                std::stable_sort(open.begin() + begin, open.end(),
                                 [&](node a, node b) { return places[a] > places[b]; });
                continue;
            }
            open.pop_back();
            if (states[top] == state::entered) {
                states[top] = state::left;
                if (in_order[top]) {
                    result.push_back(static_cast<test_index>(top));
                }
            }
        }
    }
    return result;
}

std::vector<test_index> test_dependencies::groups() const
{
    united_groups united(edges_.size());
    for (node i = 0; i < edges_.size(); ++i) {
        for (auto const next : edges_[i]) {
            united.unite(i, next);
        }
    }
    for (auto const& suite : fixture_suites_) {
        for (auto const one : suite) {
            united.unite(suite.front(), one);
        }
    }
    // The first of a group is a test: a node behind the tests is united with one at least.
    std::vector<test_index> result;
    for (node i = 0; i < tests_; ++i) {
        result.push_back(static_cast<test_index>(united.first_of(i)));
    }
    return result;
}

} // namespace testmon::runner
