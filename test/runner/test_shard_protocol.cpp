// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/shard_protocol.hpp"

#include "support/environment.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <ctime>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

using namespace testmon::runner;
using namespace testmon::test;

namespace
{

using variables = std::map<std::string, std::string>;

variable_reader reader_of(variables const& values)
{
    return [values](std::string const& name) -> std::optional<std::string> {
        auto const found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional(found->second);
    };
}

std::string text_of(shard_request const& request)
{
    auto result = request.part
                      ? std::to_string(request.part->index) + "/" + std::to_string(request.part->total)
                      : std::string("none");
    for (auto const& file : request.status_files) {
        result += " " + file.native();
    }
    return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(shard_protocol)

BOOST_AUTO_TEST_CASE(what_is_asked_for)
{
    struct row {
        variables values;
        std::string expected;
    };
    row const rows[] = {
        {{}, "none"},
        {{{"GTEST_TOTAL_SHARDS", "3"}, {"GTEST_SHARD_INDEX", "0"}}, "1/3"},
        {{{"TEST_TOTAL_SHARDS", "3"}, {"TEST_SHARD_INDEX", "2"}}, "3/3"},
        {{{"GTEST_TOTAL_SHARDS", "1"}, {"GTEST_SHARD_INDEX", "0"}, {"GTEST_SHARD_STATUS_FILE", "/s"}},
         "1/1 /s"},
        {{{"TEST_TOTAL_SHARDS", "1000000"}, {"TEST_SHARD_INDEX", "999999"}, {"TEST_SHARD_STATUS_FILE", "/s"}},
         "1000000/1000000 /s"},
        // Bazel sets both.
        {{{"GTEST_TOTAL_SHARDS", "3"},
          {"GTEST_SHARD_INDEX", "1"},
          {"GTEST_SHARD_STATUS_FILE", "/s"},
          {"TEST_TOTAL_SHARDS", "3"},
          {"TEST_SHARD_INDEX", "1"},
          {"TEST_SHARD_STATUS_FILE", "/s"}},
         "2/3 /s"},
        {{{"GTEST_SHARD_STATUS_FILE", "/s"}, {"TEST_SHARD_STATUS_FILE", "/t"}}, "none /s /t"},
        {{{"GTEST_TOTAL_SHARDS", ""}, {"GTEST_SHARD_INDEX", ""}, {"TEST_SHARD_STATUS_FILE", ""}}, "none"},
        {{{"GTEST_TOTAL_SHARDS", ""}, {"TEST_TOTAL_SHARDS", "2"}, {"TEST_SHARD_INDEX", "1"}}, "2/2"},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT("expected " << r.expected)
        {
            BOOST_TEST(text_of(read_shard_request(reader_of(r.values))) == r.expected);
            BOOST_TEST(text_of(choose_shard_request(std::nullopt, reader_of(r.values))) == r.expected);
            BOOST_TEST(text_of(choose_shard_request(shard{4, 5}, reader_of(r.values))) == "4/5");
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_refused)
{
    struct row {
        std::string total;
        std::string index;
        std::string message; // behind the prefix of the variable
    };
    row const rows[] = {
        {"0", "0", "TOTAL_SHARDS is \"0\"; allowed is a number from 1 to 1000000"},
        {"-1", "0", "TOTAL_SHARDS is \"-1\"; allowed is a number from 1 to 1000000"},
        {"three", "0", "TOTAL_SHARDS is \"three\"; allowed is a number from 1 to 1000000"},
        {"1000001", "0", "TOTAL_SHARDS is \"1000001\"; allowed is a number from 1 to 1000000"},
        {" 3", "0", "TOTAL_SHARDS is \" 3\"; allowed is a number from 1 to 1000000"},
        {"3", "3", "SHARD_INDEX is \"3\"; allowed is a number from 0 to 2"},
        {"3", "-1", "SHARD_INDEX is \"-1\"; allowed is a number from 0 to 2"},
        {"3", "1x", "SHARD_INDEX is \"1x\"; allowed is a number from 0 to 2"},
        {"3", "", "SHARD_INDEX is not set; allowed is a number from 0 to 2"},
        {"", "1", "TOTAL_SHARDS is not set; allowed is the number of shards"},
    };
    for (std::string const prefix : {"GTEST_", "TEST_"}) {
        for (auto const& r : rows) {
            BOOST_TEST_CONTEXT(prefix << r.message)
            {
                variables const values{{prefix + "TOTAL_SHARDS", r.total}, {prefix + "SHARD_INDEX", r.index}};
                auto const error =
                    thrown_by<std::invalid_argument>([&] { read_shard_request(reader_of(values)); });
                BOOST_TEST(std::string(error.what()).rfind(prefix + r.message, 0) == 0U, error.what());
                BOOST_TEST(text_of(choose_shard_request(shard{1, 2}, reader_of(values))) == "1/2");
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(protocols_that_contradict_each_other)
{
    struct row {
        std::string total;
        std::string index;
        std::string message;
    };
    row const rows[] = {
        {"4", "1", "TEST_TOTAL_SHARDS is \"4\"; allowed is 3, since GTEST_TOTAL_SHARDS is \"3\""},
        {"3", "2", "TEST_SHARD_INDEX is \"2\"; allowed is 1, since GTEST_SHARD_INDEX is \"1\""},
    };
    for (auto const& r : rows) {
        variables const values{{"GTEST_TOTAL_SHARDS", "3"},
                               {"GTEST_SHARD_INDEX", "1"},
                               {"TEST_TOTAL_SHARDS", r.total},
                               {"TEST_SHARD_INDEX", r.index}};
        auto const error = thrown_by<std::invalid_argument>([&] { read_shard_request(reader_of(values)); });
        BOOST_TEST(error.what() == r.message);
        BOOST_TEST(text_of(choose_shard_request(shard{1, 2}, reader_of(values))) == "1/2");
    }
}

BOOST_AUTO_TEST_CASE(the_environment_and_the_status_file)
{
    namespace fs = boost::filesystem;
    scratch_directory const directory;
    auto const fresh = directory.path() / "fresh";
    auto const old = directory.path() / "old";
    touch_status_files({{}, {old}});
    fs::last_write_time(old, std::time_t{1000});
    environment_variable const total("TEST_TOTAL_SHARDS", "2");
    environment_variable const index("TEST_SHARD_INDEX", "0");
    environment_variable const file("TEST_SHARD_STATUS_FILE", fresh.native());
    environment_variable const other_file("GTEST_SHARD_STATUS_FILE", old.native());
    auto const request = read_shard_request();
    BOOST_TEST(text_of(request) == "1/2 " + old.native() + " " + fresh.native());
    BOOST_TEST(!fs::exists(fresh));
    touch_status_files(request);
    BOOST_TEST(fs::exists(fresh));
    BOOST_TEST(fs::last_write_time(old) > 1000);
    touch_status_files({});

    auto const nowhere = directory.path() / "no directory" / "file";
    auto const error = thrown_by<std::runtime_error>([&] { touch_status_files({{}, {nowhere}}); });
    BOOST_TEST(holds(error.what(), nowhere.native(), "No such file"), error.what());
}

BOOST_AUTO_TEST_SUITE_END()
