// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/database_command.hpp"
#include "support/database_file.hpp"
#include "support/database_history.hpp"
#include "support/database_samples.hpp"
#include "support/foreign_state.hpp"
#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <testmon/database/maintenance.hpp>
#include <testmon/database/read_only_database.hpp>
#include <testmon/database/read_write_database.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <sys/stat.h>

using namespace testmon::test;
namespace database = testmon::database;
namespace fs = boost::filesystem;
namespace json = boost::json;

namespace
{

std::map<std::string, std::vector<json::value>> records_by_type(std::string const& lines)
{
    std::map<std::string, std::vector<json::value>> result;
    std::istringstream stream(lines);
    for (std::string line; std::getline(stream, line);) {
        auto record = json::parse(line);
        std::string const type(record.at("type").as_string());
        result[type].push_back(std::move(record));
    }
    return result;
}

using csv_row = std::vector<std::string>;

// As RFC 4180 describes it.
std::vector<csv_row> parse_csv(std::string const& text)
{
    std::vector<csv_row> rows;
    csv_row row;
    std::string field;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') {
            for (++i; text.at(i) != '"' || (i + 1 < text.size() && text[i + 1] == '"'); ++i) {
                i += text[i] == '"' ? 1 : 0;
                field += text[i];
            }
        } else if (text[i] == ',' || text[i] == '\n') {
            row.push_back(field);
            field.clear();
            if (text[i] == '\n') {
                rows.push_back(row);
                row.clear();
            }
        } else {
            field += text[i];
        }
    }
    BOOST_TEST(row.empty());
    BOOST_TEST(field.empty());
    return rows;
}

struct recorded {
    recorded() { record_history(file); }

    finished_process run(std::vector<std::string> words) const
    {
        words.insert(words.begin(), "export");
        return database_command(file, words);
    }

    scratch_directory root{};
    fs::path file = root.path() / "data";
    fs::path output = root.path() / "out";
};

// A database whose last executions cannot be read.
struct damaged_at_its_end {
    damaged_at_its_end()
    {
        {
            database::read_write_database database(file);
            auto const run = database.register_run({}, {}, sample_tests(5000));
            database.record(run.run_id, sample_executions(run.test_ids));
        }
        damage(file, fs::file_size(file) - 16384);
    }

    scratch_directory root{};
    fs::path file = root.path() / "data";
    fs::path output = root.path() / "out";
};

} // namespace

BOOST_AUTO_TEST_SUITE(database_export)

BOOST_FIXTURE_TEST_CASE(json_lines_hold_everything, recorded)
{
    auto const ended = run({});
    BOOST_TEST(ended.status.code == 0, ended.errors);
    auto const records = records_by_type(ended.output);
    auto const runs = database::read_only_database(file).runs(1);
    BOOST_TEST(records.size() == 4U);
    BOOST_TEST((records.at("environment") ==
                std::vector{json::parse(R"({"type": "environment", "id": 1, "name": "nightly",
                    "executable": "build/tests", "compiler": "GNU 12.2.0", "standard_library": "",
                    "build_type": "", "flags": ""})")}));
    BOOST_TEST(records.at("run").size() == 2U);
    BOOST_TEST(records.at("run")[0].at("uuid").as_string() == runs[1].uuid); // the oldest first
    BOOST_TEST(records.at("run")[1].at("ended").is_null());
    BOOST_TEST(records.at("test").size() == 5U);
    auto const slow = json::parse(R"({"type": "test", "id": 2, "environment_id": 1, "path": "a/slow",
        "suite": "a", "file": "test/a.cpp", "line": 20, "labels": ["slow", "net"], "depends_on": [],
        "time_limit_ns": 0, "expected_failures": 0, "enabled": true, "vanished": false})");
    BOOST_TEST((records.at("test")[1] == slow), json::serialize(records.at("test")[1]));
    BOOST_TEST(records.at("execution").size() == 9U);
    auto const retried = json::parse(R"({"type": "execution", "environment_id": 1, "run_id": 1,
        "test": "b/flaky", "test_id": 4, "attempt": 2, "outcome": "passed", "duration_ns": 30000000,
        "assertions": 8, "worker": "gw0", "started": "2023-11-14T22:13:24.000000000Z"})");
    BOOST_TEST((records.at("execution")[4] == retried), json::serialize(records.at("execution")[4]));
}

BOOST_FIXTURE_TEST_CASE(csv_has_a_row_for_each_execution, recorded)
{
    auto const ended = run({"--format", "csv"});
    BOOST_TEST(ended.status.code == 0, ended.errors);
    auto const rows = parse_csv(ended.output);
    BOOST_TEST(rows.size() == 10U);
    BOOST_TEST(rows[0] ==
                   (csv_row{"environment_id", "environment", "executable",  "compiler",   "standard_library",
                            "build_type",     "flags",       "run_id",      "run_uuid",   "machine",
                            "test_id",        "test",        "suite",       "file",       "line",
                            "attempt",        "outcome",     "duration_ns", "assertions", "worker",
                            "started"}),
               boost::test_tools::per_element());
    auto const uuid = database::read_only_database(file).find_run(1).value().uuid;
    BOOST_TEST(rows[5] == (csv_row{"1",          "nightly",    "build/tests",
                                   "GNU 12.2.0", "",           "",
                                   "",           "1",          uuid,
                                   "ci-1",       "4",          "b/flaky",
                                   "b",          "test/b.cpp", "20",
                                   "2",          "passed",     "30000000",
                                   "8",          "gw0",        "2023-11-14T22:13:24.000000000Z"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(names_of_any_bytes)
{
    scratch_directory const root;
    auto const file = root.path() / "data";
    std::vector<std::string> const names{"a \"quoted\" one",
                                         "comma, comma",
                                         "line\nline",
                                         "return\rreturn",
                                         "\"",
                                         "\"\"",
                                         ",",
                                         " blank ",
                                         "invalid\xff\xc3(\xed\xa0\x80",
                                         "\xc3\xa9"};
    {
        database::read_write_database database(file);
        std::vector<database::test_record> tests;
        for (auto const& name : names) {
            tests.push_back(test_at(name));
        }
        database::run_description run;
        run.machine = "m\"\xfe";
        auto const registered = database.register_run({}, run, tests);
        database.record(registered.run_id, sample_executions(registered.test_ids));
    }
    auto const csv = database_command(file, {"export", "--format", "csv"}).output;
    BOOST_TEST(holds(csv, ",\"return\rreturn\",")); // many readers take a bare one for the end of a line
    auto const rows = parse_csv(csv);
    BOOST_REQUIRE(rows.size() == names.size() + 1);
    auto const lines = records_by_type(database_command(file, {"export"}).output);
    BOOST_REQUIRE(lines.at("execution").size() == names.size());
    BOOST_TEST(lines.at("run").at(0).at("machine").as_string() == "m\"\xef\xbf\xbd");
    for (std::size_t i = 0; i < names.size(); ++i) {
        BOOST_TEST(rows[i + 1].at(9) == "m\"\xfe");
        BOOST_TEST(rows[i + 1].at(11) == names[i]);
        bool const is_valid = names[i].find('\xff') == std::string::npos;
        BOOST_TEST(
            lines.at("execution")[i].at("test").as_string() ==
            (is_valid ? names[i] : "invalid\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"));
    }
}

BOOST_FIXTURE_TEST_CASE(a_file_is_written_as_a_whole, recorded)
{
    for (std::string const format : {"json", "csv"}) {
        auto const expected = run({"--format", format}).output;
        replace_text(output, "old");
        fs::permissions(output, fs::owner_read | fs::owner_write);
        auto const text = run({"--format", format, "--output", output.native()});
        BOOST_TEST(text.status.code == 0, text.errors);
        BOOST_TEST(text.output ==
                   output.native() + (format == "csv" ? ": 9 executions\n"
                                                      : ": 1 environment, 2 runs, 5 tests, 9 executions\n"));
        BOOST_TEST(content_of(output) == expected);
        BOOST_TEST((fs::status(output).permissions() == (fs::owner_read | fs::owner_write)));
    }
    auto const seen = json::parse(run({"--json", "--output", output.native()}).output);
    json::value const expected{
        {"file", file.native()}, {"output", output.native()}, {"environments", 1}, {"runs", 2}, {"tests", 5},
        {"executions", 9}};
    BOOST_TEST((seen == expected), json::serialize(seen));
    BOOST_TEST(names_in(root.path()) == (std::vector<std::string>{"data", "out"}));
}

BOOST_FIXTURE_TEST_CASE(a_symbolic_link_stays_one, recorded)
{
    auto const link = root.path() / "link";
    replace_text(output, "old");
    fs::create_symlink("out", link);
    BOOST_TEST(run({"--output", link.native()}).status.code == 0);
    BOOST_TEST(fs::is_symlink(link));
    BOOST_TEST(content_of(output) == run({}).output);
}

BOOST_FIXTURE_TEST_CASE(outputs_that_cannot_be_written, recorded)
{
    auto const nowhere = (root.path() / "nowhere" / "out").native();
    auto const no_directory = run({"--output", nowhere});
    BOOST_TEST(no_directory.status.code == 5);
    BOOST_TEST(holds(no_directory.errors, "testmon: cannot create " + nowhere + ": No such file"),
               no_directory.errors);
    // Not a device of the machine: a program that is broken would replace it.
    auto const pipe = root.path() / "pipe";
    BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    auto const no_file = run({"--output", pipe.native()});
    BOOST_TEST(no_file.status.code == 5);
    BOOST_TEST(holds(no_file.errors, pipe.native(), "no regular file"), no_file.errors);
    BOOST_TEST((fs::status(pipe).type() == fs::fifo_file));
    fs::remove(pipe);
    auto const full =
        run_process("/bin/sh", {"-c", std::string(TESTMON_COMMAND_PROGRAM) + " database --file '" +
                                          file.native() + "' export > /dev/full"});
    BOOST_TEST(full.status.code == 5);
    BOOST_TEST(holds(full.errors, "cannot write standard output: No space left"), full.errors);
    BOOST_TEST(names_in(root.path()) == std::vector<std::string>{"data"});
}

BOOST_FIXTURE_TEST_CASE(a_database_that_turns_out_to_be_damaged_leaves_the_output_alone, damaged_at_its_end)
{
    auto const to_standard_output = database_command(file, {"export"});
    BOOST_TEST(to_standard_output.status.code == 5);
    BOOST_TEST(holds(to_standard_output.output, "\"type\":\"execution\"")); // it had begun
    BOOST_TEST(holds(to_standard_output.errors, file.native(), "malformed"), to_standard_output.errors);
    auto const new_file = database_command(file, {"export", "--output", output.native()});
    BOOST_TEST(new_file.status.code == 5);
    BOOST_TEST(new_file.output.empty());
    BOOST_TEST(names_in(root.path()) == std::vector<std::string>{"data"});
    replace_text(output, "old");
    BOOST_TEST(database_command(file, {"export", "--output", output.native()}).status.code == 5);
    BOOST_TEST(content_of(output) == "old");
    BOOST_TEST(names_in(root.path()) == (std::vector<std::string>{"data", "out"}));
}

BOOST_AUTO_TEST_CASE(an_empty_and_a_missing_database)
{
    scratch_directory const root;
    auto const file = root.path() / "data";
    auto const output = root.path() / "out";
    auto const missing = database_command(file, {"export", "--output", output.native()});
    BOOST_TEST(missing.status.code == 5);
    BOOST_TEST(holds(missing.errors, file.native() + ": the file does not exist"), missing.errors);
    BOOST_TEST(fs::is_empty(root.path()));
    {
        database::read_write_database const made(file);
    }
    auto const lines = database_command(file, {"export"});
    BOOST_TEST(lines.status.code == 0);
    BOOST_TEST(lines.output.empty());
    BOOST_TEST(parse_csv(database_command(file, {"export", "--format", "csv"}).output).size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(the_database_is_not_written_over, recorded)
{
    auto const ended = run({"--output", file.native()});
    BOOST_TEST(ended.status.code == 2);
    BOOST_TEST(holds(ended.errors, file.native(), "belongs to the database"), ended.errors);
    BOOST_TEST(database::check(file).problems.empty());
}

BOOST_FIXTURE_TEST_CASE(a_writer_does_not_keep_it_from_reading, recorded)
{
    auto const writer = writer_of(file);
    BOOST_TEST(records_by_type(run({"--timeout", "0"}).output).at("execution").size() == 9U);
}

BOOST_FIXTURE_TEST_CASE(executions_of_tests_that_have_vanished, recorded)
{
    database::read_write_database(file).register_run(nightly(), {}, std::vector{test_at("a/slow")});
    auto const records = records_by_type(run({}).output);
    BOOST_TEST(records.at("execution").size() == 9U);
    BOOST_TEST(records.at("execution")[0].at("test_id").as_int64() == 1);
    BOOST_TEST(records.at("test").size() == 5U);
    BOOST_TEST(records.at("test")[0].at("vanished").as_bool());
    BOOST_TEST(!records.at("test")[1].at("vanished").as_bool());
    BOOST_TEST(records.at("execution")[0].at("test").as_string() ==
               records.at("test")[0].at("path").as_string());
    BOOST_TEST(records.at("execution")[1].at("test").as_string() == "a/slow");
    BOOST_TEST(parse_csv(run({"--format", "csv"}).output).at(1).at(11) ==
               std::string(records.at("test")[0].at("path").as_string()));
}

BOOST_AUTO_TEST_SUITE_END()
