// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/attempt_line.hpp"
#include "runner/failure_text.hpp"
#include "support/runner_samples.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace testmon::runner;
using namespace testmon::test;
using testmon::database::outcome;

namespace
{

std::string shown(attempt_result const& attempt, bool colour = false, std::size_t longest = 1000)
{
    return failure_text(sample_items()[attempt.test], attempt, colour, longest);
}

} // namespace

BOOST_AUTO_TEST_SUITE(failure_text)

BOOST_AUTO_TEST_CASE(of_a_failed_check)
{
    auto attempt = sample_failure(0);
    attempt.messages[0].context = {"i = 3", "two\nlines\n"};
    BOOST_TEST(shown(attempt) == "failed        12.3 ms  gw1   a/first\n"
                                 "tests.cpp(12): error: in \"a/first\": check x == y has failed [1 != 2]\n"
                                 "    i = 3\n"
                                 "    two\n"
                                 "    lines\n");
}

BOOST_AUTO_TEST_CASE(of_messages_of_each_kind)
{
    auto attempt = sample_attempt(0, outcome::failed);
    using level = log_message::level;
    attempt.messages = {{level::message, {"tests.cpp", 1}, "only said", {}},
                        {level::warning, {"tests.cpp", 2}, "condition x is not satisfied", {}},
                        {level::error, {}, "no place", {}},
                        {level::fatal_error, {"tests.cpp", 3}, "critical check has failed\n", {}}};
    attempt.attempt = 2;
    attempt.is_retried = true;
    attempt.remarks = {"left 1 process behind: 4711 (sleep)"};
    BOOST_TEST(shown(attempt) == "failed        12.3 ms  gw1   a/first (attempt 2, is retried)\n"
                                 "only said\n"
                                 "tests.cpp(2): warning: in \"a/first\": condition x is not satisfied\n"
                                 "unknown location(0): error: in \"a/first\": no place\n"
                                 "tests.cpp(3): fatal error: in \"a/first\": critical check has failed\n"
                                 "remark: left 1 process behind: 4711 (sleep)\n");
}

BOOST_AUTO_TEST_CASE(of_a_crash)
{
    auto attempt = sample_crash(4);
    attempt.output = "the end\x1b[2J";
    attempt.output_size = 99'900'007;
    BOOST_TEST(shown(attempt) == "crashed       12.3 ms  gw1   a/crash\n"
                                 "crashed: killed by signal 11 (Segmentation fault)\n"
                                 "tests.cpp(41): last checkpoint\n"
                                 "--- output ---\n"
                                 "… 99.9 MB more\n"
                                 "the end\n"
                                 "--- end of output ---\n");
}

BOOST_AUTO_TEST_CASE(of_a_timeout_without_a_place)
{
    auto attempt = sample_attempt(3, outcome::timed_out);
    attempt.reason = "ran out of time after 60 s";
    BOOST_TEST(shown(attempt) == "timed out     12.3 ms  gw1   alone\n"
                                 "timed out: ran out of time after 60 s\n"
                                 "tests.cpp(40): defined here\n");
}

BOOST_AUTO_TEST_CASE(in_colours)
{
    auto attempt = sample_failure(0);
    attempt.output = "\x1b[32mgreen";
    attempt.output_size = attempt.output.size();
    BOOST_TEST(shown(attempt, true) ==
               "\x1b[31mfailed   \x1b[0m     12.3 ms  gw1   a/first\n"
               "tests.cpp(12): \x1b[31merror\x1b[0m: in \"a/first\": check x == y has failed [1 != 2]\n"
               "\x1b[2m--- output ---\x1b[0m\n"
               "\x1b[32mgreen\x1b[0m\n"
               "\x1b[2m--- end of output ---\x1b[0m\n");
}

BOOST_AUTO_TEST_CASE(of_long_output)
{
    auto attempt = sample_failure(0);
    for (int i = 0; i < 1000; ++i) {
        attempt.output += "line " + std::to_string(i) + "\n";
    }
    attempt.output_size = attempt.output.size();
    auto const text = shown(attempt);
    BOOST_TEST(text.size() < 1300U);
    BOOST_TEST(text.find("line 0\n") != std::string::npos);
    BOOST_TEST(text.find("line 999\n") != std::string::npos);
    BOOST_TEST(text.find("… 7.9 kB more\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_that_would_break_the_terminal)
{
    auto item = sample_items()[0];
    item.test.path = "a/\x1b[2J";
    auto attempt = sample_failure(0);
    attempt.messages[0].place.file = "te\nsts.cpp";
    auto const text = testmon::runner::failure_text(item, attempt, true, 1000);
    BOOST_TEST(text.find("\x1b[2J") == std::string::npos);
    BOOST_TEST(text.find("te\\nsts.cpp(12)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_place_and_the_reason_in_short)
{
    auto const item = sample_items()[4];
    BOOST_TEST(place_text(failure_place(item, sample_failure(4))) == "tests.cpp(12)");
    BOOST_TEST(place_text(failure_place(item, sample_crash(4))) == "tests.cpp(41)");
    BOOST_TEST(place_text(failure_place(item, sample_attempt(4, outcome::failed))) == "tests.cpp(50)");
    auto thrown = sample_failure(4);
    for (auto& message : thrown.messages) {
        message.place = {"unknown location", 0};
    }
    BOOST_TEST(place_text(failure_place(item, thrown)) == "tests.cpp(50)");
    BOOST_TEST(failure_reason(sample_failure(4)) == "check x == y has failed [1 != 2]");
    BOOST_TEST(failure_reason(sample_crash(4)) == "killed by signal 11 (Segmentation fault)");
    BOOST_TEST(failure_reason(sample_attempt(4, outcome::failed)) == "");
    auto warned = sample_failure(4);
    warned.messages.insert(warned.messages.begin(), {log_message::level::warning, {"w.cpp", 1}, "w", {}});
    warned.messages[1].text = "one\ntwo" + std::string(500, 'x');
    BOOST_TEST(place_text(failure_place(item, warned)) == "tests.cpp(12)");
    BOOST_TEST(failure_reason(warned) == "one two" + std::string(152, 'x') + "…");
}

BOOST_AUTO_TEST_CASE(a_skipped_test_on_a_line)
{
    auto attempt = sample_attempt(0, outcome::skipped);
    attempt.reason = "disabled";
    BOOST_TEST(attempt_line(sample_items()[0], attempt, false) ==
               "skipped       12.3 ms  gw1   a/first (disabled)");
}

BOOST_AUTO_TEST_SUITE_END()
