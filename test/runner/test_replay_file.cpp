// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/replay_file.hpp"

#include "support/scratch_directory.hpp"
#include "support/thrown.hpp"

#include <boost/filesystem/fstream.hpp>
#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace testmon::runner;
using namespace testmon::test;

namespace
{

namespace fs = boost::filesystem;

std::vector<test_item> tests_named(std::vector<std::string> const& paths)
{
    std::vector<test_item> result;
    for (auto const& path : paths) {
        result.emplace_back().test.path = path;
    }
    return result;
}

std::string text_of(run_plan const& plan)
{
    std::string result = plan.keep_order ? "kept" : "free";
    for (auto const one : plan.order) {
        result += " " + std::to_string(one);
    }
    for (auto const& worker : plan.replay.value()) {
        result += " |";
        for (auto const one : worker) {
            result += " " + std::to_string(one);
        }
    }
    return result;
}

std::string text_of(replay_record const& record)
{
    auto result = record.uuid + " " + record.distribution;
    for (auto const& word : record.command) {
        result += " <" + word + ">";
    }
    for (auto const& worker : record.workers) {
        result += " |";
        for (auto const& step : worker) {
            result += " " + step.test + ":" + std::to_string(step.attempt);
        }
    }
    return result;
}

replay_record const sample{
    "1234", {"./my_tests", "--", "x"}, "worksteal", {{{"s/b", 1}, {"a", 1}}, {}, {{"c \"q\"\n", 2}}}};

std::string json_of(replay_record const& record)
{
    std::ostringstream text;
    write_json(text, record);
    return text.str();
}

std::string content_of(fs::path const& file)
{
    fs::ifstream stream(file);
    return std::string((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
}

std::size_t files_in(fs::path const& directory)
{
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(replay_file)

BOOST_AUTO_TEST_CASE(the_format)
{
    std::string const expected =
        R"({"format":"testmon-replay","version":1,"run":"1234","distribution":"worksteal",)"
        R"("command":["./my_tests","--","x"],"workers":[[{"test":"s/b","attempt":1},)"
        R"({"test":"a","attempt":1}],[],[{"test":"c \"q\"\n","attempt":2}]]})"
        "\n";
    BOOST_TEST(json_of(sample) == expected);
    BOOST_TEST(text_of(parse_replay(expected)) == text_of(sample));
}

BOOST_AUTO_TEST_CASE(what_is_no_replay_file)
{
    struct row {
        std::string from; // a part of a good file
        std::string to;
        std::string message;
    };
    auto const good = json_of(sample);
    row const rows[] = {
        {good, "", "it is not JSON"},
        {good, good.substr(0, good.size() / 2), "it is not JSON"},
        {good, "[]", "its content is not an object"},
        {"\"format\"", "\"fomat\"", "\"format\" is missing"},
        {"testmon-replay", "other", "\"format\" is \"other\", not \"testmon-replay\""},
        {"\"testmon-replay\"", "1", "\"format\" is not a string"},
        {"\"version\":1", "\"version\":2", "\"version\" is 2; known is 1"},
        {"\"version\":1", "\"version\":\"1\"", "\"version\" is not a whole number"},
        {"\"run\":\"1234\"", "\"run\":1234", "\"run\" is not a string"},
        {"\"run\":\"1234\",", "", "\"run\" is missing"},
        {"\"distribution\":", "\"x\":", "\"distribution\" is missing"},
        {"\"command\":[", "\"command\":[1,", "\"command\" is not a string"},
        {"\"workers\":[", "\"workers\":[{},", "\"workers\" is not an array"},
        {"\"workers\":[", "\"workers\":[],\"x\":[", "\"workers\" is empty"},
        {"\"workers\":[[", "\"workers\":[[1,", "a step of a worker is not an object"},
        {"\"test\":\"a\"", "\"test\":null", "\"test\" is not a string"},
        {"\"attempt\":2", "\"attempt\":0", "\"attempt\" is not a whole number"},
        {"\"attempt\":2", "\"attempt\":1.5", "\"attempt\" is not a whole number"},
        {",\"attempt\":2", "", "\"attempt\" is missing"},
    };
    scratch_directory const directory;
    auto const file = directory.path() / "replay.json";
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.from << " replaced by " << r.to)
        {
            auto text = good;
            text.replace(text.find(r.from), r.from.size(), r.to);
            auto const error = thrown_by<std::runtime_error>([&] { parse_replay(text); });
            BOOST_TEST(holds(error.what(), r.message), error.what());
            fs::ofstream(file) << text;
            auto const of_file = thrown_by<std::runtime_error>([&] { read_replay_file(file); });
            BOOST_TEST(holds(of_file.what(), r.message, file.native()), of_file.what());
        }
    }
}

BOOST_AUTO_TEST_CASE(written_and_read)
{
    scratch_directory const directory;
    auto const file = directory.path() / "new" / "replay.json";
    write_replay_file(file, {"old", {}, "load", {{}}});
    write_replay_file(file, sample);
    BOOST_TEST(text_of(read_replay_file(file)) == text_of(sample));
    BOOST_TEST(files_in(file.parent_path()) == 1U);
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be)
{
    scratch_directory const directory;
    auto const nowhere = directory.path() / "nowhere";
    auto const unread = thrown_by<std::runtime_error>([&] { read_replay_file(nowhere); });
    BOOST_TEST(holds(unread.what(), "cannot read", nowhere.native(), "No such file"), unread.what());
    auto const is_directory = thrown_by<std::runtime_error>([&] { read_replay_file(directory.path()); });
    BOOST_TEST(holds(is_directory.what(), "cannot read", directory.path().native()), is_directory.what());

    // In place of the file there is a directory with something in it: what was written is taken back.
    auto const taken = directory.path() / "taken";
    fs::create_directories(taken / "inner");
    auto const unwritten = thrown_by<std::runtime_error>([&] { write_replay_file(taken, sample); });
    BOOST_TEST(holds(unwritten.what(), "cannot write", taken.native(), "Is a directory"), unwritten.what());
    BOOST_TEST(files_in(directory.path()) == 1U);

    auto const below_file = directory.path() / "file" / "replay.json";
    fs::ofstream(directory.path() / "file") << "x";
    auto const error = thrown_by<std::runtime_error>([&] { write_replay_file(below_file, sample); });
    BOOST_TEST(holds(error.what(), below_file.native()), error.what());
}

BOOST_AUTO_TEST_CASE(plans)
{
    auto const tests = tests_named({"a", "b", "s/c", "d"});
    using workers = std::vector<std::vector<replay_step>>;
    struct row {
        char const* what;
        workers steps;
        std::string expected;
        std::string distribution = "load";
    };
    row const rows[] = {
        {"in their order", {{{"s/c", 1}, {"a", 1}}, {{"d", 1}}}, "kept 0 2 3 | 2 0 | 3"},
        {"a worker without tests", {{}, {{"b", 1}}}, "kept 1 | | 1"},
        {"a retry here", {{{"b", 1}, {"b", 2}, {"a", 1}}}, "kept 0 1 | 1 0"},
        {"a retry elsewhere", {{{"b", 1}}, {{"b", 2}, {"a", 1}}}, "kept 0 1 | 1 | 0"},
        {"begun anew", {{{"b", 1}, {"a", 1}, {"b", 1}}}, "kept 0 1 | 1 0"},
        {"begun anew elsewhere", {{{"b", 1}, {"a", 1}}, {{"b", 1}}}, "kept 0 1 | 1 0 |"},
        {"each worker all",
         {{{"a", 1}, {"b", 1}, {"a", 1}}, {{"a", 1}, {"b", 1}}},
         "kept 0 1 | 0 1 | 0 1",
         "each"},
    };
    for (auto const& r : rows) {
        BOOST_TEST_CONTEXT(r.what)
        {
            BOOST_TEST(text_of(replay_plan(tests, {"1", {}, r.distribution, r.steps})) == r.expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(tests_that_are_gone)
{
    replay_record record{"1", {}, "load", {{{"a", 1}, {"x\ny", 1}}, {{"z", 1}, {"z", 2}}}};
    auto const few = thrown_by<std::runtime_error>([&] { replay_plan(tests_named({"a"}), record); });
    BOOST_TEST(few.what() == "the run cannot be replayed, since these tests are not there any more: x?y, z");
    for (int i = 0; i < 20; ++i) {
        record.workers[1].push_back({"t" + std::to_string(i), 1});
    }
    auto const many = thrown_by<std::runtime_error>([&] { replay_plan(tests_named({"a"}), record); });
    BOOST_TEST(holds(many.what(), "z, t0, t1, t2, t3, t4, t5, t6, t7 and 12 more"), many.what());
}

BOOST_AUTO_TEST_CASE(recorded)
{
    scratch_directory const directory;
    for (auto const end : {run_end::complete, run_end::interrupted}) {
        auto const file = directory.path() / "replay.json";
        auto const tests = tests_named({"a", "s/b", "not \xFF UTF-8"});
        run_overview overview;
        overview.uuid = "5678";
        overview.command = {"./my_tests"};
        overview.distribution = "load";
        overview.workers = 3;
        overview.tests = &tests;
        run_result result;
        result.end = end;

        replay_recorder recorder(file);
        run_listener& listener = recorder;
        listener.run_started(overview);
        listener.test_started(2, 1, 1);
        listener.test_started(0, 0, 1);
        listener.test_started(2, 2, 1);
        listener.test_started(2, 1, 2);
        BOOST_TEST(!fs::exists(file));
        listener.run_finished(result);

        auto const record = read_replay_file(file);
        BOOST_TEST(text_of(record) ==
                   "5678 load <./my_tests> | a:1 | | s/b:1 not \xEF\xBF\xBD UTF-8:1 s/b:2");
        BOOST_TEST(text_of(replay_plan(tests, record)) == "kept 0 1 2 | 0 | | 1 2");
        BOOST_TEST(holds(content_of(file), R"("version":1)"));
        fs::remove(file);
    }
}

BOOST_AUTO_TEST_SUITE_END()
