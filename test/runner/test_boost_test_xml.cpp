// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/boost_test_xml.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

using namespace testmon::runner;
using namespace std::chrono_literals;

namespace
{

// As Boost.Test writes it: on one line.
std::string const log_sample =
    R"(<TestLog><TestSuite name="header only"><TestSuite name="off" skipped="yes" reason="disabled"/>)"
    R"(<TestCase name="fails" file="x.cpp" line="105"><Message file="x.cpp" line="109"><![CDATA[a message]]>)"
    R"(</Message><Error file="x.cpp" line="113"><![CDATA[a ]]]]><![CDATA[> b]]><Context>)"
    R"(<Frame><![CDATA[outer frame]]></Frame><Frame><![CDATA[inner frame]]></Frame></Context></Error>)"
    R"(<Warning file="x.cpp" line="115"><![CDATA[careful]]></Warning><TestingTime>288</TestingTime></TestCase>)"
    R"(<TestCase name="skipped" skipped="yes" reason="precondition failed"/>)"
    R"(<TestSuite name="a &quot;suite&quot;" file="x.cpp" line="153">)"
    R"(<TestCase name="&lt;&amp;&gt;&apos;" file="x.cpp" line="119">)"
    R"(<FatalError file="x.cpp" line="121"><![CDATA[critical check]]></FatalError>)"
    R"(<TestingTime>2000000</TestingTime></TestCase>)"
    "<TestCase name=\"two\nlines\" file=\"x.cpp\" line=\"3\">"
    R"(<Exception file="unknown location" line="0"><![CDATA[std::runtime_error: no]]>)"
    R"(<LastCheckpoint file="y.cpp" line="132"><![CDATA[about to throw]]></LastCheckpoint><Context>)"
    R"(<Frame><![CDATA[a frame]]></Frame></Context></Exception><TestingTime>142</TestingTime></TestCase>)"
    R"(<TestCase name="reads" file="x.cpp" line="170"><Exception file="unknown location" line="0">)"
    R"(<![CDATA[memory access violation at address: 0x00000000: no mapping at fault address]]>)"
    R"(<LastCheckpoint file="x.cpp" line="176"><![CDATA[]]></LastCheckpoint></Exception></TestCase>)"
    R"(<Error file="x.cpp" line="51"><![CDATA[still open]]></Error></TestSuite>)"
    R"(<Error file="x.cpp" line="52"><![CDATA[global]]></Error></TestSuite></TestLog>)";

std::string const report_sample =
    R"(<TestResult><TestSuite name="header only" result="failed" assertions_passed="4" assertions_failed="6" )"
    R"(warnings_failed="1" expected_failures="2"><TestCase name="passes" result="passed" )"
    R"(assertions_passed="2" assertions_failed="0" warnings_failed="0" expected_failures="0"></TestCase>)"
    R"(<TestSuite name="s" result="aborted" assertions_passed="0" assertions_failed="1">)"
    R"(<TestCase name="late" result="timed-out" assertions_passed="0" assertions_failed="1"></TestCase>)"
    R"(</TestSuite></TestSuite></TestResult>)";

logged_unit const* find(test_log const& log, std::string const& path)
{
    for (auto const& unit : log) {
        if (unit.path == path) {
            return &unit;
        }
    }
    BOOST_TEST_REQUIRE(false, "no " << path);
    return nullptr;
}

} // namespace

BOOST_AUTO_TEST_SUITE(boost_test_xml)

BOOST_AUTO_TEST_CASE(a_log)
{
    auto const log = parse_test_log(log_sample);
    std::vector<std::string> paths;
    for (auto const& unit : log) {
        paths.push_back(unit.path);
    }
    std::vector<std::string> const expected{"",
                                            "fails",
                                            "skipped",
                                            "a \"suite\"",
                                            "a \"suite\"/<&>'",
                                            "a \"suite\"/two\nlines",
                                            "a \"suite\"/reads"};
    BOOST_TEST(paths == expected, boost::test_tools::per_element());

    auto const& fails = *find(log, "fails");
    BOOST_TEST(!fails.is_suite);
    BOOST_TEST((fails.duration == 288us));
    BOOST_TEST_REQUIRE(fails.messages.size() == 3U);
    BOOST_TEST((fails.messages[0].severity == log_message::level::message));
    BOOST_TEST(fails.messages[0].text == "a message");
    BOOST_TEST((fails.messages[1].severity == log_message::level::error));
    BOOST_TEST(fails.messages[1].place.file == "x.cpp");
    BOOST_TEST(fails.messages[1].place.line == 113);
    BOOST_TEST(fails.messages[1].text == "a ]]> b");
    BOOST_TEST(fails.messages[1].context == (std::vector<std::string>{"outer frame", "inner frame"}),
               boost::test_tools::per_element());
    BOOST_TEST((fails.messages[2].severity == log_message::level::warning));
    BOOST_TEST(!fails.why_skipped);
    BOOST_TEST(!fails.caught_signal);

    BOOST_TEST((find(log, "skipped")->why_skipped == "precondition failed"));

    BOOST_TEST((find(log, "a \"suite\"/<&>'")->messages.at(0).severity == log_message::level::fatal_error));
    auto const& throws = *find(log, "a \"suite\"/two\nlines");
    BOOST_TEST(throws.messages.at(0).text == "std::runtime_error: no");
    BOOST_TEST(throws.messages.at(0).context ==
                   (std::vector<std::string>{"last checkpoint: y.cpp(132): about to throw", "a frame"}),
               boost::test_tools::per_element());
    BOOST_TEST(throws.last_checkpoint.file == "y.cpp");
    BOOST_TEST(throws.last_checkpoint.line == 132);
    BOOST_TEST(!throws.caught_signal);

    auto const& reads = *find(log, "a \"suite\"/reads");
    BOOST_TEST((reads.caught_signal == SIGSEGV));
    BOOST_TEST(reads.messages.at(0).context.at(0) == "last checkpoint: x.cpp(176)");

    auto const& suite = *find(log, "a \"suite\"");
    BOOST_TEST(suite.is_suite);
    BOOST_TEST(suite.messages.at(0).text == "still open");
    BOOST_TEST(find(log, "")->messages.at(0).text == "global");
}

BOOST_AUTO_TEST_CASE(a_report)
{
    auto const report = parse_test_report(report_sample);
    BOOST_TEST(report.is_complete);
    BOOST_TEST(report.cases.size() == 2U);
    BOOST_TEST(report.suites.size() == 2U);
    BOOST_TEST(report.cases.at("passes").result == "passed");
    BOOST_TEST(report.cases.at("passes").assertions_passed == 2);
    BOOST_TEST(report.cases.at("s/late").result == "timed-out");
    BOOST_TEST(report.cases.at("s/late").assertions_failed == 1);
    BOOST_TEST(report.suites.at("").result == "failed");
    BOOST_TEST(report.suites.at("s").result == "aborted");
}

// Whatever is missing: what is there is right.
BOOST_AUTO_TEST_CASE(cut)
{
    auto const whole = parse_test_log(log_sample);
    for (std::size_t size = 0; size < log_sample.size(); ++size) {
        auto const log = parse_test_log(log_sample.substr(0, size));
        BOOST_TEST_REQUIRE(log.size() <= whole.size());
        for (std::size_t i = 0; i + 1 < log.size(); ++i) {
            BOOST_TEST_REQUIRE(log[i].path == whole[i].path);
        }
    }
    BOOST_TEST(parse_test_log(log_sample.substr(0, log_sample.size() - 1)).size() == whole.size());
    for (std::size_t size = 0; size < report_sample.size(); ++size) {
        BOOST_TEST_REQUIRE(!parse_test_report(report_sample.substr(0, size)).is_complete);
    }
}

BOOST_AUTO_TEST_CASE(something_else)
{
    for (auto const* const text : {"", "x", "<a/>", "<TestLog/>", "<TestResult/>",
                                   "<TestResult></TestResult>", "<TestLog></TestLog>", "\xff\xfe<"}) {
        BOOST_TEST(parse_test_log(text).empty());
        BOOST_TEST(!parse_test_report(text).is_complete);
    }
}

BOOST_AUTO_TEST_CASE(signals)
{
    struct {
        char const* text;
        int number;
    } const table[] = {
        {"memory access violation at address: 0x00000000: no mapping at fault address", SIGSEGV},
        {"memory access violation at address: 0x00000000: invalid permissions", SIGSEGV},
        {"memory access violation at address: 0x00000000: invalid address alignment", SIGBUS},
        {"memory access violation at address: 0x00000000: non-existent physical address", SIGBUS},
        {"memory access violation at address: 0x00000000: object specific hardware error", SIGBUS},
        {"signal: SIGSEGV, si_code: -6 (memory access violation at address: 0x000024c2)", SIGSEGV},
        {"signal: SIGABRT (application abort requested)", SIGABRT},
        {"signal: SIGALRM (timeout while executing function)", SIGALRM},
        {"signal: SIGFPE, si_code: -6 (errnoneous arithmetic operations; address of failing)", SIGFPE},
        {"signal: integer divide by zero; address of failing instruction: 0x1", SIGFPE},
        {"signal: floating point overflow; address of failing instruction: 0x1", SIGFPE},
        {"signal: invalid floating point operation; address of failing instruction: 0x1", SIGFPE},
        {"signal: SIGILL, si_code: 0 (illegal instruction; address of failing instruction: 0x1)", SIGILL},
        {"signal: illegal opcode; address of failing instruction: 0x1", SIGILL},
        {"signal: privileged register; address of failing instruction: 0x1", SIGILL},
        {"signal: generated by kill() (or family); uid=0; pid=1", 0},
        {"signal: something new", 0},
        {"std::runtime_error: signal: SIGSEGV", -1},
        {"C string: memory access violation at address: 0", -1},
        {"", -1},
    };
    for (auto const& [text, number] : table) {
        BOOST_TEST_CONTEXT(text)
        {
            BOOST_TEST(caught_signal(text).value_or(-1) == number);
        }
    }
    BOOST_TEST(ends_run(SIGSEGV));
    BOOST_TEST(ends_run(SIGILL));
    BOOST_TEST(ends_run(SIGBUS));
    BOOST_TEST(!ends_run(SIGFPE));
    BOOST_TEST(!ends_run(SIGABRT));
    BOOST_TEST(!ends_run(SIGALRM));
    BOOST_TEST(!ends_run(0));
}

BOOST_AUTO_TEST_SUITE_END()
