// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// publish --state JSON, @FILE or -: where a state comes from, and which are refused.
#include "support/child_process.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/shell_command.hpp"
#include "support/thrown.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include <unistd.h>

using namespace testmon::test;
namespace data = boost::unit_test::data;
namespace json = boost::json;

namespace
{

constexpr std::size_t most = std::size_t{16} * 1024 * 1024;

struct bad_state {
    std::string name;
    std::string text;
    std::string says;
    std::string (*long_text)() = nullptr; // made when it is needed: every fork copies what this process holds
};

std::ostream& operator<<(std::ostream& out, bad_state const& bad)
{
    return out << bad.name;
}

std::vector<bad_state> bad_states()
{
    return {
        {"empty", "", "no JSON object"},
        {"blank", " \n", "no JSON object"},
        {"not JSON", "environment_id=1", "no JSON object"},
        {"cut short", R"({"environment_id": 1)", "no JSON object"},
        {"two", "{}{}", "no JSON object"},
        {"null", "null", "no JSON object"},
        {"a string", "\"x\"", "no JSON object"},
        {"invalid UTF-8", "{\"x\": \"\xff\"}", "no JSON object"},
        {"a million levels", "", "no JSON object", [] { return "{\"x\": " + std::string(1'000'000, '['); }},
        {"a level too deep", R"({"precreated_entries": )" + std::string(32, '[') + std::string(32, ']') + "}",
         "too deep"},
        {"a key of the library", R"({"generation": 5})", "\"generation\""},
        {"another key of the library", R"({"aborted": "why"})", "\"aborted\""},
        {"a fraction", R"({"environment_id": 1.5})", "\"environment_id\" of the state is 1.5"},
        {"too large", R"({"environment_id": 1e30})", "\"environment_id\" of the state is 1E30"},
        {"too many workers", R"({"expected_workers": 4294967296})", "from 0 to 4294967295"},
        {"a path that is null", R"({"database_path": null})", "\"database_path\" of the state is null"},
        {"entries that are none", R"({"precreated_entries": "x"})", "\"precreated_entries\""},
        {"not finite", R"({"x": 1e999})", "not finite"},
        {"too long", "", "longer than 16777216 bytes",
         [] { return R"({"x": ")" + std::string(most, 'x') + "\"}"; }},
        {"too long by the library's keys", "", "allowed are 16777216",
         [] { return R"({"x": ")" + std::string(most - 20, 'x') + "\"}"; }},
    };
}

void check(finished_process const& ended, bad_state const& bad)
{
    BOOST_TEST(ended.status.code == 2);
    BOOST_TEST(ended.output.empty());
    BOOST_TEST(holds(ended.errors, "testmon: ", bad.says), ended.errors);
    BOOST_TEST(std::count(ended.errors.begin(), ended.errors.end(), '\n') == 1, ended.errors);
    BOOST_TEST(ended.errors.size() < 1000U);
}

} // namespace

BOOST_AUTO_TEST_SUITE(state_argument)

BOOST_DATA_TEST_CASE(a_bad_state_is_bad_usage_wherever_it_comes_from, data::make(bad_states()), bad)
{
    scratch_directory const root;
    scratch_directory const elsewhere;
    coordinate(root.path(), {"publish", "--state", R"({"environment_id": 7})"});
    auto const file = elsewhere.path() / "state.json";
    auto const text = bad.long_text != nullptr ? bad.long_text() : bad.text;
    replace_text(file, text);
    check(coordinate(root.path(), {"publish", "--state", "@" + file.native()}), bad);
    auto const script = "'" TESTMON_COMMAND_PROGRAM "' coordinate --root '" + root.path().native() +
                        "' publish --state - --pid " + std::to_string(::getpid()) + " < '" + file.native() +
                        "'";
    check(run_process("/bin/sh", {"-c", script}), bad);
    constexpr std::size_t longest_argument = 100'000;
    if (text.size() < longest_argument) {
        check(coordinate(root.path(), {"publish", "--state", text}), bad);
    }
    // What was published before still is.
    auto const state = json::parse(coordinate(root.path(), {"read"}).output);
    BOOST_TEST(state.at("environment_id").as_int64() == 7);
    BOOST_TEST(state.at("generation").as_int64() == 1);
}

BOOST_AUTO_TEST_CASE(a_large_state_comes_whole)
{
    scratch_directory const root;
    auto const file = root.path() / "state.json";
    std::string const text(1'000'000, 'x');
    replace_text(file, R"({"x": ")" + text + "\"}");
    BOOST_TEST(coordinate(root.path(), {"publish", "--state", "@" + file.native()}).status.code == 0);
    auto const read = coordinate(root.path(), {"read"});
    BOOST_TEST((json::parse(read.output).at("x").as_string() == text));
}

BOOST_AUTO_TEST_CASE(standard_input_may_come_in_pieces)
{
    scratch_directory const root;
    child_process publishing(TESTMON_COMMAND_PROGRAM,
                             {"coordinate", "--root", root.path().native(), "publish", "--state", "-"});
    for (auto const* line : {"{\"environment_id\":", "  12", "}", ""}) {
        publishing.write_line(line);
    }
    publishing.close_input();
    BOOST_TEST(publishing.wait().code == 0);
    BOOST_TEST(json::parse(coordinate(root.path(), {"read"}).output).at("environment_id").as_int64() == 12);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_a_file_error_that_names_it)
{
    scratch_directory const root;
    for (auto const& name : {root.path().native(), std::string("/no/such/file"), std::string()}) {
        auto const ended = coordinate(root.path(), {"publish", "--state", "@" + name});
        BOOST_TEST(ended.status.code == 5, ended.errors);
        BOOST_TEST(holds(ended.errors, "cannot ", name), ended.errors);
        BOOST_TEST(ended.output.empty());
    }
    auto const closed = run_process("/bin/sh", {"-c", "'" TESTMON_COMMAND_PROGRAM "' coordinate --root '" +
                                                          root.path().native() + "' publish --state - <&-"});
    BOOST_TEST(closed.status.code != 0);
    BOOST_TEST(holds(closed.errors, "testmon: "), closed.errors);
    BOOST_TEST(boost::filesystem::is_empty(root.path())); // nothing was begun
}

BOOST_AUTO_TEST_CASE(the_option_goes_before_the_key_of_the_state)
{
    scratch_directory const root;
    coordinate(root.path(), {"publish", "--state", R"({"expected_workers": 3})", "--expected-workers", "5"});
    BOOST_TEST(json::parse(coordinate(root.path(), {"read"}).output).at("expected_workers").as_int64() == 5);
    coordinate(root.path(), {"publish", "--state", R"({"expected_workers": 3})"});
    BOOST_TEST(json::parse(coordinate(root.path(), {"read"}).output).at("expected_workers").as_int64() == 3);
}

BOOST_AUTO_TEST_SUITE_END()
