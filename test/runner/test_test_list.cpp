// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/test_list.hpp"
#include "support/runner_samples.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace testmon::runner;
using namespace testmon::test;
using namespace std::chrono_literals;

namespace
{

std::vector<test_item> listed_items()
{
    auto items = sample_items();
    items[2].test.labels = {"slow", "net"};
    items[2].expected = 1500ms;
    items[2].last_outcome = testmon::database::outcome::failed;
    items[2].fixture_suite = "a/b";
    items[3].test.file.clear();
    return items;
}

} // namespace

BOOST_AUTO_TEST_SUITE(test_list)

BOOST_AUTO_TEST_CASE(as_text)
{
    BOOST_TEST(test_list_text(listed_items(), {2, 0}, false) == "a/b/third\na/first\n");
    BOOST_TEST(test_list_text(listed_items(), {}, false) == "");
    BOOST_TEST(test_list_text(listed_items(), {2, 3}, true) ==
               "TEST       DEFINED AT    EXPECTED  LAST OUTCOME  LABELS\n"
               "a/b/third  tests.cpp:30    1.50 s  failed        slow, net\n"
               "alone      -                    -  -             -\n");
}

BOOST_AUTO_TEST_CASE(as_json)
{
    auto const text = test_list_json(listed_items(), {2, 3});
    BOOST_TEST(text.find('\n') == text.size() - 1);
    auto const third =
        R"({"path":"a/b/third","suite":"a/b","file":"tests.cpp","line":30,"labels":["slow","net"],
        "depends_on":[],"time_limit_ns":0,"expected_failures":0,"enabled":true,"fixture_suite":"a/b",
        "expected_ns":1500000000,"last_outcome":"failed"})";
    auto const alone = R"({"path":"alone","suite":"","file":"","line":40,"labels":[],
        "depends_on":[],"time_limit_ns":0,"expected_failures":0,"enabled":true,"fixture_suite":"",
        "expected_ns":null,"last_outcome":null})";
    auto const expected =
        R"({"format":"testmon-test-list","version":1,"tests":[)" + std::string(third) + "," + alone + "]}";
    BOOST_TEST((boost::json::parse(text) == boost::json::parse(expected)), text);
}

BOOST_AUTO_TEST_SUITE_END()
