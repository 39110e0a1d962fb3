// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/clean_text.hpp"
#include "runner/progress_bar.hpp"

#include "database/display_width.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace testmon::runner;
using namespace std::chrono_literals;

namespace
{

constexpr steady_time start{};

progress_state some_progress(std::size_t workers)
{
    progress_state state;
    state.total = 1234;
    state.done = 617;
    state.passed = 610;
    state.failed = 2;
    state.flaky = 1;
    state.skipped = 4;
    state.started = start;
    state.left = 40s;
    for (std::size_t i = 0; i < workers; ++i) {
        state.running.push_back({static_cast<worker_index>(i),
                                 "some suite/äö 漢字 nested/test_" + std::to_string(i),
                                 start + std::chrono::seconds(i), 60s});
    }
    return state;
}

std::vector<std::string> shown(std::size_t workers, std::size_t width, std::size_t height)
{
    return progress_lines(some_progress(workers), {width, height}, start + 12s, false);
}

} // namespace

BOOST_AUTO_TEST_SUITE(progress_bar)

BOOST_AUTO_TEST_CASE(at_each_width)
{
    struct row {
        std::size_t width;
        std::vector<std::string> lines;
    };
    row const rows[] = {
        {200,
         {"[===============>              ] 617/1234  610 passed  2 failed  1 flaky  4 skipped  12 s  about "
          "40 s left",
          "  gw0  12 s  some suite/äö 漢字 nested/test_0", "  gw1  11 s  some suite/äö 漢字 nested/test_1"}},
        {80,
         {"[=======>      ] 617/1234  610 passed  2 failed  1 flaky  12 s  about 40 s left",
          "  gw0  12 s  some suite/äö 漢字 nested/test_0", "  gw1  11 s  some suite/äö 漢字 nested/test_1"}},
        {40,
         {"[=========>        ] 617/1234  2 failed", "  gw0  12 s  …ite/äö 漢字 nested/test_0",
          "  gw1  11 s  …ite/äö 漢字 nested/test_1"}},
        {20, {"617/1234  2 failed", "  gw0  12 s  …est_0", "  gw1  11 s  …est_1"}},
        {10, {"617/1234", "  gw0  1…", "  gw1  1…"}},
        {5, {"617…", "  g…", "  g…"}},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT("width " << r.width)
        {
            BOOST_TEST(shown(2, r.width, 24) == r.lines, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(never_larger_than_the_terminal)
{
    for (std::size_t width = 1; width <= 210; ++width) {
        for (std::size_t const height : {1U, 2U, 3U, 5U, 10U, 24U}) {
            for (std::size_t const workers : {0U, 1U, 3U, 8U, 9U, 100U}) {
                for (bool const colour : {false, true}) {
                    auto const lines =
                        progress_lines(some_progress(workers), {width, height}, start + 4000s, colour);
                    BOOST_REQUIRE(!lines.empty());
                    BOOST_REQUIRE(lines.size() <= std::max<std::size_t>(height - 1, 1));
                    for (auto const& line : lines) {
                        BOOST_REQUIRE(testmon::database::width_of(clean_text(line, false)) < width);
                    }
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_running_tests_that_are_shown)
{
    struct row {
        std::size_t workers;
        std::size_t height;
        std::size_t lines;
        std::string last;
    };
    row const rows[] = {{8, 24, 9, "  gw7   5 s  some suite/äö 漢字 nested/test_7"},
                        {9, 24, 10, "  … and 1 more"},
                        {20, 24, 10, "  … and 12 more"},
                        {3, 5, 4, "  gw2  10 s  some suite/äö 漢字 nested/test_2"},
                        {4, 5, 4, "  … and 2 more"},
                        {8, 3, 2, "  … and 8 more"}};
    for (auto const& r : rows) {
        auto const lines = shown(r.workers, 80, r.height);
        BOOST_TEST_CONTEXT(r.workers << " workers, height " << r.height)
        {
            BOOST_TEST(lines.size() == r.lines);
            BOOST_TEST(lines.back() == r.last);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_bar_itself)
{
    struct row {
        std::uint64_t done;
        std::uint64_t total;
        std::string bar;
    };
    row const rows[] = {
        {0, 4, "[>                             ]"}, {2, 4, "[===============>              ]"},
        {4, 4, "[==============================]"}, {5, 4, "[==============================]"},
        {0, 0, "[==============================]"}, {99999, 100000, "[=============================>]"}};
    for (auto const& r : rows) {
        progress_state state;
        state.done = r.done;
        state.total = r.total;
        BOOST_TEST(progress_lines(state, {120, 24}, start, false).front().substr(0, 32) == r.bar);
    }
}

BOOST_AUTO_TEST_CASE(its_colours)
{
    progress_state state;
    state.total = 4;
    auto const good = progress_lines(state, {120, 24}, start, true).front();
    state.failed = 1;
    auto const bad = progress_lines(state, {120, 24}, start, true).front();
    BOOST_TEST(good.substr(0, 6) == "[\x1b[32m");
    BOOST_TEST(bad.substr(0, 6) == "[\x1b[31m");
}

BOOST_AUTO_TEST_CASE(as_one_line)
{
    auto state = some_progress(2);
    BOOST_TEST(progress_text(state, start + 12s) ==
               "617 of 1234 done, 610 passed, 2 failed, 1 flaky, 4 skipped, "
               "12 s, about 40 s left");
    state.left.reset();
    state.failed = state.flaky = state.skipped = 0;
    BOOST_TEST(progress_text(state, start + 12s) == "617 of 1234 done, 610 passed, 12 s");
    state.left = 0s; // and yet it is not over
    BOOST_TEST(progress_text(state, start + 12s) == "617 of 1234 done, 610 passed, 12 s");
}

BOOST_AUTO_TEST_SUITE_END()
