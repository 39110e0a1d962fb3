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

#include <cstdint>
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
    std::string says;                     // a part of the message
    std::string (*long_text)() = nullptr; // made when it is needed: every fork copies what this process holds
};

std::string text_of(bad_document const& document)
{
    return document.long_text != nullptr ? document.long_text() : document.text;
}

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

// The four keys that are needed, and others around which a document can grow.
std::string nested(std::string const& opening, std::string const& core, std::string const& closing,
                   int levels)
{
    std::string text =
        R"({"timestamp":4102444800,"controller_pid":1,"environment_id":1,"database_path":"","x":)";
    for (int level = 1; level < levels; ++level) { // it is one itself
        text += opening;
    }
    text += core;
    for (int level = 1; level < levels; ++level) {
        text += closing;
    }
    return text + "}";
}

std::string nested_objects(int levels)
{
    return nested(R"({"x":)", "1", "}", levels);
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
        {"a million levels", "", "at most 32 levels", [] { return std::string(1'000'000, '['); }},
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
        {"too long", "", "bytes long", [] { return std::string(std::size_t{16} * 1024 * 1024 + 1, ' '); }},
        {"a level too deep, as objects", nested_objects(33), "at most 32 levels"},
        {"a million levels of objects", "", "at most 32 levels", [] { return nested_objects(1'000'000); }},
        {"a million levels behind 60 kB", "", "at most 32 levels",
         [] { return "{\"x\":\"" + std::string(60'000, 'x') + "\",\"y\":" + std::string(1'000'000, '['); }},
        {"a byte order mark", "\xEF\xBB\xBF" + json::serialize(native_state()), "not JSON"},
        {"a NUL behind it", json::serialize(native_state()) + std::string(1, '\0'), "not JSON"},
        {"a NUL in a string", "{\"x\":\"" + std::string(1, '\0') + "\"}", "not JSON"},
        {"invalid UTF-8 in a key", "{\"\xC3\":1}", "not JSON"},
        {"a surrogate alone", R"({"x":"\ud800"})", "not JSON"},
        {"a comment", "{/**/}", "not JSON"},
        {"a comma too many", R"({"x":1,})", "not JSON"},
        {"blanks only", "  \n\t ", "not JSON"},
        {"null", "null", "not a JSON object"},
        {"a number", "1", "not a JSON object"},
        {"true", "true", "not a JSON object"},
        {"an empty object", "{}", "\"timestamp\" is missing"},
        {"not a number", R"({"timestamp":NaN})", "not JSON"},
        {"minus infinity", R"({"x":-1e9999})", "not finite"},
        {"not finite, deep inside", R"({"x":[{"y":[1e9999]}]})", "not finite"},
        {"an older version", json::serialize(with(native_state(), "format_version", 0)),
         "format version is 0"},
        {"a much newer version",
         json::serialize(with(native_state(), "format_version", std::numeric_limits<std::int64_t>::max())),
         "format version is 9223372036854775807"},
        {"a wrong value, given twice",
         R"({"timestamp":1,"controller_pid":1,"environment_id":1,"database_path":"","database_path":3})",
         "\"database_path\" is 3"},
        {"a very long wrong value",
         json::serialize(with(native_state(), "environment_id", json::string(10'000, 'x'))), "..."},
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
             {"generation", -1},
             {"generation", 1.5},
             {"generation", 1e19},
             {"run_id", ""},
             {"run_id", 7},
             {"boot_id", 7},
             {"controller_start_time", -1},
             {"controller_start_time", "1"},
             {"controller_pid_namespace", -1},
             {"published_since_boot", -1},
             {"timestamp", "now"},
             {"controller_pid", "1"},
             {"controller_pid", 2'147'483'648},
             {"environment_id", 1.5},
             {"environment_id", 9'223'372'036'854'775'808U},
             {"expected_workers", 1.5},
             {"expected_workers", 4'294'967'296},
             {"expected_workers", nullptr},
             {"precreated_entries", nullptr},
             {"precreated_entries", true},
             {"format_version", -1},
             {"format_version", nullptr},
             {"format_version", json::object()},
             {"aborted", nullptr},
             {"aborted", json::array()},
             {"format_version", "1"},
             {"aborted", 3}}) {
        all.push_back({std::string(key) + " out of range", json::serialize(with(native_state(), key, value)),
                       std::string("\"") + key + "\""});
    }
    return all;
}

// Puts the id of this process in the place of "PID".
std::string with_own_pid(std::string text)
{
    auto const place = text.find("PID");
    return text.replace(place, 3, std::to_string(::getpid()));
}

// What a worker reads where a controller has written this.
coordination_state published(std::string const& text)
{
    scratch_directory const root;
    replace_text(run_directory_in(root.path()) / "controller_ready.json", text);
    coordination_manager manager(root.path());
    auto state = manager.read_controller_state();
    auto const waited = manager.wait_for_controller("gw0");
    BOOST_TEST((state.to_json() == waited.to_json()));
    return state;
}

} // namespace

BOOST_AUTO_TEST_SUITE(state)

BOOST_DATA_TEST_CASE(a_bad_document_is_refused_and_named, data::make(bad_documents()), bad) // G10
{
    scratch_directory const root;
    auto const file = run_directory_in(root.path()) / "controller_ready.json";
    auto const text = text_of(bad);
    replace_text(file, text);
    coordination_manager manager(root.path());
    auto const e = thrown_by<invalid_coordination_state>([&] { manager.read_controller_state(); });
    BOOST_TEST((e.code() == errc::invalid_state));
    BOOST_TEST(e.path() == file.native());
    BOOST_TEST(holds(e.what(), bad.says, file.native()), e.what());
    // A waiting worker is told at once, and not after its timeout.
    BOOST_CHECK_THROW(manager.wait_for_controller("gw0"), invalid_coordination_state);
    BOOST_TEST((text_of(file) == text)); // left as it is
    // A controller publishes over it.
    manager.write_controller_state({});
    BOOST_TEST(manager.wait_for_controller("gw0").controller_pid() == ::getpid());
}

BOOST_DATA_TEST_CASE(a_bad_document_is_refused_in_memory_too, data::make(bad_documents()), bad) // G10
{
    boost::system::error_code ec;
    auto const document = json::parse(text_of(bad), ec);
    if (ec) {
        return; // it is no document
    }
    auto const e =
        thrown_by<invalid_coordination_state>([&] { coordination_state::from_json(document, "the answer"); });
    BOOST_TEST((e.code() == errc::invalid_state));
    BOOST_TEST(e.path() == "the answer");
    BOOST_TEST(holds(e.what(), "the answer", bad.says), e.what());
    BOOST_TEST(std::string(e.what()).size() < 400U); // however much is wrong
}

BOOST_AUTO_TEST_CASE(a_gibibyte_is_refused_without_being_read) // G10
{
    scratch_directory const root;
    auto const file = run_directory_in(root.path()) / "controller_ready.json";
    replace_text(file, "");
    BOOST_REQUIRE(::truncate(file.c_str(), 1L << 30) == 0);
    coordination_manager manager(root.path());
    auto const e = thrown_by<invalid_coordination_state>([&] { manager.read_controller_state(); });
    BOOST_TEST(holds(e.what(), "1073741824 bytes", "allowed are 16777216"), e.what());
}

BOOST_AUTO_TEST_CASE(what_is_just_deep_enough_is_read) // G10
{
    for (auto const& text : {nested_objects(32), nested("[", "", "]", 32)}) {
        auto const state = published(text);
        BOOST_TEST(state.extra().size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(what_is_just_short_enough_is_read_and_published) // G10
{
    constexpr std::size_t most = std::size_t{16} * 1024 * 1024;
    auto text = json::serialize(foreign_state(::getpid()));
    text += std::string(most - text.size(), ' ');
    BOOST_TEST(published(text).environment_id() == 5);
    scratch_directory const root;
    coordination_manager manager(root.path());
    state_data data;
    data.extra["long"] = std::string(most - 2000, 'x');
    manager.write_controller_state(data);
    BOOST_TEST(manager.read_controller_state().extra().at("long").as_string().size() == most - 2000);
}

BOOST_AUTO_TEST_CASE(a_program_that_writes_the_keys_of_the_original_only_is_understood)
{
    struct row {
        char const* text; // PID stands for this process
        std::int64_t environment_id;
        char const* database_path;
        std::uint32_t expected_workers;
        std::size_t extra;
    };
    row const rows[] = {
        {R"({"timestamp":1e10,"controller_pid":PID,"environment_id":42,"database_path":"/db"})", 42, "/db", 0,
         0},
        // As Python's json module writes it.
        {R"({"timestamp": 4102444800.123456, "controller_pid": PID, "environment_id": 42, "database_path": )"
         R"("/db", "expected_workers": 4, "precreated_entries": {}})",
         42, "/db", 4, 0},
        {"{\n  \"database_path\": \"\",\r\n\t\"environment_id\": -1,\n  \"controller_pid\": PID,\n  "
         "\"timestamp\": 4102444800\n}\n\n",
         -1, "", 0, 0},
        // Numbers that are whole, however they are written.
        {R"({"timestamp":4102444800,"controller_pid":PID.0,"environment_id":4.2e1,"database_path":"",)"
         R"("expected_workers":4.0})",
         42, "", 4, 0},
        {R"({"timestamp":4102444800,"controller_pid":PID,"environment_id":-9223372036854775808,)"
         R"("database_path":"\u0000\u00e4\ud83d\ude00","expected_workers":4294967295,"precreated_entries":[1]})",
         std::numeric_limits<std::int64_t>::min(), nullptr, 4294967295U, 0},
        // Keys of its own, one of them the empty one; and a key twice: the last one counts.
        {R"({"timestamp":4102444800,"controller_pid":PID,"environment_id":1,"environment_id":2,)"
         R"("database_path":"/db","port":80,"":null,"port":81})",
         2, "/db", 0, 2},
        // What only means something to this library if there is a format version.
        {R"({"timestamp":4102444800,"controller_pid":PID,"environment_id":1,"database_path":"/db",)"
         R"("generation":"first","run_id":null,"boot_id":[]})",
         1, "/db", 0, 0},
    };
    for (auto const& r : rows) {
        auto const state = published(with_own_pid(r.text));
        BOOST_TEST(state.controller_pid() == ::getpid(), r.text);
        BOOST_TEST(state.environment_id() == r.environment_id, r.text);
        BOOST_TEST((r.database_path == nullptr || state.database_path() == r.database_path), r.text);
        BOOST_TEST(state.expected_workers() == r.expected_workers, r.text);
        BOOST_TEST(state.extra().size() == r.extra, r.text);
        BOOST_TEST(!state.is_native(), r.text);
        BOOST_TEST(!state.is_abort());
        BOOST_TEST(state.run_id().empty());
        BOOST_TEST(state.generation() > 1U); // the file's time
        json::value const entries =
            holds(r.text, "[1]") ? json::value(json::array(1, 1)) : json::value(json::object_kind);
        BOOST_TEST(state.precreated_entries() == entries);
    }
}

BOOST_AUTO_TEST_CASE(a_program_of_another_language_can_abort)
{
    scratch_directory const root;
    replace_text(run_directory_in(root.path()) / "controller_ready.json",
                 json::serialize(json::object{
                     {"timestamp", 4102444800}, {"controller_pid", ::getpid()}, {"aborted", "no database"}}));
    coordination_manager manager(root.path());
    auto const e = thrown_by<controller_not_ready>([&] { manager.wait_for_controller("gw0"); });
    BOOST_TEST((e.code() == errc::controller_aborted));
    BOOST_TEST(e.reason() == "no database");
}

BOOST_AUTO_TEST_CASE(no_state_has_no_values)
{
    coordination_state const none;
    BOOST_TEST(none.controller_pid() == 0);
    BOOST_TEST(none.environment_id() == 0);
    BOOST_TEST(none.database_path().empty());
    BOOST_TEST(none.generation() == 0U);
    BOOST_TEST(none.to_json().empty());
    BOOST_TEST((none.precreated_entries() == json::object()));
    BOOST_TEST(!none.is_native());
    BOOST_TEST(!none.is_abort());
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
