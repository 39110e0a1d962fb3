// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/selection.hpp"

#include "support/thrown.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

using namespace testmon::runner;
using namespace testmon::test;
using testmon::database::outcome;

namespace
{

using texts = std::vector<std::string>;

// What stands for itself in the tables below: path, last outcome, duration in ms, dependencies, fixture.
struct sketch {
    std::string path;
    std::optional<outcome> last{};
    std::optional<int> duration{};
    texts depends_on{};
    std::string fixture_suite{};
};

std::vector<test_item> tests_of(std::vector<sketch> const& sketches)
{
    std::vector<test_item> result;
    for (auto const& one : sketches) {
        auto& item = result.emplace_back();
        item.test.path = one.path;
        auto const slash = one.path.rfind('/');
        item.test.suite = slash == std::string::npos ? "" : one.path.substr(0, slash);
        item.test.depends_on = one.depends_on;
        item.fixture_suite = one.fixture_suite;
        item.last_outcome = one.last;
        if (one.duration) {
            item.expected = std::chrono::milliseconds(*one.duration);
        }
    }
    return result;
}

std::string paths_of(std::vector<test_item> const& tests, std::vector<test_index> const& order)
{
    std::string result;
    for (auto const one : order) {
        result += (result.empty() ? "" : " ") + tests[one].test.path;
    }
    return result;
}

std::string planned(std::vector<test_item> const& tests, selection_settings const& settings)
{
    return paths_of(tests, plan_tests(tests, settings).plan.order);
}

// The tests of each of so many shards, in brackets.
std::string shards_of(std::vector<test_item> const& tests, std::uint32_t total,
                      selection_settings settings = {})
{
    std::string result;
    for (std::uint32_t index = 1; index <= total; ++index) {
        settings.part = shard{index, total};
        result += "[" + planned(tests, settings) + "]";
    }
    return result;
}

std::vector<test_item> numbered(std::size_t count)
{
    std::vector<sketch> sketches;
    for (std::size_t i = 0; i < count; ++i) {
        sketches.push_back({std::to_string(i)});
    }
    return tests_of(sketches);
}

constexpr auto passed = outcome::passed;
constexpr auto failed = outcome::failed;

} // namespace

BOOST_AUTO_TEST_SUITE(selection)

BOOST_AUTO_TEST_CASE(by_history)
{
    auto const tests = tests_of({{"a", passed},
                                 {"b", failed, {}, {"d"}},
                                 {"c"},
                                 {"d", passed, {}, {"s"}},
                                 {"e", outcome::crashed},
                                 {"f", outcome::timed_out},
                                 {"g", outcome::skipped},
                                 {"s/x", passed},
                                 {"s/y", passed}});
    auto const with = [](auto change) {
        selection_settings settings;
        change(settings);
        return settings;
    };
    struct row {
        char const* what;
        selection_settings settings;
        std::string expected;
        std::string notice;
    };
    row const rows[] = {
        {"nothing", {}, "a s/x s/y d b c e f g", ""},
        {"filter", with([](auto& s) { s.run_test = {"a,c,g"}; }), "a c g", ""},
        {"filter with dependencies", with([](auto& s) { s.run_test = {"d"}; }), "s/x s/y d", ""},
        {"nothing named", with([](auto& s) { s.run_test = {"none"}; }), "", ""},
        {"last failed", with([](auto& s) { s.last_failed = true; }), "s/x s/y d b e f",
         "3 tests more: others depend on them"},
        {"last failed of a filter", with([](auto& s) {
             s.last_failed = true;
             s.run_test = {"a,e"};
         }),
         "e", ""},
        {"last failed, none", with([](auto& s) {
             s.last_failed = true;
             s.run_test = {"a,c"};
         }),
         "a c", "none of these tests failed when it ran last: all of them run"},
        {"a dependency that is disabled stays so", with([](auto& s) {
             s.last_failed = true;
             s.run_test = {"!s/y"};
         }),
         "s/x d b e f", "2 tests more: others depend on them"},
        {"new", with([](auto& s) { s.only_new = true; }), "c", ""},
        {"new, none", with([](auto& s) {
             s.only_new = true;
             s.run_test = {"a"};
         }),
         "", "none of these tests is new"},
        {"failed or new", with([](auto& s) { s.last_failed = s.only_new = true; }), "s/x s/y d b c e f",
         "3 tests more: others depend on them"},
        {"failed or new, none", with([](auto& s) {
             s.last_failed = s.only_new = true;
             s.run_test = {"a"};
         }),
         "", "none of these tests failed when it ran last, and none is new"},
        {"failed first", with([](auto& s) { s.failed_first = true; }), "s/x s/y d b e f a c g", ""},
        {"one more", with([](auto& s) {
             s.last_failed = true;
             s.run_test = {"b:!s"};
         }),
         "d b", "1 test more: others depend on it"},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.what)
        {
            auto const result = plan_tests(tests, r.settings);
            BOOST_TEST(paths_of(tests, result.plan.order) == r.expected);
            BOOST_TEST(!result.plan.keep_order);
            BOOST_TEST(!result.plan.replay);
            BOOST_TEST(result.notices == (r.notice.empty() ? texts{} : texts{r.notice}),
                       boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(dependencies_come_first)
{
    // Two suites and tests in turn, and a cycle, which Boost.Test would not let pass.
    auto const tests = tests_of({{"c", {}, {}, {"a", "b"}},
                                 {"a"},
                                 {"z", {}, {}, {"w", "u"}},
                                 {"b"},
                                 {"u/2", {}, {}, {"w/1"}},
                                 {"u/1"},
                                 {"w/1", {}, {}, {"gone"}},
                                 {"p", {}, {}, {"q"}},
                                 {"q", {}, {}, {"p"}}});
    selection_settings settings;
    settings.order = test_order::declared;
    auto const plan = plan_tests(tests, settings).plan;
    BOOST_TEST(paths_of(tests, plan.order) == "a b c w/1 u/2 u/1 z q p");
    BOOST_TEST(plan.keep_order);
}

BOOST_AUTO_TEST_CASE(a_long_chain_of_dependencies)
{
    constexpr std::size_t count = 100'000;
    auto tests = numbered(count);
    for (std::size_t i = 0; i + 1 < count; ++i) {
        tests[i].test.depends_on = {std::to_string(i + 1)};
    }
    tests.front().last_outcome = failed;
    selection_settings settings;
    settings.last_failed = true;
    auto const order = plan_tests(tests, settings).plan.order;
    BOOST_REQUIRE(order.size() == count);
    BOOST_TEST(order.front() == count - 1);
    BOOST_TEST(order.back() == 0U);
    settings.part = shard{1, 2};
    BOOST_TEST(plan_tests(tests, settings).plan.order.size() == count);
}

BOOST_AUTO_TEST_CASE(many_that_need_many)
{
    constexpr std::size_t count = 20'000;
    std::vector<sketch> sketches;
    for (std::size_t i = 0; i < count; ++i) {
        sketches.push_back({"needed/" + std::to_string(i)});
        sketches.push_back({"needy/" + std::to_string(i), failed, {}, {"needed"}});
    }
    auto const tests = tests_of(sketches);
    selection_settings settings;
    settings.last_failed = settings.failed_first = true;
    auto const order = plan_tests(tests, settings).plan.order;
    BOOST_REQUIRE(order.size() == 2 * count);
    BOOST_TEST(tests[order[count - 1]].test.suite == "needed");
    BOOST_TEST(tests[order[count]].test.suite == "needy");
}

BOOST_AUTO_TEST_CASE(random_is_the_same_everywhere)
{
    auto const tests = numbered(10);
    struct row {
        std::uint64_t seed;
        std::string expected;
    };
    row const rows[] = {
        {0, "7 4 5 2 0 3 1 6 8 9"},
        {1, "2 5 3 6 0 7 4 1 9 8"},
        {18446744073709551615U, "5 1 2 8 0 3 6 7 9 4"},
    };
    selection_settings settings;
    settings.order = test_order::random;
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT("seed " << r.seed)
        {
            settings.seed = r.seed;
            auto const plan = plan_tests(tests, settings).plan;
            BOOST_TEST(paths_of(tests, plan.order) == r.expected);
            BOOST_TEST(plan.keep_order);
        }
    }
}

// Each of the 24 orders of four tests comes up about as often: by the chi-squared test with 23 degrees of
// freedom, a sum above 49.7 has a probability of 0.001; the seeds are given, so it is always the same.
BOOST_AUTO_TEST_CASE(random_is_uniform)
{
    constexpr int draws = 24 * 50;
    auto const tests = numbered(4);
    std::map<std::string, int> seen;
    selection_settings settings;
    settings.order = test_order::random;
    for (int i = 0; i < draws; ++i) {
        settings.seed = static_cast<std::uint64_t>(i);
        ++seen[planned(tests, settings)];
    }
    BOOST_TEST(seen.size() == 24U);
    double sum = 0;
    for (auto const& [order, count] : seen) {
        sum += (count - 50.0) * (count - 50.0) / 50.0;
    }
    BOOST_TEST(sum < 49.7);
}

BOOST_AUTO_TEST_CASE(random_with_all_else)
{
    auto tests = numbered(30);
    tests[7].test.depends_on = {"20", "3"};
    tests[25].last_outcome = tests[7].last_outcome = failed;
    selection_settings settings;
    settings.order = test_order::random;
    settings.failed_first = true;
    std::set<std::string> seen;
    for (settings.seed = 0; settings.seed < 50; ++settings.seed) {
        auto order = plan_tests(tests, settings).plan.order;
        auto const place = [&](test_index one) {
            return std::find(order.begin(), order.end(), one) - order.begin();
        };
        BOOST_TEST(place(20) < place(7));
        BOOST_TEST(place(3) < place(7));
        BOOST_TEST(place(7) < 4);
        BOOST_TEST(place(25) < 4);
        seen.insert(paths_of(tests, order));
        std::sort(order.begin(), order.end());
        std::vector<test_index> all(tests.size());
        std::iota(all.begin(), all.end(), test_index{0});
        BOOST_TEST(order == all, boost::test_tools::per_element());
    }
    BOOST_TEST(seen.size() == 50U);
}

BOOST_AUTO_TEST_CASE(shards_as_long_as_each_other)
{
    struct row {
        char const* what;
        std::vector<sketch> tests;
        std::uint32_t total;
        std::string expected;
    };
    row const rows[] = {
        {"one", {{"a"}, {"b"}}, 1, "[a b]"},
        {"no test", {}, 2, "[][]"},
        {"more shards than tests", {{"a"}, {"b"}}, 3, "[a][b][]"},
        {"without history, by number", {{"a"}, {"b"}, {"c"}, {"d"}, {"e"}}, 2, "[a c e][b d]"},
        {"the longest first",
         {{"a", passed, 1}, {"b", passed, 7}, {"c", passed, 4}, {"d", passed, 4}},
         2,
         "[a b][c d]"},
        {"unknown ones as the mean", {{"a", passed, 10}, {"b", passed, 2}, {"c"}, {"d"}}, 2, "[a b][c d]"},
        {"no time at all", {{"a", passed, 0}, {"b", passed, 0}, {"c", passed, 0}}, 2, "[a c][b]"},
        {"ties by place", {{"b", passed, 3}, {"a", passed, 3}, {"c", passed, 3}}, 3, "[b][a][c]"},
        {"dependencies stay together",
         {{"a", passed, 1, {"d"}}, {"b", passed, 1}, {"c", passed, 1}, {"d", passed, 1}},
         2,
         "[d a][b c]"},
        {"dependencies on a suite",
         {{"s/a", passed, 1},
          {"b", passed, 1},
          {"s/c", passed, 1},
          {"d", passed, 1, {"s"}},
          {"e", passed, 2}},
         2,
         "[s/a s/c d][b e]"},
        {"dependencies through others",
         {{"a", passed, 1, {"b"}}, {"b", passed, 1, {"c"}}, {"c", passed, 1}, {"d", passed, 3}},
         2,
         "[c b a][d]"},
        {"suites with a fixture",
         {{"s/a", passed, 1, {}, "s"}, {"s/t/c", passed, 1, {}, "s"}, {"b", passed, 1}, {"d", passed, 1}},
         2,
         "[s/a s/t/c][b d]"},
        {"a suite that is called alike",
         {{"s2/a", passed, 1}, {"s/b", passed, 1}, {"c", passed, 1, {"s"}}, {"d", passed, 1}},
         2,
         "[s/b c][s2/a d]"},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.what)
        {
            BOOST_TEST(shards_of(tests_of(r.tests), r.total) == r.expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(shards_of_a_choice)
{
    auto const tests = tests_of({{"a", failed, 9}, {"b", passed, 9}, {"c", failed, 5}, {"d", failed, 4}});
    selection_settings settings;
    settings.last_failed = true;
    BOOST_TEST(shards_of(tests, 2, settings) == "[a][c d]");
    settings.balance = shard_balance::count;
    BOOST_TEST(shards_of(tests, 2, settings) == "[a d][c]");
    settings.run_test = {"c,d"};
    BOOST_TEST(shards_of(tests, 2, settings) == "[c][d]");
}

BOOST_AUTO_TEST_CASE(shards_share_out_all)
{
    auto tests = numbered(200);
    for (std::size_t i = 0; i < tests.size(); ++i) {
        if (i % 5 != 0) {
            tests[i].expected = std::chrono::microseconds(i * i % 9973);
        }
        if (i % 50 == 7) {
            tests[i].test.depends_on = {std::to_string(i / 2)};
        }
    }
    for (std::uint32_t const total : {1U, 2U, 7U, 200U, most_shards}) {
        std::vector<int> seen(tests.size());
        std::set<std::string> divisions;
        for (std::uint32_t index = 1; index <= std::min(total, 201U); ++index) {
            selection_settings settings;
            settings.part = shard{index, total};
            auto const result = plan_tests(tests, settings);
            for (auto const one : result.plan.order) {
                ++seen[one];
            }
            auto const& notice = result.notices.at(0);
            divisions.insert(notice.substr(notice.find("division")));
        }
        BOOST_TEST(std::count(seen.begin(), seen.end(), 1) == 200);
        BOOST_TEST(divisions.size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(the_notice_of_a_shard)
{
    auto tests = tests_of({{"a"}, {"b"}, {"c"}});
    selection_settings settings;
    settings.part = shard{2, 2};
    auto const first = plan_tests(tests, settings).notices;
    BOOST_REQUIRE(first.size() == 1U);
    BOOST_TEST(holds(first[0], "shard 2/2 has 1 of 3 tests; division "), first[0]);
    // Another history, another division.
    tests[2].expected = std::chrono::seconds(1);
    tests[0].expected = std::chrono::seconds(3);
    BOOST_TEST(plan_tests(tests, settings).notices != first);
    settings.balance = shard_balance::count;
    BOOST_TEST(plan_tests(tests, settings).notices == first);
}

BOOST_AUTO_TEST_CASE(shards_that_there_are_not)
{
    for (auto const part : {shard{0, 1}, shard{2, 1}, shard{1, 0}, shard{1, most_shards + 1}}) {
        selection_settings settings;
        settings.part = part;
        BOOST_CHECK_THROW(plan_tests({}, settings), std::invalid_argument);
    }
    selection_settings settings;
    settings.run_test = {"!"};
    BOOST_CHECK_THROW(plan_tests({}, settings), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(texts_of_shards)
{
    BOOST_CHECK((parse_shard("1/1") == shard{1, 1}));
    BOOST_CHECK((parse_shard("3/12") == shard{3, 12}));
    BOOST_CHECK((parse_shard("1000000/1000000") == shard{1'000'000, 1'000'000}));
    for (std::string const bad : {"", "/", "1", "1/", "/1", "0/1", "2/1", "1/0", "-1/2", "+1/2", "1 /2",
                                  "1/2/3", "a/b", "1/1000001", "4294967297/4294967298", "1.0/2"}) {
        BOOST_TEST_CONTEXT("shard " << bad)
        {
            auto const error = thrown_by<std::invalid_argument>([&] { parse_shard(bad); });
            BOOST_TEST(holds(error.what(), "\"" + bad + "\"", "allowed is I/N"), error.what());
        }
    }
}

BOOST_AUTO_TEST_CASE(texts_of_orders)
{
    BOOST_CHECK(parse_order("declared").kind == test_order::declared);
    BOOST_CHECK(parse_order("history").kind == test_order::history);
    BOOST_CHECK(parse_order("random").kind == test_order::random);
    BOOST_CHECK(!parse_order("random").seed);
    BOOST_CHECK(parse_order("random:0").kind == test_order::random);
    BOOST_CHECK(parse_order("random:0").seed == 0U);
    BOOST_CHECK(parse_order("random:18446744073709551615").seed == 18446744073709551615U);
    for (std::string const bad : {"", "Random", "random:", "random:-1", "random:x", "random:1 ", "random1",
                                  "random:18446744073709551616", "history:1"}) {
        BOOST_TEST_CONTEXT("order " << bad)
        {
            auto const error = thrown_by<std::invalid_argument>([&] { parse_order(bad); });
            BOOST_TEST(holds(error.what(), "\"" + bad + "\"", "allowed is declared"), error.what());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
