// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <limits>
#include <ostream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
namespace data = boost::unit_test::data;
namespace json = boost::json;

namespace
{

struct bad_document {
    std::string name;
    std::string text;
    std::string says; // a part of the message
};

std::ostream& operator<<(std::ostream& out, bad_document const& document)
{
    return out << document.name;
}

// What this library publishes.
json::object native_state()
{
    auto state = foreign_state(::getpid());
    json::object const more{
        {"format_version", 1},       {"run_id", "a-run"},          {"generation", 1},
        {"boot_id", "a-boot"},       {"controller_start_time", 1}, {"controller_pid_namespace", 0},
        {"published_since_boot", 10}};
    state.insert(more.begin(), more.end());
    return state;
}

json::object with(json::object state, char const* key, json::value const& value)
{
    state[key] = value;
    return state;
}

std::vector<bad_document> bad_documents()
{
    std::vector<bad_document> all{
        {"empty", "", "it is empty"},
        {"cut short", json::serialize(native_state()).substr(0, 60), "not JSON"},
        {"not JSON", "hello", "not JSON"},
        {"two documents", "{}{}", "not JSON"},
        {"an array", "[]", "not a JSON object"},
        {"a string", "\"x\"", "not a JSON object"},
        {"NUL bytes", std::string(100, '\0'), "not JSON"},
        {"a million levels", std::string(1'000'000, '['), "at most 32 levels"},
        {"33 levels",
         R"({"timestamp":1,"controller_pid":1,"environment_id":1,"database_path":"","x":)" +
             std::string(32, '[') + std::string(32, ']') + "}",
         "at most 32 levels"},
        {"invalid UTF-8",
         R"({"timestamp":1,"controller_pid":1,"environment_id":1,"database_path":")"
         "\xff"
         R"("})",
         "not JSON"},
        {"not finite",
         R"({"timestamp":1,"controller_pid":1,"environment_id":1,"database_path":"","x":1e9999})",
         "not finite"},
        {"too long", std::string(std::size_t{16} * 1024 * 1024 + 1, ' '), "bytes long"},
        {"another version", json::serialize(with(native_state(), "format_version", 2)),
         "format version is 2"},
    };
    for (auto const* key :
         {"timestamp", "controller_pid", "environment_id", "database_path", "run_id", "generation", "boot_id",
          "controller_start_time", "controller_pid_namespace", "published_since_boot"}) {
        auto missing = native_state();
        missing.erase(key);
        all.push_back({std::string("without ") + key, json::serialize(missing),
                       std::string("\"") + key + "\" is missing"});
        for (auto const& value : {json::value(nullptr), json::value(true), json::value(json::array()),
                                  json::value(json::object())}) {
            all.push_back({std::string(key) + " of a wrong type",
                           json::serialize(with(native_state(), key, value)),
                           std::string("\"") + key + "\" is "});
        }
    }
    for (auto const& [key, value] : std::vector<std::pair<char const*, json::value>>{
             {"timestamp", "1"},
             {"timestamp", -1},
             {"controller_pid", 0},
             {"controller_pid", -5},
             {"controller_pid", 1.5},
             {"controller_pid", 5'000'000'000},
             {"environment_id", 1e30},
             {"environment_id", 9007199254740992.0}, // not exact any more
             {"environment_id", "42"},
             {"database_path", 3},
             {"expected_workers", -1},
             {"expected_workers", 5'000'000'000},
             {"expected_workers", "4"},
             {"precreated_entries", 3},
             {"precreated_entries", "x"},
             {"generation", 0},
             {"run_id", ""},
             {"format_version", "1"},
             {"aborted", 3}}) {
        all.push_back({std::string(key) + " out of range", json::serialize(with(native_state(), key, value)),
                       std::string("\"") + key + "\""});
    }
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(state)

BOOST_DATA_TEST_CASE(a_bad_document_is_refused_and_named, data::make(bad_documents()), bad) // G10
{
    scratch_directory const root;
    auto const file = run_directory_in(root.path()) / "controller_ready.json";
    replace_text(file, bad.text);
    coordination_manager manager(root.path());
    auto const e = thrown_by<invalid_coordination_state>([&] { manager.read_controller_state(); });
    BOOST_TEST((e.code() == errc::invalid_state));
    BOOST_TEST(e.path() == file.native());
    BOOST_TEST(holds(e.what(), bad.says, file.native()), e.what());
    // A waiting worker is told at once, and not after its timeout.
    BOOST_CHECK_THROW(manager.wait_for_controller("gw0"), invalid_coordination_state);
    BOOST_TEST(text_of(file) == bad.text); // left as it is
    // A controller publishes over it.
    manager.write_controller_state({});
    BOOST_TEST(manager.wait_for_controller("gw0").controller_pid() == ::getpid());
}

BOOST_AUTO_TEST_CASE(a_gibibyte_is_refused_without_being_read) // G10
{
    scratch_directory const root;
    auto const file = run_directory_in(root.path()) / "controller_ready.json";
    replace_text(file, "");
    BOOST_REQUIRE(::truncate(file.c_str(), 1L << 30) == 0);
    coordination_manager manager(root.path());
    auto const e = thrown_by<invalid_coordination_state>([&] { manager.read_controller_state(); });
    BOOST_TEST(holds(e.what(), "1073741824 bytes"), e.what());
}

BOOST_AUTO_TEST_CASE(what_is_published_arrives)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    state_data data;
    data.environment_id = std::numeric_limits<std::int64_t>::max();
    data.database_path = "/path/with \"quotes\", \\ and \xC3\xA4";
    data.expected_workers = 4;
    data.precreated_entries = json::parse(R"({"a": [1, 2.5, null, true, {"b": "c"}]})");
    data.extra = json::parse(R"({"port": 8080, "list": [1, 2]})").as_object();
    auto const published = manager.write_controller_state(data);
    auto const state = manager.read_controller_state();
    BOOST_TEST(state.environment_id() == data.environment_id);
    BOOST_TEST(state.database_path() == data.database_path);
    BOOST_TEST(state.expected_workers() == 4U);
    BOOST_TEST((state.precreated_entries() == data.precreated_entries));
    BOOST_TEST((state.extra() == data.extra));
    BOOST_TEST(state.controller_pid() == ::getpid());
    BOOST_TEST(state.is_native());
    BOOST_TEST(state.generation() == 1U);
    BOOST_TEST(!state.is_abort());
    BOOST_TEST(state.run_id() == published.run_id());
    BOOST_TEST(state.timestamp() > 1.7e9);
    BOOST_TEST((coordination_state::from_json(state.to_json(), "copy").to_json() == state.to_json()));
}

BOOST_AUTO_TEST_CASE(the_defaults_arrive_too)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    auto const state = manager.read_controller_state();
    BOOST_TEST(state.environment_id() == 0);
    BOOST_TEST(state.database_path().empty());
    BOOST_TEST((state.precreated_entries() == json::object()));
    BOOST_TEST(state.extra().empty());
}

BOOST_AUTO_TEST_CASE(what_a_worker_would_refuse_is_not_published)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    std::vector<state_data> bad(6);
    bad[0].extra["controller_pid"] = 1;
    bad[1].extra["deep"] = json::parse(std::string(31, '[') + std::string(31, ']'));
    bad[1].extra["deep"] = json::array{json::array{bad[1].extra["deep"]}};
    bad[2].extra["long"] = std::string(std::size_t{17} * 1024 * 1024, 'x');
    bad[3].extra["nan"] = std::numeric_limits<double>::quiet_NaN();
    bad[4].precreated_entries = 3;
    bad[5].database_path = "\xff";
    for (auto const& data : bad) {
        auto const e = thrown_by([&] { manager.write_controller_state(data); });
        BOOST_TEST((e.code() == errc::invalid_argument), e.what());
    }
    BOOST_TEST(manager.read_controller_state().generation() == 1U); // the one before is still there
}

BOOST_AUTO_TEST_CASE(files_and_directories_are_for_the_owner_only) // G10
{
    scratch_directory const root;
    xdist_config config;
    config.run_id = "run";
    coordination_manager manager(root.path(), config);
    manager.write_controller_state({});
    manager.acknowledge_worker_ready("gw0");
    struct ::stat status {
    };
    for (auto const& entry : boost::filesystem::recursive_directory_iterator(root.path())) {
        BOOST_REQUIRE(::stat(entry.path().c_str(), &status) == 0);
        BOOST_TEST((status.st_mode & 0777) == (S_ISDIR(status.st_mode) ? 0700U : 0600U), entry.path());
    }
}

BOOST_AUTO_TEST_SUITE_END()
