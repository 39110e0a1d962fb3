// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/readable_log.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace testmon::runner;
using namespace std::chrono_literals;

namespace
{

readable_log read(std::string const& text)
{
    readable_log log;
    log.feed(text);
    log.end();
    return log;
}

std::string const sample = R"log(Running 4 test cases...
Entering test module "header only"
x.cpp(78): Test suite "odd" is skipped because disabled
x.cpp(98): Entering test case "passes"
said by passes
x.cpp(98): Leaving test case "passes"; testing time: 94us
between
x.cpp(105): Entering test case "fails"
to cout
a message
x.cpp(113): error: in "fails": check 1 == 2 has failed [1 != 2]
Failure occurred in a following context:
    outer frame
    inner frame
    indented
x.cpp(115): warning: in "fails": condition false is not satisfied
    indented
no end of linex.cpp(105): Leaving test case "fails"; testing time: 3ms
x.cpp(136): Test case "skipped" is skipped because precondition failed
x.cpp(153): Entering test suite "dying"
x.cpp(154): Entering test suite "inner"
x.cpp(130): Entering test case "throws"
unknown location(0): fatal error: in "void f(int)": std::runtime_error: an "error": yes
x.cpp(132): last checkpoint: about to throw
x.cpp(130): Leaving test case "throws"; testing time: 142us
x.cpp(154): Leaving test suite "inner"; testing time: 583us
x.cpp(51): error: in "dying": still open
    no frame
x.cpp(160): Entering test case "is_killed"
last words
cut)log";

} // namespace

BOOST_AUTO_TEST_SUITE(readable_log)

BOOST_AUTO_TEST_CASE(all_of_a_log)
{
    auto const log = read(sample);
    auto const& cases = log.cases();
    BOOST_TEST_REQUIRE(cases.size() == 4U);
    BOOST_TEST(log.has_begun());
    BOOST_TEST(log.open_suite() == "dying");

    BOOST_TEST(cases[0].path == "passes");
    BOOST_TEST(cases[0].has_ended);
    BOOST_TEST((cases[0].duration == 94us));
    BOOST_TEST(cases[0].messages.empty());
    BOOST_TEST(cases[0].output == "said by passes\n");
    BOOST_TEST(cases[0].output_size == 15U);

    BOOST_TEST(cases[1].path == "fails");
    BOOST_TEST((cases[1].duration == 3ms));
    BOOST_TEST_REQUIRE(cases[1].messages.size() == 2U);
    auto const& failure = cases[1].messages[0];
    BOOST_TEST((failure.severity == log_message::level::error));
    BOOST_TEST(failure.place.file == "x.cpp");
    BOOST_TEST(failure.place.line == 113);
    BOOST_TEST(failure.text == "check 1 == 2 has failed [1 != 2]");
    BOOST_TEST(failure.context == (std::vector<std::string>{"outer frame", "inner frame", "indented"}),
               boost::test_tools::per_element());
    BOOST_TEST((cases[1].messages[1].severity == log_message::level::warning));
    BOOST_TEST(cases[1].messages[1].context.empty());
    BOOST_TEST(cases[1].output == "to cout\na message\n    indented\nno end of line");

    BOOST_TEST(cases[2].path == "dying/inner/throws");
    BOOST_TEST_REQUIRE(cases[2].messages.size() == 1U);
    BOOST_TEST((cases[2].messages[0].severity == log_message::level::fatal_error));
    BOOST_TEST(cases[2].messages[0].text == "std::runtime_error: an \"error\": yes");
    BOOST_TEST(cases[2].messages[0].context ==
                   std::vector<std::string>{"last checkpoint: x.cpp(132): about to throw"},
               boost::test_tools::per_element());
    BOOST_TEST(cases[2].last_checkpoint.file == "x.cpp");
    BOOST_TEST(cases[2].last_checkpoint.line == 132);
    BOOST_TEST(cases[2].output == "");

    BOOST_TEST(cases[3].path == "dying/is_killed");
    BOOST_TEST(!cases[3].has_ended);
    BOOST_TEST(cases[3].output == "last words\ncut");

    BOOST_TEST(log.skipped().size() == 1U);
    BOOST_TEST(log.skipped().at("skipped") == "precondition failed");
    BOOST_TEST_REQUIRE(log.outside().size() == 1U);
    BOOST_TEST(log.outside()[0].text == "still open");
}

BOOST_AUTO_TEST_CASE(in_pieces)
{
    auto const whole = read(sample);
    for (std::size_t size = 1; size < 60; ++size) {
        ::testmon::runner::readable_log log;
        for (std::size_t at = 0; at < sample.size(); at += size) {
            log.feed(std::string_view(sample).substr(at, size));
        }
        log.end();
        BOOST_TEST_REQUIRE(log.cases().size() == whole.cases().size());
        for (std::size_t i = 0; i < whole.cases().size(); ++i) {
            BOOST_TEST(log.cases()[i].path == whole.cases()[i].path);
            BOOST_TEST(log.cases()[i].output == whole.cases()[i].output);
            BOOST_TEST(log.cases()[i].messages.size() == whole.cases()[i].messages.size());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_line_counts_once_it_is_whole)
{
    ::testmon::runner::readable_log log;
    log.feed("x.cpp(1): Entering test case \"a\"");
    BOOST_TEST(log.cases().empty());
    log.feed("\n");
    BOOST_TEST(log.cases().size() == 1U);
}

BOOST_AUTO_TEST_CASE(names)
{
    for (std::string const name :
         {"", " ", "a \"quoted\" name", "two\nlines", "\"];\n", "three\n\nlines",
          "x.cpp(3): ", "\"; testing time: 3us", "is skipped because disabled", "error: in \"a\": b"}) {
        for (std::string const place : {"", "a (b)/x.cpp(3): "}) {
            auto const log =
                read("Entering test suite \"s\"\n" + place + "Entering test case \"" + name + "\"\nout\n" +
                     place + "error: in \"s/" + name + "\": it failed\n" + place + "Leaving test case \"" +
                     name + "\"\n" + place + "Entering test case \"next\"\n");
            BOOST_TEST_CONTEXT(place << name)
            {
                BOOST_TEST_REQUIRE(log.cases().size() == 2U);
                BOOST_TEST(log.cases()[0].path == "s/" + name);
                BOOST_TEST(log.cases()[0].has_ended);
                if (name.find('\n') == std::string::npos) {
                    BOOST_TEST(log.cases()[0].output == "out\n");
                    BOOST_TEST_REQUIRE(log.cases()[0].messages.size() == 1U);
                    BOOST_TEST(log.cases()[0].messages[0].text == "it failed");
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_the_program_says_is_not_the_log)
{
    std::string const lines = "he said: Entering test case \"b\"\n"
                              "Entering test room\n"
                              "Entering test case \"b\n"
                              "an error: in \"a\": b\n"
                              "error: in \"a\n"
                              "Test case \"x\" is skipped\n"
                              "last checkpoint\n";
    auto const log =
        read("Entering test case \"a\"\n" + lines + "Leaving test case \"a\"; testing time: 1us\n");
    BOOST_TEST_REQUIRE(log.cases().size() == 1U);
    BOOST_TEST(log.cases()[0].output == lines);
    BOOST_TEST(log.cases()[0].has_ended);
    BOOST_TEST(log.cases()[0].messages.empty());
}

BOOST_AUTO_TEST_CASE(much_output)
{
    ::testmon::runner::readable_log log;
    log.feed("Entering test case \"a\"\n");
    for (int i = 0; i < 100; ++i) {
        log.feed(std::string(100'000, 'x'));
    }
    log.feed("\nlast\nLeaving test case \"a\"\n");
    BOOST_TEST_REQUIRE(log.cases().size() == 1U);
    BOOST_TEST(log.cases()[0].output_size == 10'000'006U);
    BOOST_TEST(log.cases()[0].output.size() <= 200'000U);
    BOOST_TEST(log.cases()[0].output.substr(log.cases()[0].output.size() - 6) == "\nlast\n");
    BOOST_TEST(log.cases()[0].has_ended);
}

BOOST_AUTO_TEST_SUITE_END()
