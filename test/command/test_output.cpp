// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// What each subcommand prints, for a person and, with --json, for a program.
#include "support/child_process.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/shell_command.hpp"
#include "support/thrown.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <unistd.h>

using namespace testmon::test;
namespace json = boost::json;

namespace
{

// One document on one line, and nothing else.
json::value document_of(finished_process const& ended)
{
    BOOST_TEST(ended.status.code == 0, ended.errors);
    BOOST_TEST(ended.errors.empty(), ended.errors);
    BOOST_TEST(std::count(ended.output.begin(), ended.output.end(), '\n') == 1, ended.output);
    return json::parse(ended.output);
}

} // namespace

BOOST_AUTO_TEST_SUITE(output)

// Each subcommand, in an order in which all of them succeed.
BOOST_AUTO_TEST_CASE(of_every_subcommand)
{
    scratch_directory const root;
    scratch_directory const other_root;
    std::string const own_pid = std::to_string(::getpid());
    struct row {
        std::vector<std::string> words;
        std::string text; // what it prints without --json; "STATE": the state
        std::string json; // with it; DIR: the run's directory
    };
    row const rows[] = {
        {{"ready-workers"}, "", "[]"},
        {{"begin"}, "", R"({"directory":"DIR"})"},
        {{"publish", "--state", R"({"environment_id":1})"}, "", "STATE"},
        {{"read"}, "STATE", "STATE"},
        {{"wait-for-controller", "gw0"}, "STATE", "STATE"},
        {{"wait-for-controller", "gw2", "--no-acknowledge"}, "STATE", "STATE"},
        {{"wait-for-workers", "1"}, "1 worker is ready\n", R"({"acknowledged":1,"workers":["gw0"]})"},
        {{"acknowledge", "gw1"}, "", R"({"worker_id":"gw1"})"},
        {{"wait-for-workers", "0"}, "2 workers are ready\n", R"({"acknowledged":2,"workers":["gw0","gw1"]})"},
        {{"ready-workers"}, "gw0\ngw1\n", R"(["gw0","gw1"])"},
        {{"leave", "gw1"}, "", R"({"worker_id":"gw1"})"},
        {{"reset"}, "", R"({"acknowledged":0})"},
        {{"ready-workers"}, "", "[]"},
        {{"wait-for-workers", "0"}, "0 workers are ready\n", R"({"acknowledged":0,"workers":[]})"},
        {{"abort", "--reason", "no \"database\""}, "", R"({"reason":"no \"database\""})"},
        {{"cleanup"}, "", R"({"directory":"DIR"})"},
        {{"cleanup"}, "", R"({"directory":"DIR"})"},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.words.front())
        {
            auto const text = coordinate(root.path(), r.words);
            BOOST_TEST(text.status.code == 0, text.errors);
            BOOST_TEST(text.errors.empty(), text.errors);
            if (r.text == "STATE") {
                auto const state = json::parse(text.output).as_object();
                BOOST_TEST(state.at("environment_id").as_int64() == 1);
                BOOST_TEST(state.at("generation").as_int64() == 1);
            } else {
                BOOST_TEST(text.output == r.text);
            }
            auto words = r.words;
            words.emplace_back("--json");
            auto const document = document_of(coordinate(other_root.path(), words));
            if (r.json == "STATE") {
                BOOST_TEST(document.at("environment_id").as_int64() == 1);
                BOOST_TEST(std::to_string(document.at("controller_pid").as_int64()) == own_pid);
                continue;
            }
            auto expected = r.json;
            if (auto const place = expected.find("DIR"); place != std::string::npos) {
                expected.replace(place, 3, run_directory_in(other_root.path()).native());
            }
            BOOST_TEST(json::serialize(document) == expected);
        }
    }
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
    BOOST_TEST(boost::filesystem::is_empty(other_root.path()));
}

BOOST_AUTO_TEST_CASE(a_state_is_printed_as_it_is_in_the_file)
{
    scratch_directory const root;
    auto const text = R"({"environment_id": 3, "x": "\"\\\n\u0000", "list": [1, 2.5, null, {"a": []}]})";
    coordinate(root.path(), {"publish", "--state", text});
    auto const file = json::parse(text_of(run_directory_in(root.path()) / "controller_ready.json"));
    BOOST_TEST((json::parse(coordinate(root.path(), {"read"}).output) == file));
    BOOST_TEST(file.at("x").as_string() == std::string("\"\\\n\0", 4));
    BOOST_TEST((file.at("list") == json::parse(text).at("list")));
}

BOOST_AUTO_TEST_CASE(the_debug_log_is_on_standard_error_and_leaves_the_output_alone)
{
    scratch_directory const root;
    child_options how;
    how.environment["TESTMON_XDIST_DEBUG"] = "1";
    auto const published = coordinate(root.path(), {"--json", "publish", "--state", "{}"}, how);
    BOOST_TEST(published.status.code == 0);
    BOOST_TEST(json::parse(published.output).at("generation").as_int64() == 1);
    BOOST_TEST(holds(published.errors, "testmon: debug: published generation 1"), published.errors);
}

BOOST_AUTO_TEST_CASE(warnings_are_shown_without_being_asked_for)
{
    scratch_directory const root;
    replace_text(run_directory_in(root.path()) / "controller_ready.json", "nonsense");
    auto const published = coordinate(root.path(), {"publish", "--state", "{}"});
    BOOST_TEST(published.status.code == 0);
    BOOST_TEST(holds(published.errors, "testmon: warning: ignored a leftover"), published.errors);
}

BOOST_AUTO_TEST_SUITE_END()
