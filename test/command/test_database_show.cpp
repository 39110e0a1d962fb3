// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/database_command.hpp"
#include "support/database_file.hpp"
#include "support/database_history.hpp"
#include "support/database_samples.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/database/read_only_database.hpp>
#include <testmon/database/read_write_database.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace testmon::test;
namespace database = testmon::database;
namespace json = boost::json;

namespace
{

struct recorded {
    recorded() { record_history(file); }

    std::string show(std::vector<std::string> words) const
    {
        words.insert(words.begin(), "show");
        auto const ended = database_command(file, words);
        BOOST_TEST(ended.status.code == 0, ended.errors);
        return ended.output;
    }

    // The one environment of a JSON document.
    json::value environment(std::vector<std::string> words) const
    {
        words.insert(words.end(), "--json");
        auto document = json::parse(show(words));
        BOOST_TEST(document.at("file").as_string() == file.c_str());
        BOOST_TEST(document.at("environments").as_array().size() == 1U);
        return document.at("environments").at(0);
    }

    // Of a table, behind the lines that say what it is of.
    std::string table(std::string const& what) const
    {
        auto const text = show({"--what", what});
        auto const begin = text.find("):\n");
        BOOST_REQUIRE_MESSAGE(begin != std::string::npos, text);
        return text.substr(begin + 3);
    }

    scratch_directory root{};
    boost::filesystem::path file = root.path() / "data";
};

std::vector<std::string> paths(json::value const& section)
{
    std::vector<std::string> result;
    for (auto const& item : section.at("items").as_array()) {
        result.emplace_back(item.at("path").as_string());
    }
    return result;
}

using texts = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(database_show)

BOOST_FIXTURE_TEST_CASE(the_overview_has_all_that_matters, recorded)
{
    auto const text = show({});
    BOOST_TEST(holds(text, "database: " + file.native() + "\n", "\nenvironment 1: nightly\n",
                     "  build/tests, GNU 12.2.0\n",
                     "  5 tests, 2 runs; in all runs: 1 failing, 1 flaky, 1 not run\n", "newest runs (2):\n",
                     "slowest tests (4):\n", "failing tests (1):\n", "flaky tests (1):\n",
                     "tests that did not run (1):\n"),
               text);
    BOOST_TEST(holds(show({"--limit", "1"}), "newest runs (1 of 2):\n", "slowest tests (1 of 4):\n"));
    BOOST_TEST(holds(show({"--history", "1"}), "in the newest 1 run: 1 failing, 0 flaky, 1 not run\n"));
}

BOOST_FIXTURE_TEST_CASE(the_slowest, recorded)
{
    BOOST_TEST(table("slowest") == "       LAST     MEAN  TEST\n"
                                   "     2.00 s   1.50 s  a/slow\n"
                                   "    40.0 ms  30.0 ms  b/flaky\n"
                                   "    14.5 ms  13.4 ms  b/broken\n"
                                   "     900 ns  1.20 us  a/fast\n");
    BOOST_TEST(paths(environment({"--what", "slowest", "--limit", "2"}).at("slowest")) ==
                   (texts{"a/slow", "b/flaky"}),
               boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(the_failing_the_flaky_and_those_that_never_ran, recorded)
{
    BOOST_TEST(table("failing") == "    OUTCOME  RUN  FAILED  TEST      DEFINED AT\n"
                                   "    failed     2  1 of 2  b/broken  test/b.cpp:10\n");
    BOOST_TEST(table("flaky") == "    FAILED  FLIPS  PASSED ON RETRY  TEST     DEFINED AT\n"
                                 "    1 of 3      1  yes              b/flaky  test/b.cpp:20\n");
    BOOST_TEST(table("never-run") == "    BY DEFAULT  TEST        DEFINED AT\n"
                                     "    disabled    b/disabled  test/b.cpp:30\n");
    BOOST_TEST(holds(show({"--what", "flaky", "--history", "1"}), "flaky tests in the newest 1 run (0)\n"));
}

BOOST_FIXTURE_TEST_CASE(all_tests, recorded)
{
    BOOST_TEST(table("tests") ==
               "    OUTCOME     LAST     MEAN  FAILED  TEST        DEFINED AT     LABELS\n"
               "    passed    900 ns  1.20 us  0 of 2  a/fast      test/a.cpp:10  -\n"
               "    passed    2.00 s   1.50 s  0 of 2  a/slow      test/a.cpp:20  slow, net\n"
               "    failed   14.5 ms  13.4 ms  1 of 2  b/broken    test/b.cpp:10  -\n"
               "    -              -        -  0 of 0  b/disabled  test/b.cpp:30  -\n"
               "    passed   40.0 ms  30.0 ms  1 of 3  b/flaky     test/b.cpp:20  -\n");
}

BOOST_FIXTURE_TEST_CASE(runs_and_environments, recorded)
{
    auto const runs = table("runs");
    BOOST_TEST(holds(runs,
                     "    RUN  STARTED                   TOOK  WORKERS  TESTS  PASSED  FAILED  CRASHED  "
                     "TIMED OUT  SKIPPED  MACHINE\n",
                     "not ended        4      5       3       1        0          0        0  ci-1\n",
                     "        4      5       4       1        0          0        0  ci-1\n"),
               runs);
    BOOST_TEST(
        holds(show({"--what", "environments"}),
              "\nID  NAME     RUNS  TESTS  EXECUTABLE   COMPILER    STANDARD LIBRARY  BUILD TYPE  FLAGS\n"
              " 1  nightly     2      5  build/tests  GNU 12.2.0  -                 -           -\n"));
}

BOOST_FIXTURE_TEST_CASE(json_has_every_field, recorded)
{
    auto const runs = database::read_only_database(file).runs(1);
    auto const seen = environment({"--what", "runs"});
    auto expected = json::parse(R"({"id": 1, "name": "nightly", "executable": "build/tests",
        "compiler": "GNU 12.2.0", "standard_library": "", "build_type": "", "flags": "",
        "runs": {"total": 2, "items": [
            {"id": 2, "environment_id": 1, "machine": "ci-1", "workers": 4, "ended": null, "collected": 5,
             "passed": 3, "failed": 1, "crashed": 0, "timed_out": 0, "skipped": 0},
            {"id": 1, "environment_id": 1, "machine": "ci-1", "workers": 4, "collected": 5,
             "passed": 4, "failed": 1, "crashed": 0, "timed_out": 0, "skipped": 0}]}})");
    for (std::size_t i = 0; i < 2; ++i) {
        auto& run = expected.at("runs").at("items").at(i).as_object();
        auto const& seen_run = seen.at("runs").at("items").at(i);
        run["uuid"] = runs[i].uuid;
        run["started"] = seen_run.at("started");
        BOOST_TEST(seen_run.at("started").as_string().size() == sizeof("2026-11-24T10:08:30.000000001Z") - 1);
    }
    expected.at("runs").at("items").at(1).as_object()["ended"] =
        seen.at("runs").at("items").at(1).at("ended").as_string(); // a text, and not null
    BOOST_TEST((seen == expected), json::serialize(seen));

    auto const tests = environment({"--what", "tests", "--environment", "1"}).at("tests");
    BOOST_TEST(tests.at("total").as_int64() == 5);
    auto const slow = json::parse(R"({"id": 2, "path": "a/slow", "suite": "a", "file": "test/a.cpp",
        "line": 20, "labels": ["slow", "net"], "depends_on": [], "time_limit_ns": 0, "expected_failures": 0,
        "enabled": true, "executions": 2, "failures": 0, "flips": 0, "passed_on_retry": false,
        "flaky": false, "last_outcome": "passed", "last_run_id": 2, "last_duration_ns": 2000000000,
        "mean_duration_ns": 1500000000})");
    BOOST_TEST((tests.at("items").at(1) == slow), json::serialize(tests.at("items").at(1)));
    auto const never = json::parse(R"({"id": 5, "path": "b/disabled", "suite": "b", "file": "test/b.cpp",
        "line": 30, "labels": [], "depends_on": [], "time_limit_ns": 0, "expected_failures": 0,
        "enabled": false, "executions": 0, "failures": 0, "flips": 0, "passed_on_retry": false,
        "flaky": false, "last_outcome": null, "last_run_id": null, "last_duration_ns": null,
        "mean_duration_ns": null})");
    BOOST_TEST((tests.at("items").at(3) == never), json::serialize(tests.at("items").at(3)));
}

BOOST_FIXTURE_TEST_CASE(json_of_the_overview, recorded)
{
    auto const seen = environment({"--limit", "1"});
    std::vector<std::string> keys;
    for (auto const& [key, value] : seen.as_object()) {
        keys.emplace_back(key);
    }
    BOOST_TEST(keys == (texts{"id", "name", "executable", "compiler", "standard_library", "build_type",
                              "flags", "tests", "runs", "slowest", "failing", "flaky", "never_run"}),
               boost::test_tools::per_element());
    BOOST_TEST((seen.at("tests") == json::parse(R"({"total": 5})")));
    BOOST_TEST(seen.at("slowest").at("total").as_int64() == 4);
    BOOST_TEST(paths(seen.at("slowest")) == texts{"a/slow"}, boost::test_tools::per_element());
    BOOST_TEST(paths(seen.at("failing")) == texts{"b/broken"}, boost::test_tools::per_element());
    BOOST_TEST(paths(seen.at("flaky")) == texts{"b/flaky"}, boost::test_tools::per_element());
    BOOST_TEST(paths(seen.at("never_run")) == texts{"b/disabled"}, boost::test_tools::per_element());
    BOOST_TEST(json::parse(show({"--json"})).at("history").as_int64() == 20);
    BOOST_TEST(json::parse(show({"--json", "--history", "0"})).at("history").is_null());
}

BOOST_FIXTURE_TEST_CASE(an_environment_is_chosen_by_its_id_its_name_or_its_executable, recorded)
{
    database::environment_description other = nightly();
    other.build_type = "Debug";
    database::environment_description third;
    third.name = "2"; // the id of the other one counts
    third.executable = "./my_tests";
    {
        database::read_write_database database(file);
        database.find_or_add_environment(other);
        database.find_or_add_environment(third);
    }
    auto const ids = [&](std::string const& wanted) {
        std::vector<std::int64_t> result;
        auto const document = json::parse(show({"--json", "--environment", wanted}));
        for (auto const& one : document.at("environments").as_array()) {
            result.push_back(one.at("id").as_int64());
        }
        return result;
    };
    using numbers = std::vector<std::int64_t>;
    BOOST_TEST(ids("nightly") == (numbers{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(ids("2") == numbers{2}, boost::test_tools::per_element());
    BOOST_TEST(ids("3") == numbers{3}, boost::test_tools::per_element());
    BOOST_TEST(ids("./my_tests") == numbers{3}, boost::test_tools::per_element());
    auto const none = database_command(file, {"show", "--environment", "weekly"});
    BOOST_TEST(none.status.code == 5);
    BOOST_TEST(holds(none.errors, file.native(), "\"weekly\"",
                     "1 (nightly, build/tests), 2 (nightly, build/tests), 3 (2, ./my_tests)"),
               none.errors);
}

BOOST_AUTO_TEST_CASE(names_of_any_bytes)
{
    scratch_directory const root;
    auto const file = root.path() / "data";
    std::string const wild =
        "tab\t line\n bell\a invalid\xff\xc3 right\xe2\x80\xae next\xc2\x85 \xc3\xa9\xf0\x9f\x98\x80";
    {
        database::read_write_database database(file);
        database::environment_description named;
        named.name = wild;
        database.register_run(named, {},
                              std::vector{test_at(wild),
                                          test_at("\xc3\xa9"
                                                  "cole"),
                                          test_at("plain")});
    }
    std::string const shown =
        "tab\\t line\\n bell\\x07 invalid\\xff\\xc3 right\\u202e next\\u0085 \xc3\xa9\xf0\x9f\x98\x80";
    auto const text = database_command(file, {"show", "--what", "never-run"}).output;
    BOOST_TEST(holds(text, "environment 1: " + shown + "\n", "    enabled     " + shown + "  -\n"), text);
    // Columns stand by what a terminal shows, not by bytes: the last character is two columns wide.
    auto const width =
        std::string("tab\\t line\\n bell\\x07 invalid\\xff\\xc3 right\\u202e next\\u0085 e::").size();
    BOOST_TEST(holds(text,
                     "    enabled     \xc3\xa9"
                     "cole" +
                         std::string(width - 5, ' ') + "  -\n",
                     "    enabled     plain" + std::string(width - 5, ' ') + "  -\n"),
               text);
    auto const document = json::parse(database_command(file, {"show", "--json"}).output);
    std::string const replaced = "tab\t line\n bell\a invalid\xef\xbf\xbd\xef\xbf\xbd right\xe2\x80\xae "
                                 "next\xc2\x85 \xc3\xa9\xf0\x9f\x98\x80";
    BOOST_TEST(document.at("environments").at(0).at("name").as_string() == replaced);
}

BOOST_AUTO_TEST_CASE(long_names_are_not_cut)
{
    scratch_directory const root;
    auto const file = root.path() / "data";
    auto const name = std::string(5000, 'x') + "/end";
    database::read_write_database(file).register_run({}, {}, std::vector{test_at(name)});
    BOOST_TEST(holds(database_command(file, {"show"}).output, name));
}

BOOST_AUTO_TEST_CASE(nothing_is_recorded)
{
    scratch_directory const root;
    auto const file = root.path() / "data";
    {
        database::read_write_database const made(file);
    }
    auto const text = database_command(file, {"show"});
    BOOST_TEST(text.status.code == 0);
    BOOST_TEST(text.output == "database: " + file.native() + "\nnothing is recorded yet\n");
    auto const document = json::parse(database_command(file, {"show", "--json"}).output);
    BOOST_TEST(document.at("environments").as_array().empty());
    BOOST_TEST(database_command(file, {"show", "--environment", "1"}).status.code == 5);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_of_ours)
{
    scratch_directory const root;
    auto const missing = database_command(root.path() / "none", {"show"});
    BOOST_TEST(missing.status.code == 5);
    BOOST_TEST(missing.output.empty());
    BOOST_TEST(missing.errors == "testmon: cannot open the database in " + (root.path() / "none").native() +
                                     ": the file does not exist\n");
    auto const empty = root.path() / "empty";
    replace_text(empty, "");
    BOOST_TEST(database_command(empty, {"show"}).status.code == 5);
    auto const text = root.path() / "text";
    replace_text(text, std::string(5000, 'x'));
    auto const foreign = database_command(text, {"show"});
    BOOST_TEST(foreign.status.code == 5);
    BOOST_TEST(std::count(foreign.errors.begin(), foreign.errors.end(), '\n') == 1);
    BOOST_TEST(holds(foreign.errors, "cannot open the database in " + text.native()), foreign.errors);
    BOOST_TEST(content_of(text) == std::string(5000, 'x'));
    auto const damaged = root.path() / "damaged";
    record_history(damaged);
    damage(damaged, 4096); // behind the first page
    auto const corrupt = database_command(damaged, {"show"});
    BOOST_TEST(corrupt.status.code == 5);
    BOOST_TEST(holds(corrupt.errors, damaged.native(), "malformed"), corrupt.errors);
}

BOOST_FIXTURE_TEST_CASE(a_writer_does_not_keep_it_from_reading, recorded)
{
    auto const writer = writer_of(file);
    BOOST_TEST(holds(show({"--timeout", "0"}), "5 tests, 2 runs"));
}

BOOST_AUTO_TEST_SUITE_END()
