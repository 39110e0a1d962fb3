// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/distributing_schedule.hpp"
#include "schedule_samples.hpp"
#include "schedule_simulation.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace testmon::runner;
using namespace testmon::test;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace
{

// What a seed makes of a run.
struct random_run {
    simulated_world world{};
    batch order{};
    schedule_settings settings{};
    bool is_undisturbed = false;
};

class random_source
{
  public:
    explicit random_source(std::uint32_t seed) : engine_(seed) {}

    std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(engine_() % end); }
    bool happens(unsigned percent) { return below(100) < percent; }
    template <std::size_t N>
    std::string one_of(char const* const (&texts)[N])
    {
        return texts[below(static_cast<std::uint32_t>(N))];
    }

  private:
    std::mt19937 engine_;
};

random_run make_run(std::uint32_t seed)
{
    random_source random(seed);
    random_run result;
    result.settings.mode = every_mode[seed % 6];
    result.settings.workers = 1 + random.below(5);
    result.settings.keep_order = random.happens(30);
    if (random.happens(30)) {
        result.settings.process_start = 10ms;
    }
    result.is_undisturbed = random.happens(40);
    auto& world = result.world;
    world.workers = result.settings.workers;
    world.seed = seed;
    if (!result.is_undisturbed) {
        world.percent_retried = random.below(20);
        world.percent_lost = random.below(10);
    }
    auto const count = 1 + random.below(60);
    auto const scale = random.happens(50) ? 20'000U : 20'000'000U;
    auto const dependent = random.below(30);
    auto const claiming = random.below(40);
    for (test_index i = 0; i < count; ++i) {
        auto item = unknown(random.one_of({"", "s/", "s/t/", "u/", "v/w/"}) + std::to_string(i));
        item.test.file = random.one_of({"", "f", "g", "h"});
        item.fixture_suite = item.test.suite.empty() ? "" : item.test.suite.substr(0, 1);
        world.durations.emplace_back(random.below(scale));
        if (random.happens(60)) {
            item.expected = random.happens(80) ? world.durations.back() : nanoseconds(random.below(scale));
        }
        if (random.happens(20)) {
            item.last_outcome = testmon::database::outcome::crashed;
        }
        if (i != 0 && random.happens(dependent)) {
            // On one before, or on any or a suite, which can be a cycle.
            bool const can_be_cycle = seed % 4 == 0 && random.happens(50);
            auto const other = random.below(can_be_cycle ? count : i);
            auto const path = other < world.tests.size() ? world.tests[other].test.path : "u";
            item.test.depends_on.push_back(path);
        }
        if (random.happens(claiming)) {
            item.test.labels.push_back(random.one_of({"lock:a", "lock:b", "slots:2", "slots:3", "slots:9"}));
        }
        if (random.happens(claiming)) {
            item.test.labels.push_back(random.one_of({"lock:b", "lock:c", "group:a", "xdist_group:b"}));
        }
        world.tests.push_back(item);
    }
    result.order = all_of(world.tests);
    std::shuffle(result.order.begin(), result.order.end(), std::mt19937(seed));
    world.total = count * (result.settings.mode == distribution::each ? world.workers : 1);
    return result;
}

// What is wrong about a run without losses; empty: nothing.
std::string disorder_in(random_run const& random, simulated_run const& run)
{
    std::map<std::string, simulated_end> ends;
    for (auto const& end : run.ends) {
        ends[random.world.tests[end.test].test.path] = end;
    }
    for (auto const& end : run.ends) {
        for (auto const& path : random.world.tests[end.test].test.depends_on) {
            auto const other = ends.find(path);
            if (other == ends.end()) {
                continue; // a suite
            }
            auto const& [test, worker, batch, started, ended] = other->second;
            if (worker != end.worker || batch != end.batch || ended > end.started) {
                return "test " + std::to_string(end.test) + " does not follow its dependency " +
                       std::to_string(test);
            }
        }
    }
    return "";
}

// How long the longest worker and a perfect distribution take, in percent.
double percent_of_best(std::vector<test_item> const& tests, std::vector<nanoseconds> const& durations,
                       schedule_settings const& settings)
{
    simulated_world world;
    world.tests = tests;
    world.durations = durations;
    world.workers = settings.workers;
    world.total = static_cast<std::uint32_t>(tests.size());
    auto const run = simulate(*distribute(tests, all_of(tests), settings), world);
    BOOST_TEST(run.trouble == "");
    nanoseconds total(0);
    for (auto const duration : durations) {
        total += duration;
    }
    auto const best =
        std::max(total / settings.workers, *std::max_element(durations.begin(), durations.end()));
    return 100.0 * static_cast<double>(run.makespan.count()) / static_cast<double>(best.count());
}

std::vector<nanoseconds> one_to(int count)
{
    std::vector<nanoseconds> result;
    for (int i = 1; i <= count; ++i) {
        result.emplace_back(i * 1ms);
    }
    return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(schedule)

BOOST_AUTO_TEST_CASE(any_run_goes_to_its_end)
{
    std::size_t revocations = 0;
    for (std::uint32_t seed = 0; seed < 12'000; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed)
        {
            auto const random = make_run(seed);
            auto const tested = distribute(random.world.tests, random.order, random.settings);
            auto const run = simulate(*tested, random.world);
            BOOST_REQUIRE_EQUAL(run.trouble, "");
            revocations += run.revocations;

            std::vector<std::uint32_t> times(random.world.tests.size());
            for (auto const& end : run.ends) {
                ++times[end.test];
            }
            auto const expected = random.settings.mode == distribution::each ? random.world.workers : 1;
            BOOST_REQUIRE(std::count(times.begin(), times.end(), expected) ==
                          static_cast<std::ptrdiff_t>(times.size()));
            if (random.is_undisturbed && seed % 4 != 0 && run.revocations == 0 &&
                random.settings.mode != distribution::each) {
                BOOST_REQUIRE_EQUAL(disorder_in(random, run), "");
            }
        }
    }
    BOOST_TEST(revocations > 100);
}

BOOST_AUTO_TEST_CASE(any_run_can_be_stopped)
{
    for (std::uint32_t seed = 0; seed < 2'000; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed)
        {
            auto random = make_run(seed);
            random.world.stop_at = nanoseconds(seed * 3'000);
            auto const tested = distribute(random.world.tests, random.order, random.settings);
            BOOST_REQUIRE_EQUAL(simulate(*tested, random.world).trouble, "");
        }
    }
}

BOOST_AUTO_TEST_CASE(known_tests_are_balanced)
{
    auto const durations = one_to(200);
    std::vector<test_item> tests;
    for (auto const duration : durations) {
        tests.push_back(known(std::to_string(tests.size()), duration));
    }
    BOOST_TEST(percent_of_best(tests, durations, {distribution::worksteal, 8, false, std::nullopt}) < 103);
    BOOST_TEST(percent_of_best(tests, durations, {distribution::load, 8, false, std::nullopt}) < 103);
}

BOOST_AUTO_TEST_CASE(unknown_tests_are_balanced)
{
    auto durations = one_to(200);
    std::vector<test_item> tests;
    for (std::size_t i = 0; i < durations.size(); ++i) {
        tests.push_back(unknown(std::to_string(i)));
    }
    std::mt19937 random(1);
    for (int i = 0; i < 100; ++i) {
        for (auto const mode : {distribution::worksteal, distribution::load}) {
            BOOST_TEST(percent_of_best(tests, durations, {mode, 8, false}) < 115);
        }
        std::shuffle(durations.begin(), durations.end(), random);
    }
}

// A history that has nothing to do with this run costs no more than to have none.
BOOST_AUTO_TEST_CASE(stealing_makes_up_for_a_wrong_history)
{
    auto durations = one_to(200);
    std::mt19937 random(1);
    for (int i = 0; i < 100; ++i) {
        std::vector<test_item> tests;
        for (std::size_t t = 0; t < durations.size(); ++t) {
            tests.push_back(known(std::to_string(t), 100us + t * 1us));
        }
        std::shuffle(durations.begin(), durations.end(), random);
        BOOST_TEST(percent_of_best(tests, durations, {distribution::worksteal, 8, false, std::nullopt}) <
                   115);
    }
}

BOOST_AUTO_TEST_CASE(few_batches_for_many_short_tests)
{
    struct row {
        std::optional<nanoseconds> expected;
        std::size_t most = 0;
    };
    for (auto const& r : {row{std::nullopt, 350}, row{10us, 120}}) {
        for (std::uint32_t const workers : {1U, 2U, 8U}) {
            simulated_world world;
            world.tests.resize(10'000);
            for (auto& item : world.tests) {
                item.expected = r.expected;
            }
            world.durations.assign(10'000, 10us);
            world.workers = workers;
            world.total = 10'000;
            auto const run = simulate(
                *distribute(world.tests, all_of(world.tests), {distribution::worksteal, workers, false}),
                world);
            BOOST_TEST(run.trouble == "");
            BOOST_TEST(run.batches <= r.most, run.batches << " batches, " << run.revocations
                                                          << " revocations, " << workers << " workers");
            BOOST_TEST((run.makespan < 10'000 * 10us / workers + 2ms));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
