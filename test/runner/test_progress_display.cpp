// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/progress_display.hpp"
#include "support/runner_samples.hpp"
#include "support/screen.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <sstream>
#include <string>

using namespace testmon::runner;
using namespace testmon::test;
using namespace std::chrono_literals;

namespace
{

// A display on a terminal, with a clock that the test moves.
class shown_run
{
  public:
    explicit shown_run(terminal_size size, verbosity detail = verbosity::normal)
        : size_(size), screen_(size.width, size.height)
    {
        display_options options;
        options.detail = detail;
        display_.emplace(
            out_, [this] { return size_; }, options, [this] { return now_; });
    }

    progress_display& operator*() { return *display_; }
    progress_display* operator->() { return &*display_; }
    void pass(std::chrono::milliseconds time) { now_ += time; }
    void end() { display_.reset(); }

    screen const& on_screen()
    {
        screen_.write(written());
        return screen_;
    }
    std::string written()
    {
        auto text = out_.str();
        out_.str("");
        return text;
    }

  private:
    terminal_size size_;
    screen screen_;
    std::ostringstream out_{};
    steady_time now_{};
    std::optional<progress_display> display_{};
};

} // namespace

BOOST_AUTO_TEST_SUITE(progress_display)

BOOST_AUTO_TEST_CASE(lines_stay_and_the_bar_goes)
{
    auto const items = sample_items();
    for (terminal_size const size : {terminal_size{80, 24}, terminal_size{200, 5}, terminal_size{80, 5}}) {
        shown_run run(size);
        run->run_started(sample_overview(items));
        BOOST_TEST(run.on_screen().text() == "5 tests on 2 workers (linked, worksteal)\n"
                                             "[>                             ] 0/5  0 passed  0 s\n");
        run.pass(200ms);
        run->test_started(0, 0, 1);
        run.pass(2000ms);
        run->test_started(1, 2, 1);
        BOOST_TEST(run.on_screen().text() == "5 tests on 2 workers (linked, worksteal)\n"
                                             "[>                             ] 0/5  0 passed  2 s\n"
                                             "  gw0  2 s  a/first\n"
                                             "  gw1  0 s  a/b/third\n");
        run->attempt_finished(sample_failure(2));
        run.pass(58000ms);
        run->tick(30s);
        run->notice("history is not used");
        auto expected =
            std::string("5 tests on 2 workers (linked, worksteal)\n"
                        "\n"
                        "failed        12.3 ms  gw1   a/b/third\n"
                        "tests.cpp(12): error: in \"a/b/third\": check x == y has failed [1 != 2]\n"
                        "\n"
                        "slow: gw0 has been running a/first for 60 s\n"
                        "history is not used\n");
        BOOST_TEST(run.on_screen().text() ==
                   expected +
                       "[======>                       ] 1/5  0 passed  1 failed  60 s  about 30 s left\n"
                       "  gw0  60 s  a/first\n");
        run->worker_lost(0, "killed by signal 9 (Killed)");
        expected += "gw0 was lost: killed by signal 9 (Killed)\n";
        run->run_finished({});
        BOOST_TEST(run.on_screen().text() == expected);
        BOOST_TEST(run.on_screen().is_at_new_line());
        run.end();
        BOOST_TEST(run.written() == "");
    }
}

BOOST_AUTO_TEST_CASE(the_bar_goes_also_without_an_end)
{
    auto const items = sample_items();
    shown_run run({80, 24}, verbosity::quiet);
    run->run_started(sample_overview(items));
    BOOST_TEST(run.on_screen().text() != "");
    run.end();
    BOOST_TEST(run.on_screen().text() == "");
}

BOOST_AUTO_TEST_CASE(not_drawn_too_often)
{
    auto const items = sample_items();
    shown_run run({80, 24});
    run->run_started(sample_overview(items));
    run.written();
    run.pass(99ms);
    run->attempt_finished(sample_attempt(0));
    BOOST_TEST(run.written() == "");
    run.pass(1ms);
    run->tick({});
    BOOST_TEST(run.written() != "");
    run.pass(100ms);
    run->tick({}); // nothing has changed
    BOOST_TEST(run.written() == "");
    run->notice("at once");
    BOOST_TEST(run.written() != "");
}

// A terminal that has become narrower wraps the lines of the bar: they are on more rows then.
BOOST_AUTO_TEST_CASE(a_terminal_that_becomes_narrower)
{
    auto const items = sample_items();
    std::ostringstream out;
    terminal_size size{80, 24};
    testmon::runner::progress_display display(
        out, [&] { return size; }, display_options(), [] { return steady_time(); });
    display.run_started(sample_overview(items));
    size.width = 20; // the bar of 51 columns is on three rows
    out.str("");
    display.notice("x");
    BOOST_TEST(out.str() == "\r\x1b[2A\x1b[Jx\n0/5  0 passed  0 s");
}

BOOST_AUTO_TEST_SUITE_END()
