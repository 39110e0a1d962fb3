// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/run_filter.hpp"

#include "support/child_process.hpp"
#include "support/thrown.hpp"

#include <testmon/precreation/collect_tests.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace testmon::runner;
using namespace testmon::test;

namespace
{

using texts = std::vector<std::string>;

constexpr char sample[] = TESTMON_SAMPLE_DIR "/sample_selectable";

std::vector<test_item> const& sample_tests()
{
    static auto const tests = [] {
        std::vector<test_item> result;
        for (auto& test : testmon::precreation::collect_tests(sample, {}, std::chrono::seconds(60))) {
            result.emplace_back().test = std::move(test);
        }
        return result;
    }();
    return tests;
}

texts selected_by_us(texts const& filters)
{
    auto const& tests = sample_tests();
    auto const selected = apply_run_filters(tests, filters);
    texts result;
    for (std::size_t i = 0; i < tests.size(); ++i) {
        if (selected[i]) {
            result.push_back(tests[i].test.path);
        }
    }
    return result;
}

texts selected_by_boost_test(texts const& arguments)
{
    auto const ended = run_process(sample, arguments);
    texts result;
    std::istringstream lines(ended.output);
    std::string const beginning = "selected: ";
    for (std::string line; std::getline(lines, line);) {
        if (line.rfind(beginning, 0) == 0) {
            result.push_back(line.substr(beginning.size()));
        }
    }
    if (result.empty()) {
        // Which must have a good reason.
        BOOST_TEST(holds(ended.errors, "no test cases matching filter"), ended.errors);
    }
    return result;
}

texts const filters[] = {
    {},
    {"alone"},
    {"off"},
    {"network"},
    {"network/tls"},
    {"network/connect"},
    {"network/*/connect"},
    {"*/connect"},
    {"*/*"},
    {"*"},
    {"/"},
    {"/alone/"},
    {"network//tls"},
    {"**"},
    {"***"},
    {"al*"},
    {"*_too"},
    {"*o*"},
    {"a*e"},
    {"alone,off"},
    {"network,files/open,listen"},
    {"network,files/*/open,handshake"},
    {","},
    {"alone,"},
    {"network/,"},
    {"nothing"},
    {"network/nothing"},
    {"alone/nothing"},
    {"connect"},
    {"needs_case"},
    {"needs_suite"},
    {"needs_off"},
    {"needs_in_turn"},
    {"files/open"},
    {"files/locks/shared"},
    {"off_suite"},
    {"off_suite/deep"},
    {"off_suite/deep/other"},
    {"late"},
    {"late/one"},
    {"late/one,other"},
    {"late_and_single"},
    {"late_again"},
    {"@quick"},
    {"@slow"},
    {"@net"},
    {"@rare"},
    {"@"},
    {"@nothing"},
    {"@quick,slow"},
    {"!alone"},
    {"!network"},
    {"!@slow"},
    {"!@quick"},
    {"!/"},
    {"!*"},
    {"+off"},
    {"+network"},
    {"+network/off_here"},
    {"+off_suite"},
    {"+off_suite/deep"},
    {"+@slow"},
    {"+@rare"},
    {"+@quick"},
    {"+/"},
    {"+nothing"},
    {"alone:off"},
    {":alone::off:"},
    {":"},
    {"network:!network/tls"},
    {"network:!@quick"},
    {"!network/tls:network"},
    {"alone:+off"},
    {"alone:!/"},
    {"@slow:!off_suite"},
    {"@quick:@slow"},
    {"needs_case:!network"},
    {"needs_suite:!network/tls/handshake"},
    {"+off:!off"},
    {"network:network/connect"},
    {"network/connect:network"},
    {"@net:network/connect"},
    {"network/connect:@net"},
    {"network/tls/connect:network/tls:network"},
    {"*:!*"},
    {"!alone:files/open"},
    {"alone", "off"},
    {"network", "!@slow"},
    {"!@slow", "network"},
    {"@quick", "+off_suite/connect", "!alone_too"},
    {"+off", "+off_suite/deep", "!network:!files"},
    {"+off_suite/connect", "needs_in_turn"},
    {"!!alone"},
    {"!+alone"},
    {"+!alone"},
    {"alone*:*too"},
    {"ALONE"},
    {" alone"},
};

test_item item(std::string path, std::string suite = {})
{
    test_item result;
    result.test.path = std::move(path);
    result.test.suite = std::move(suite);
    return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_filter)

BOOST_AUTO_TEST_CASE(the_same_as_boost_test)
{
    for (auto const& row : filters) {
        texts arguments;
        std::string text;
        for (auto const& filter : row) {
            // Not "--run_test=", which takes a colon at the beginning for its own.
            arguments.insert(arguments.end(), {"-t", filter});
            text += " '" + filter + "'";
        }
        BOOST_TEST_CONTEXT("filters" << text)
        {
            BOOST_TEST(selected_by_us(row) == selected_by_boost_test(arguments),
                       boost::test_tools::per_element());
        }
    }
}

// All pairs of some that differ in kind.
BOOST_AUTO_TEST_CASE(the_same_as_boost_test_for_pairs)
{
    char const* const some[] = {"network",   "network/connect", "needs_in_turn", "@slow",
                                "!@quick",   "!network/tls",    "+off_suite",    "+network/off_here",
                                "*/connect", "off_suite/deep"};
    for (auto const* first : some) {
        for (auto const* second : some) {
            auto const filter = std::string(first) + ':' + second;
            BOOST_TEST_CONTEXT("filter " << filter)
            {
                BOOST_TEST(selected_by_us({filter}) == selected_by_boost_test({"--run_test=" + filter}),
                           boost::test_tools::per_element());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_filter_that_boost_test_refuses)
{
    struct row {
        texts filters;
        std::string named;
        std::string argument; // of Boost.Test
    };
    row const rows[] = {
        {{""}, "\"\"", ""},
        {{"!"}, "\"!\"", "--run_test=!"},
        {{"+"}, "\"+\"", "--run_test=+"},
        {{"alone:!"}, "\"alone:!\"", "--run_test=alone:!"},
        {{"alone", "network:+:off"}, "\"network:+:off\"", "--run_test=network:+:off"},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT("filter " << r.named)
        {
            auto const error =
                thrown_by<std::invalid_argument>([&] { apply_run_filters(sample_tests(), r.filters); });
            BOOST_TEST(holds(error.what(), "--run_test is " + r.named), error.what());
            if (!r.argument.empty()) {
                auto const ended = run_process(sample, {r.argument});
                BOOST_TEST(holds(ended.errors, "Invalid filter specification"), ended.errors);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_name_with_a_slash)
{
    std::vector<test_item> const tests{item("a/b", ""), item("s/a/b", "s"), item("a"), item("", ""),
                                       item("s/", "s")};
    using marks = std::vector<bool>;
    BOOST_CHECK((apply_run_filters(tests, {"a"}) == marks{false, false, true, false, false}));
    BOOST_CHECK((apply_run_filters(tests, {"a*"}) == marks{true, false, true, false, false}));
    BOOST_CHECK((apply_run_filters(tests, {"a/b"}) == marks{false, false, false, false, false}));
    BOOST_CHECK((apply_run_filters(tests, {"s/*b"}) == marks{false, true, false, false, false}));
    BOOST_CHECK((apply_run_filters(tests, {"*"}) == marks{true, true, true, true, true}));
    BOOST_TEST(apply_run_filters({}, {"*"}).empty());
}

BOOST_AUTO_TEST_CASE(taken_from_a_command)
{
    struct row {
        texts arguments;
        texts filters;
        texts left;
    };
    row const rows[] = {
        {{}, {}, {}},
        {{"--run_test=a"}, {"a"}, {}},
        {{"--run_test=", "a", "b"}, {"a"}, {"b"}},
        {{"-t", "a", "--log_level=all", "-t", "@b"}, {"a", "@b"}, {"--log_level=all"}},
        {{"-t*a", "-t@b", "-t/c", "-t!d"}, {"*a", "@b", "/c", "!d"}, {}},
        {{"--ru=a", "--run=b", "--run_=c", "--run_t=d"}, {"a", "b", "c", "d"}, {}},
        {{"--run_test=a", "--", "--run_test=b", "-t", "c"}, {"a"}, {"--", "--run_test=b", "-t", "c"}},
        {{"-t", "--", "-t", "c"}, {"--", "c"}, {}},
        {{"--run_test=a b:c=d"}, {"a b:c=d"}, {}},
        {{"--r=a", "--random=1", "--run_tests=a", "-ta", "/t", "t", "run_test=a"},
         {},
         {"--r=a", "--random=1", "--run_tests=a", "-ta", "/t", "t", "run_test=a"}},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT("argument " << (r.arguments.empty() ? "" : r.arguments.front()))
        {
            texts command{"-t"}; // which here is the name of the executable
            command.insert(command.end(), r.arguments.begin(), r.arguments.end());
            BOOST_TEST(take_run_filters(command) == r.filters, boost::test_tools::per_element());
            BOOST_TEST(command.front() == "-t");
            command.erase(command.begin());
            BOOST_TEST(command == r.left, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(taken_as_boost_test_takes_them)
{
    texts const rows[] = {
        {"-t", "network"},
        {"-t*too"},
        {"-t@quick", "-t/off"},
        {"--run_test=", "alone", "-t", "off"},
        {"--ru=off"},
        {"-t", "alone", "--", "-t", "off"},
        {"--run_test=alone", "--log_level=nothing"},
    };
    for (auto const& arguments : rows) {
        BOOST_TEST_CONTEXT("argument " << arguments.front())
        {
            texts command{sample};
            command.insert(command.end(), arguments.begin(), arguments.end());
            BOOST_TEST(selected_by_us(take_run_filters(command)) == selected_by_boost_test(arguments),
                       boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(an_argument_that_boost_test_refuses)
{
    texts const rows[] = {
        {"--run_test", "a"}, {"--run_test"}, {"--run_test="}, {"-t"},   {"--run_test:a"}, {"--run_test==a"},
        {"--run_test=:a"},   {"-t=a"},       {"-t:a"},        {"-t a"}, {"-t", ""},
    };
    for (auto const& arguments : rows) {
        BOOST_TEST_CONTEXT("argument " << arguments.front())
        {
            texts command{sample};
            command.insert(command.end(), arguments.begin(), arguments.end());
            auto const error = thrown_by<std::invalid_argument>([&] { take_run_filters(command); });
            BOOST_TEST(holds(error.what(), "\"" + arguments.front() + "\""), error.what());
            BOOST_TEST(run_process(sample, arguments).status.code != 0);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
