// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/distributing_schedule.hpp"
#include "schedule_samples.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace testmon::runner;
using namespace testmon::test;
using namespace std::chrono_literals;

namespace
{

using items = std::vector<test_item>;

std::unique_ptr<schedule> distribute_all(items const& tests, schedule_settings const& settings)
{
    return distribute(tests, all_of(tests), settings);
}

schedule_settings stealing(std::uint32_t workers, std::optional<std::chrono::nanoseconds> process_start = {})
{
    return {distribution::worksteal, workers, false, process_start};
}

test_item in_file(test_item item, std::string file)
{
    item.test.file = std::move(file);
    return item;
}

std::string refusal_of(std::string const& label)
{
    try {
        distribute_all({labelled(unknown("s/t"), {"x", label})}, stealing(2));
    } catch (std::invalid_argument const& error) {
        return error.what();
    }
    return "";
}

// As many tests, each as long.
items alike(std::size_t count, std::chrono::nanoseconds expected)
{
    return items(count, known("t", expected));
}

// The tests, and one that is not for the same batch but makes it a long one.
items with_much_to_come(items tests)
{
    tests.push_back(labelled(known("long", 1s), {"lock:x"}));
    return tests;
}

} // namespace

BOOST_AUTO_TEST_SUITE(schedule)

BOOST_AUTO_TEST_CASE(names_of_distributions)
{
    for (auto const mode : every_mode) {
        BOOST_TEST((distribution_from_string(to_string(mode)) == mode));
    }
    BOOST_TEST(to_string(distribution::worksteal) == "worksteal");
    BOOST_TEST(!distribution_from_string("loadscope"));
    BOOST_TEST(!distribution_from_string(""));
}

// One worker; tests of 30 ms, so that a batch is what belongs together.
BOOST_AUTO_TEST_CASE(what_is_run_in_which_order)
{
    struct row {
        std::string what;
        items tests;
        std::string expected;
        std::string expected_in_order;
        distribution mode = distribution::worksteal;
    };
    row const rows[] = {
        {"nothing", {}, "", ""},
        {"failed ones, then new ones, then long ones, otherwise as planned",
         {known("a", 30ms), known("b", 50ms), unknown("c"), known("d", 50ms), failed("e", 30ms), unknown("f"),
          failed("g", 31ms)},
         "g | e | c | f | b | d | a",
         "a | b | c | d | e | f | g"},
        {"a dependency and what depends on it",
         {known("a", 30ms), depending(known("b", 40ms), {"d"}), known("c", 60ms), known("d", 30ms)},
         "d b | c | a",
         "a | d b | c"},
        {"a failed test and its dependencies first",
         {known("a", 90ms), known("b", 30ms), depending(failed("c", 30ms), {"b"})},
         "b c | a",
         "a | b c"},
        {"a suite as dependency",
         {depending(known("a", 30ms), {"s"}), known("s/b", 30ms), known("st/c", 30ms), known("s/t/d", 30ms)},
         "s/b s/t/d a | st/c",
         "s/b s/t/d a | st/c"},
        {"dependencies that do not run",
         {depending(known("a", 30ms), {"b", "gone", "s"}), known("c", 30ms)},
         "a | c",
         "a | c"},
        {"chains",
         {depending(known("a", 30ms), {"b"}), depending(known("b", 30ms), {"c"}), known("c", 30ms),
          depending(known("d", 30ms), {"c"})},
         "c b a d",
         "c b a d"},
        {"cycles",
         {depending(known("a", 30ms), {"b"}), depending(known("b", 30ms), {"a"}),
          depending(known("c", 30ms), {"c"}), depending(known("s/d", 30ms), {"s"})},
         "b a | c | s/d",
         "b a | c | s/d"},
        {"a fixture",
         {in_fixture(known("s/a", 30ms), "s"), known("b", 31ms), in_fixture(known("s/c", 30ms), "s")},
         "s/a s/c | b",
         "s/a s/c | b"},
        {"a fixture, but a claim",
         {in_fixture(known("s/a", 30ms), "s"), labelled(in_fixture(known("s/b", 30ms), "s"), {"lock:x"}),
          in_fixture(known("s/c", 30ms), "s")},
         "s/a s/c | s/b",
         "s/a s/c | s/b"},
        {"the mode does not matter",
         {known("s/a", 30ms), known("b", 31ms), known("s/c", 30ms)},
         "b | s/a | s/c",
         "s/a | b | s/c",
         distribution::load},
        {"suites",
         {known("s/a", 30ms), known("b", 31ms), known("s/c", 30ms), known("d", 30ms), known("s/t/e", 30ms)},
         "s/a s/c | b | d | s/t/e",
         "s/a s/c | b | d | s/t/e",
         distribution::loadsuite},
        {"files",
         {in_file(known("a", 30ms), "f"), known("b", 31ms), in_file(known("s/c", 30ms), "f"),
          known("d", 30ms)},
         "a s/c | b | d",
         "a s/c | b | d",
         distribution::loadfile},
        {"groups",
         {labelled(known("a", 30ms), {"x", "group:g", "group:h"}), known("b", 31ms),
          labelled(known("c", 30ms), {"group:h"}), labelled(known("d", 30ms), {"xdist_group:g"})},
         "a d | b | c",
         "a d | b | c",
         distribution::loadgroup},
        {"groups and dependencies",
         {depending(labelled(known("a", 30ms), {"group:g"}), {"c"}), labelled(known("b", 30ms), {"group:g"}),
          labelled(known("c", 30ms), {"group:h"}), labelled(known("d", 30ms), {"group:h"})},
         "c a b d",
         "c a b d",
         distribution::loadgroup},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.what)
        {
            for (bool const keep_order : {false, true}) {
                auto const tested = distribute_all(r.tests, {r.mode, 1, keep_order});
                BOOST_TEST(tested->is_done() == r.tests.empty());
                BOOST_TEST(run_by_one(*tested, r.tests) == (keep_order ? r.expected_in_order : r.expected));
                BOOST_TEST(tested->is_done());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(only_what_is_in_the_order_is_run)
{
    items const tests{known("s/a", 30ms), known("b", 30ms), depending(known("c", 30ms), {"s", "b"}),
                      labelled(known("d", 30ms), {"slots:none"})};
    auto const tested = distribute(tests, {2, 0}, stealing(1));
    BOOST_TEST(run_by_one(*tested, tests) == "s/a c");
}

BOOST_AUTO_TEST_CASE(a_chain_of_all_tests)
{
    items tests;
    for (int i = 0; i < 100'000; ++i) {
        tests.push_back(depending(unknown("s/" + std::to_string(i)), {"s/" + std::to_string(i + 1)}));
    }
    auto const taken = distribute_all(tests, stealing(4))->take(0);
    BOOST_TEST(taken.size() == tests.size());
    BOOST_TEST(taken.front() == tests.size() - 1);
    BOOST_TEST(taken.back() == 0);
}

// 4 workers; in how many groups are 40 tests with one fixture handed out, beside as many without one?
BOOST_AUTO_TEST_CASE(a_long_fixture_is_shared)
{
    struct row {
        std::string what;
        test_item inside;
        test_item outside;
        std::uint32_t workers;
        std::size_t groups;
    };
    row const rows[] = {
        {"short beside the others", known("s/t", 1ms), known("t", 100ms), 4, 1},
        {"just short enough", known("s/t", 10ms), known("t", 70ms), 4, 1},
        {"as long as the others", known("s/t", 100ms), known("t", 100ms), 4, 4},
        {"all there is to do", known("s/t", 100ms), known("t", 0ms), 4, 8},
        {"all there is, and one worker", known("s/t", 100ms), known("t", 0ms), 1, 1},
        {"new", unknown("s/t"), unknown("t"), 4, 4},
        {"new beside old ones", unknown("s/t"), known("t", 20ms), 4, 4},
        {"no time at all", known("s/t", 0ms), known("t", 0ms), 4, 1},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.what)
        {
            items tests(40, in_fixture(r.inside, "s"));
            tests.resize(80, r.outside);
            auto const tested = distribute_all(tests, {distribution::load, r.workers, true, std::nullopt});
            std::size_t groups = 0;
            for (test_index done = 0; done < 40; ++groups) {
                auto const taken = tested->take(0);
                BOOST_REQUIRE(!taken.empty());
                done += static_cast<test_index>(taken.size());
                finish(*tested, 0, taken);
                BOOST_TEST(taken.size() >= 40 / r.groups);
            }
            BOOST_TEST(groups == r.groups);
        }
    }
}

BOOST_AUTO_TEST_CASE(labels_that_make_no_sense_are_refused)
{
    for (std::string const value : {"", "0", "-1", "+1", "1.5", "two", "2 ", " 2", "2x", "4294967296"}) {
        BOOST_TEST(refusal_of("slots:" + value) ==
                   "the test \"s/t\" has the label \"slots:" + value +
                       "\"; a whole number from 1 to 4294967295 must follow \"slots:\"");
    }
    BOOST_TEST(refusal_of("lock:") ==
               "the test \"s/t\" has the label \"lock:\"; a name must follow \"lock:\"");
    for (std::string const label : {"slots:1", "slots:4294967295", "lock:x", "lock", "slots", "slot:x"}) {
        BOOST_TEST(refusal_of(label) == "");
    }
}

BOOST_AUTO_TEST_CASE(a_lock_lets_others_go_first)
{
    items const tests{labelled(known("a", 90ms), {"lock:x"}),
                      labelled(known("b", 80ms), {"lock:y", "lock:x"}),
                      labelled(known("c", 70ms), {"lock:y"}), known("d", 60ms)};
    auto const tested = distribute_all(tests, stealing(4));
    BOOST_TEST(tested->take(0) == batch{0});
    BOOST_TEST(tested->take(1) == batch{2});
    BOOST_TEST(tested->take(2) == batch{3});
    BOOST_TEST(tested->take(3).empty());
    finish(*tested, 0, {0});
    BOOST_TEST(tested->take(3).empty());
    finish(*tested, 1, {2});
    BOOST_TEST(tested->take(3) == batch{1});
}

BOOST_AUTO_TEST_CASE(a_lock_is_held_until_the_last_test_of_the_batch)
{
    items const tests{labelled(known("a", 90ms), {"lock:x"}), depending(known("b", 1ms), {"a"}),
                      labelled(known("c", 1ms), {"lock:x"})};
    auto const tested = distribute_all(tests, stealing(2));
    BOOST_TEST(tested->take(0) == (batch{0, 1}));
    finish(*tested, 0, {0});
    BOOST_TEST(tested->take(1).empty());
    tested->give_back(0, 1);
    BOOST_TEST(tested->take(1) == batch{1});
    BOOST_TEST(tested->take(0).empty());
    finish(*tested, 1, {1});
    BOOST_TEST(tested->take(0) == batch{2});
}

BOOST_AUTO_TEST_CASE(short_tests_with_the_same_lock_share_a_batch)
{
    items tests(10, labelled(known("a", 1ms), {"lock:x"}));
    tests.resize(20, labelled(known("b", 1ms), {"lock:y"}));
    tests.resize(200, known("c", 1ms));
    auto const tested = distribute_all(tests, stealing(4));
    BOOST_TEST(tested->take(0) == from_to(0, 10));
    BOOST_TEST(tested->take(0).empty());
    BOOST_TEST(tested->take(1) == from_to(10, 20));
    BOOST_TEST(tested->take(2) == from_to(20, 40));
}

BOOST_AUTO_TEST_CASE(slots_are_kept_free_for_the_next_one)
{
    items const tests{labelled(known("a", 90ms), {"slots:2"}), labelled(known("b", 80ms), {"slots:99"}),
                      known("c", 70ms), known("d", 60ms)};
    auto const tested = distribute_all(tests, stealing(4));
    BOOST_TEST(tested->take(0) == batch{0});
    BOOST_TEST(tested->take(1).empty());
    BOOST_TEST(!tested->victim_for(1));
    finish(*tested, 0, {0});
    BOOST_TEST(tested->take(1) == batch{1});
    BOOST_TEST(tested->take(0).empty());
    finish(*tested, 1, {1});
    BOOST_TEST(tested->take(0) == batch{2});
    BOOST_TEST(tested->take(1) == batch{3});
}

BOOST_AUTO_TEST_CASE(slots_are_used_up_to_the_last)
{
    items const tests{labelled(known("a", 90ms), {"slots:2"}), known("b", 80ms), known("c", 70ms),
                      known("d", 60ms)};
    auto const tested = distribute_all(tests, stealing(4));
    BOOST_TEST(tested->take(0) == batch{0});
    BOOST_TEST(tested->take(1) == batch{1});
    BOOST_TEST(tested->take(2) == batch{2});
    BOOST_TEST(tested->take(3).empty());
}

BOOST_AUTO_TEST_CASE(size_of_a_batch)
{
    struct row {
        std::string what;
        items tests;
        std::size_t expected;
        std::size_t expected_of_process; // where each batch has a process of its own
    };
    row const rows[] = {
        {"never more than 20 ms, or 2 s", alike(100'000, 1ms), 20, 2000},
        {"a test at least", alike(100, 3s), 1, 1},
        {"an eighth of what is left for 4 workers", alike(80, 1ms), 10, 50},
        {"not so little that handing it over takes longest", alike(10'000, 10us), 1250, 5000},
        {"the rest", alike(40, 10us), 40, 40},
        {"new ones are tried one by one, or a few at a time", items(1000, unknown("t")), 1, 30},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.what)
        {
            BOOST_TEST(distribute_all(r.tests, stealing(4))->take(0).size() == r.expected);
            BOOST_TEST(distribute_all(r.tests, stealing(4, 10ms))->take(0).size() == r.expected_of_process);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_tests_of_a_process_take_longer_than_its_start)
{
    struct row {
        std::string what;
        std::uint32_t workers;
        std::chrono::nanoseconds process_start;
        std::size_t expected; // of 10,000 tests of 1 ms
    };
    row const rows[] = {
        {"nothing to wait for", 4, 0ms, 1250},
        {"an eighth is longer", 4, 600ms, 1250},
        {"twice the start is longer", 4, 700ms, 1400},
        {"but nobody shall be left without tests", 4, 3s, 2500},
        {"nobody else waits for the only worker", 1, 0ms, 2000},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.what)
        {
            auto const tested = distribute_all(alike(10'000, 1ms), stealing(r.workers, r.process_start));
            BOOST_TEST(tested->take(0).size() == r.expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(batches_of_new_tests_grow)
{
    auto const tested = distribute_all(items(10'000, unknown("t")), stealing(1));
    std::vector<std::size_t> sizes;
    for (int i = 0; i < 9; ++i) {
        auto const taken = tested->take(0);
        sizes.push_back(taken.size());
        finish(*tested, 0, taken, 10us);
    }
    BOOST_TEST(sizes == (std::vector<std::size_t>{1, 1, 2, 4, 8, 16, 32, 64, 64}));
    // Long ones after all: 192 * 10 us and 64 * 30 ms are 7.5 ms on average.
    finish(*tested, 0, tested->take(0), 30ms);
    BOOST_TEST(tested->take(0).size() == 2);
}

BOOST_AUTO_TEST_CASE(a_worker_gets_more_before_it_is_idle)
{
    {
        auto const tested = distribute_all(alike(1000, 1ms), stealing(2));
        BOOST_TEST(tested->take(0).size() == 20);
        BOOST_TEST(tested->take(1).size() == 20); // no slot is free from here on
        finish(*tested, 0, from_to(0, 14));
        BOOST_TEST(tested->take(0).empty());
        finish(*tested, 0, {14});
        BOOST_TEST(tested->take(0).size() == 20);
        BOOST_TEST(tested->take(0).empty());
    }
    {
        auto const tested = distribute_all(items(100, unknown("t")), stealing(2));
        BOOST_TEST(tested->take(0).size() == 1);
        BOOST_TEST(tested->take(0).empty());
        BOOST_TEST(tested->take(1).size() == 1);
        finish(*tested, 1, {1}, 1ms);
        BOOST_TEST(tested->take(0).size() == 1);
    }
}

BOOST_AUTO_TEST_CASE(an_idle_worker_gets_what_another_has_not_begun)
{
    struct row {
        std::string what;
        items tests;
        batch begun;
        bool expected = true;
        test_index first = 0;
    };
    auto const dependent = depending(known("b", 1ms), {"a"});
    row const rows[] = {
        {"one", {known("a", 3ms), known("b", 1us)}, {0}, true, 1},
        {"half of three", {known("a", 1ms), known("b", 1ms), known("c", 1ms), known("d", 1ms)}, {0}, true, 2},
        {"half of the time", {known("a", 2ms), known("b", 1ms), known("c", 3ms)}, {0}, true, 2},
        {"none has begun yet", {known("a", 3ms), known("b", 2ms)}, {}, true, 1},
        {"both have begun", {known("a", 3ms), known("b", 2ms)}, {0, 1}, false},
        {"behind a group", {known("a", 2ms), dependent, known("c", 2ms)}, {0}, true, 2},
        {"a group", {known("c", 1ms), known("a", 2ms), dependent}, {0}, true, 1},
        {"nothing but a group", {known("a", 2ms), dependent}, {0}, false},
        {"new", {known("a", 2ms), unknown("b")}, {0}, true, 1},
    };
    for (auto const& r : rows) {
        for (auto const mode : {distribution::worksteal, distribution::load}) {
            BOOST_TEST_CONTEXT(r.what << ", " << to_string(mode))
            {
                auto const tested = distribute_all(with_much_to_come(r.tests), {mode, 2, true, std::nullopt});
                auto const count = static_cast<test_index>(r.tests.size());
                BOOST_TEST(tested->take(0) == from_to(0, count));
                finish(*tested, 1, tested->take(1));
                for (auto const test : r.begun) {
                    tested->started(0, test);
                }
                auto const taken_back = tested->victim_for(1);
                BOOST_REQUIRE(taken_back.has_value() == (r.expected && mode == distribution::worksteal));
                if (taken_back) {
                    BOOST_TEST(taken_back->worker == 0);
                    BOOST_TEST(taken_back->first == r.first);
                }
                BOOST_TEST(!tested->victim_for(0));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_worker_with_most_not_begun_is_chosen)
{
    auto const tested =
        distribute_all(with_much_to_come(alike(30, 1ms)), {distribution::worksteal, 3, true, std::nullopt});
    BOOST_TEST(tested->take(1) == from_to(0, 20));
    BOOST_TEST(tested->take(2) == from_to(20, 30));
    BOOST_TEST(!tested->victim_for(0)); // there is something in the queue
    finish(*tested, 0, tested->take(0));
    BOOST_TEST(tested->victim_for(0)->worker == 1);
    BOOST_TEST(tested->victim_for(0)->first == 10);
    finish(*tested, 1, from_to(0, 15));
    BOOST_TEST(tested->victim_for(0)->worker == 2);
    BOOST_TEST(tested->victim_for(0)->first == 25);
    BOOST_TEST(!tested->victim_for(1));
    tested->stop();
    BOOST_TEST(!tested->victim_for(0));
}

BOOST_AUTO_TEST_CASE(what_is_given_back_is_handed_out_again)
{
    items const tests{known("a", 50ms), depending(known("b", 1ms), {"a"}), depending(known("c", 1ms), {"b"}),
                      known("d", 90ms)};
    auto const tested = distribute_all(tests, stealing(2));
    BOOST_TEST(tested->take(0) == batch{3});
    BOOST_TEST(tested->take(1) == (batch{0, 1, 2}));
    finish(*tested, 1, {0});
    tested->give_back(1, 2); // in whatever order
    BOOST_TEST(tested->take(0).empty());
    tested->give_back(1, 1);
    finish(*tested, 0, {3});
    BOOST_TEST(tested->take(0) == (batch{1, 2}));
    BOOST_TEST(tested->take(1).empty());
    tested->give_back(0, 1);
    finish(*tested, 0, {2});
    BOOST_TEST(!tested->is_done());
    BOOST_TEST(tested->take(1) == batch{1});
    finish(*tested, 1, {1});
    BOOST_TEST(tested->is_done());
}

BOOST_AUTO_TEST_CASE(what_runs_at_a_stop_ends)
{
    auto const tested = distribute_all(alike(10, 30ms), stealing(2));
    tested->take(0);
    tested->take(1);
    tested->stop();
    BOOST_TEST(tested->take(0).empty());
    BOOST_TEST(!tested->is_done());
    BOOST_TEST((tested->time_left({0ms, 0ms}) == 30ms));
    finish(*tested, 0, {0});
    tested->give_back(1, 1);
    BOOST_TEST(tested->take(0).empty());
    BOOST_TEST(tested->is_done());
    BOOST_TEST((tested->time_left({0ms, 0ms}) == 0ms));
}

BOOST_AUTO_TEST_CASE(time_that_is_left)
{
    struct row {
        std::string what;
        items tests;
        std::optional<std::chrono::nanoseconds> expected;
        std::optional<std::chrono::nanoseconds> after_first; // which took 100 ms
    };
    row const rows[] = {
        {"nothing", {}, 0ms, {}},
        {"no history", {unknown("a"), unknown("b"), unknown("c")}, {}, 100ms},
        {"all known", {known("a", 40ms), known("b", 40ms), known("c", 20ms)}, 50ms, 40ms},
        {"new ones as the others", {unknown("a"), known("b", 40ms), known("c", 20ms)}, 45ms, 40ms},
        {"new ones as those before", {unknown("a"), unknown("b"), known("c", 20ms)}, 30ms, 100ms},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.what)
        {
            auto const tested = distribute_all(r.tests, stealing(2));
            BOOST_TEST((tested->time_left({0ms, 0ms}) == r.expected));
            if (!r.tests.empty()) {
                tested->take(0);
                tested->take(1);
                finish(*tested, 0, {0}, 100ms);
                BOOST_TEST((tested->time_left({0ms, 0ms}) == r.after_first));
            }
        }
    }
}

// Not only what has ended counts, where the longest come first.
BOOST_AUTO_TEST_CASE(time_that_is_left_of_what_runs)
{
    auto const tested = distribute_all({known("a", 40s), known("b", 20s), known("c", 20s)}, stealing(2));
    tested->take(0);
    tested->take(1);
    BOOST_TEST((tested->time_left({0s, 0s}) == 40s));
    BOOST_TEST((tested->time_left({10s, 10s}) == 30s));
    BOOST_TEST((tested->time_left({35s, 5s}) == 20s));
    BOOST_TEST((tested->time_left({300s, 10s}) == 15s));
}

BOOST_AUTO_TEST_CASE(each_worker_runs_all)
{
    items const tests{known("s/a", 1ms), failed("b", 9ms), depending(unknown("c"), {"d"}), known("d", 1ms)};
    auto const tested = distribute(tests, {3, 1, 0}, {distribution::each, 2, false, std::nullopt});
    BOOST_TEST(tested->take(1) == (batch{3, 1, 0}));
    BOOST_TEST(tested->take(0) == (batch{3, 1, 0}));
    BOOST_TEST((tested->time_left({0ms, 0ms}) == 11ms));
    finish(*tested, 0, {3, 1, 0});
    BOOST_TEST(!tested->is_done());
    finish(*tested, 1, {3, 1, 0});
    BOOST_TEST(tested->is_done());
}

BOOST_AUTO_TEST_SUITE_END()
