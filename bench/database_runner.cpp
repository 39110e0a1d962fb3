// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// What `testmon run` costs, beside the test executable alone: many trivial tests, tests of known lengths on
// eight workers, the start, the runner's own processor time and memory, and isolation.
#include "measurement.hpp"
#include "programs.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/program_options/options_description.hpp>

#include <cstdio>
#include <iostream>

namespace
{

namespace fs = boost::filesystem;
namespace json = boost::json;
using namespace testmon::bench;

// The ways in which an executable is run; each has one of its own (bench/sample_tests).
struct kind {
    char const* name;
    char const* program;
};
constexpr kind kinds[] = {{"preloaded", "many_tests_preloaded"},
                          {"linked", "many_tests_linked"},
                          {"linked, header-only", "many_tests_linked_header_only"},
                          {"batches, header-only", "many_tests_batches"}};

double median(std::vector<double> const& values)
{
    return quantile(values, 0.5);
}

fs::path own_directory()
{
    return fs::read_symlink("/proc/self/exe").parent_path();
}

// Beside the benchmark, or one directory above it.
fs::path built_testmon()
{
    auto const beside = own_directory() / "testmon";
    return fs::exists(beside) ? beside : own_directory().parent_path() / "testmon";
}

class scratch
{
  public:
    explicit scratch(fs::path const& parent) : path_(parent / fs::unique_path("testmon-bench-%%%%%%%%"))
    {
        fs::create_directory(path_);
    }
    ~scratch()
    {
        boost::system::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    scratch(scratch const&) = delete;
    scratch& operator=(scratch const&) = delete;

    fs::path const& path() const { return path_; }
    fs::path new_project()
    {
        auto result = path_ / ("project" + std::to_string(++projects_));
        fs::create_directory(result);
        return result;
    }

  private:
    fs::path path_;
    int projects_ = 0;
};

class runner_benchmark
{
  public:
    runner_benchmark(fs::path const& parent, std::string testmon, int rounds)
        : scratch_(parent), testmon_(std::move(testmon)), rounds_(rounds)
    {
    }

    json::array trivial_tests(std::size_t tests);
    json::object sleeping_tests();
    json::array starts();
    json::object controller(std::size_t tests);
    json::array isolation();
    json::string file_system() const { return json::string(testmon::bench::file_system(scratch_.path())); }

  private:
    program_call plain(kind const& what, fs::path const& project, std::size_t tests,
                       std::vector<std::string> const& arguments = {}) const
    {
        program_call call;
        call.directory = project;
        call.environment["TESTMON_BENCH_TESTS"] = std::to_string(tests);
        call.words = {(own_directory() / what.program).native()};
        call.words.insert(call.words.end(), arguments.begin(), arguments.end());
        return call;
    }

    program_call run(kind const& what, fs::path const& project, std::size_t tests,
                     std::vector<std::string> const& options) const
    {
        auto call = plain(what, project, tests);
        std::vector<std::string> words{testmon_, "run"};
        words.insert(words.end(), options.begin(), options.end());
        words.emplace_back("--");
        words.push_back(call.words.front());
        call.words = std::move(words);
        return call;
    }

    // Until the first test of the first worker, and until that of the last one.
    struct beginnings {
        double first = 0;
        double last = 0;
    };

    beginnings beginnings_of(program_call call)
    {
        // Not where isolated processes have files of their own.
        auto const file = "/dev/shm" / scratch_.path().filename();
        call.environment["TESTMON_BENCH_BEGINNINGS"] = file.native();
        auto const use = run_program(call);
        std::vector<double> times;
        std::ifstream in(file.native());
        for (std::int64_t time = 0; in >> time;) {
            auto const passed = std::chrono::nanoseconds(time) - use.began.time_since_epoch();
            times.push_back(std::chrono::duration<double, std::milli>(passed).count());
        }
        in.close();
        fs::remove(file);
        return {*std::min_element(times.begin(), times.end()), *std::max_element(times.begin(), times.end())};
    }

    // The median of the rounds, in which what is compared takes turns.
    json::object in_turn(std::vector<std::pair<char const*, std::function<double()>>> const& measured) const
    {
        std::vector<std::vector<double>> values(measured.size());
        for (int round = 0; round < rounds_; ++round) {
            for (std::size_t i = 0; i < measured.size(); ++i) {
                values[i].push_back(measured[i].second());
            }
        }
        json::object result;
        for (std::size_t i = 0; i < measured.size(); ++i) {
            result[measured[i].first] = median(values[i]);
        }
        return result;
    }

    scratch scratch_;
    std::string testmon_;
    int rounds_;
};

json::array runner_benchmark::trivial_tests(std::size_t tests)
{
    constexpr std::size_t sampled = 50; // of a process for each test
    json::array result;
    for (auto const& what : kinds) {
        auto const project = scratch_.new_project();
        auto const with = [&](std::vector<std::string> const& options) {
            return [=] { return run_program(run(what, project, tests, options)).milliseconds; };
        };
        auto const first = run_program(run(what, project, tests, {"-n", "1"})).milliseconds;
        auto row =
            in_turn({{"plain_ms", [&] { return run_program(plain(what, project, tests)).milliseconds; }},
                     {"one_worker_ms", with({"-n", "1"})},
                     {"two_workers_ms", with({"-n", "2"})}});
        double alone = 0;
        for (std::size_t i = 0; i < sampled; ++i) {
            auto const number = std::to_string(i * (tests / sampled));
            auto const filter = "--run_test=*/a_test_with_a_name_of_usual_length_" + number;
            alone += run_program(plain(what, project, tests, {filter})).milliseconds;
        }
        row["kind"] = what.name;
        row["first_run_ms"] = first;
        row["process_per_test_ms"] = alone * static_cast<double>(tests) / sampled;
        result.push_back(std::move(row));
    }
    return result;
}

json::object runner_benchmark::sleeping_tests()
{
    constexpr std::size_t tests = 200;
    constexpr double bound = tests * (tests + 1) / 2.0 / 8; // no test is as long
    std::vector<double> unknown;
    std::vector<double> known;
    for (int round = 0; round < rounds_; ++round) {
        auto call = run(kinds[0], scratch_.new_project(), tests, {"-n", "8"});
        call.environment["TESTMON_BENCH_SLEEPING"] = "1";
        unknown.push_back(run_program(call).milliseconds);
        known.push_back(run_program(call).milliseconds);
    }
    return {{"bound_ms", bound}, {"without_history_ms", median(unknown)}, {"with_history_ms", median(known)}};
}

json::array runner_benchmark::starts()
{
    json::array result;
    for (auto const& what : kinds) {
        for (std::size_t const tests : {std::size_t{16}, std::size_t{10'000}}) {
            if (tests > 16 && what.name == kinds[3].name) {
                continue; // all of them would take long
            }
            auto const project = scratch_.new_project();
            auto const list = plain(what, project, tests, {"--list_content"});
            auto const eight = run(what, project, tests, {"-n", "8"});
            auto const unknown = beginnings_of(eight);
            std::vector<double> lasts;
            auto row = in_turn({{"list_ms", [&] { return run_program(list).milliseconds; }},
                                {"first_test_ms", [&] {
                                     auto const times = beginnings_of(eight);
                                     lasts.push_back(times.last);
                                     return times.first;
                                 }}});
            row["kind"] = what.name;
            row["tests"] = tests;
            row["first_test_of_last_worker_ms"] = median(lasts);
            row["first_test_in_new_project_ms"] = unknown.first;
            result.push_back(std::move(row));
        }
    }
    return result;
}

json::object runner_benchmark::controller(std::size_t tests)
{
    auto const project = scratch_.new_project();
    auto const use_of = [&](fs::path const& where, std::size_t count) {
        return run_program(run(kinds[0], where, count, {"-n", "1"}), true);
    };
    auto const one = use_of(scratch_.new_project(), 1);
    auto const all = use_of(project, tests);
    auto const again = use_of(project, tests);
    auto const each = [&](double value) { return value / static_cast<double>(tests); };
    return {{"tests", tests},
            {"cpu_us", each(all.own_cpu_milliseconds - one.own_cpu_milliseconds) * 1e3},
            {"cpu_again_us", each(again.own_cpu_milliseconds - one.own_cpu_milliseconds) * 1e3},
            {"memory_bytes", each(all.peak_kilobytes - one.peak_kilobytes) * 1024},
            {"memory_again_bytes", each(again.peak_kilobytes - one.peak_kilobytes) * 1024}};
}

json::array runner_benchmark::isolation()
{
    json::array result;
    for (int const workers : {1, 8}) {
        auto const project = scratch_.new_project();
        // Of /tmp, an isolated process sees the project only. The executable must not need anything else from
        // there.
        auto const program = project / kinds[1].program;
        fs::copy_file(own_directory() / kinds[1].program, program);
        auto const until_last = [&](std::vector<std::string> options) {
            options.insert(options.end(), {"-n", std::to_string(workers)});
            return [=] {
                auto call = run(kinds[1], project, 16, options);
                call.words.back() = program.native();
                call.environment["TESTMON_BENCH_SLEEPING"] = "1";
                return beginnings_of(call).last;
            };
        };
        auto row = in_turn({{"none_ms", until_last({})},
                            {"files_ms", until_last({"--isolate", "files"})},
                            {"net_ms", until_last({"--isolate", "net"})},
                            {"all_ms", until_last({"--isolate", "all"})}});
        row["workers"] = workers;
        result.push_back(std::move(row));
    }
    return result;
}

double number(json::value const& row, char const* key)
{
    return row.at(key).to_number<double>();
}

void print_trivial(json::object const& m)
{
    std::printf(
        "| %.0f trivial tests | plain ms | 1 worker ms | ratio (allowed) | first run ms | 2 workers ms | "
        "ratio (allowed) | a process per test ms | ratio |\n|---|---|---|---|---|---|---|---|---|\n",
        number(m, "trivial_count"));
    for (auto const& row : m.at("trivial").as_array()) {
        auto const plain = number(row, "plain_ms");
        std::printf("| %s | %.0f | %.0f | %.2f (1.25) | %.0f | %.0f | %.2f (0.7) | %.0f | %.0f |\n",
                    row.at("kind").as_string().c_str(), plain, number(row, "one_worker_ms"),
                    number(row, "one_worker_ms") / plain, number(row, "first_run_ms"),
                    number(row, "two_workers_ms"), number(row, "two_workers_ms") / plain,
                    number(row, "process_per_test_ms"), number(row, "process_per_test_ms") / plain);
    }
}

void print_sleeping(json::value const& m)
{
    auto const bound = number(m, "bound_ms");
    std::printf(
        "\n| 200 tests of 1 to 200 ms, 8 workers | ms | above the bound (allowed) |\n|---|---|---|\n");
    std::printf("| bound | %.0f | |\n", bound);
    for (auto const* key : {"with_history_ms", "without_history_ms"}) {
        bool const known = key == std::string("with_history_ms");
        std::printf("| %s history | %.0f | %.1f %% (%d %%) |\n", known ? "with" : "without", number(m, key),
                    (number(m, key) / bound - 1) * 100, known ? 5 : 15);
    }
}

void print_starts(json::value const& rows)
{
    std::printf("\n| start of 8 workers | tests | --list_content ms | first test ms | ratio (allowed) | "
                "first test of "
                "the last worker ms | in a new project ms |\n|---|---|---|---|---|---|---|\n");
    for (auto const& row : rows.as_array()) {
        std::printf("| %s | %.0f | %.1f | %.1f | %.2f (1.5) | %.1f | %.1f |\n",
                    row.at("kind").as_string().c_str(), number(row, "tests"), number(row, "list_ms"),
                    number(row, "first_test_ms"), number(row, "first_test_ms") / number(row, "list_ms"),
                    number(row, "first_test_of_last_worker_ms"), number(row, "first_test_in_new_project_ms"));
    }
}

void print_controller(json::value const& m)
{
    std::printf("\n| the runner, for each of %.0f tests | first run | again | allowed |\n|---|---|---|---|\n",
                number(m, "tests"));
    std::printf("| processor time, us | %.1f | %.1f | 10 |\n", number(m, "cpu_us"),
                number(m, "cpu_again_us"));
    std::printf("| memory, bytes | %.0f | %.0f | 1024 |\n", number(m, "memory_bytes"),
                number(m, "memory_again_bytes"));
}

void print_isolation(json::value const& rows)
{
    std::printf(
        "\n| until the first test of the last worker | none ms | files ms | net ms | all ms | added by all, "
        "for each worker (allowed) |\n|---|---|---|---|---|---|\n");
    for (auto const& row : rows.as_array()) {
        std::printf("| %.0f workers | %.1f | %.1f | %.1f | %.1f | %.1f (20) |\n", number(row, "workers"),
                    number(row, "none_ms"), number(row, "files_ms"), number(row, "net_ms"),
                    number(row, "all_ms"),
                    (number(row, "all_ms") - number(row, "none_ms")) / number(row, "workers"));
    }
}

json::object measure(boost::program_options::variables_map const& chosen)
{
    runner_benchmark bench(chosen["directory"].as<std::string>(), chosen["testmon"].as<std::string>(),
                           std::max(1, chosen["rounds"].as<int>()));
    auto const tests = chosen["tests"].as<std::size_t>();
    auto const only = chosen["only"].as<std::string>();
    auto const wants = [&](char const* what) { return only.empty() || only == what; };
    json::object result{{"file_system", bench.file_system()}, {"trivial_count", tests}};
    if (wants("trivial")) {
        result["trivial"] = bench.trivial_tests(tests);
    }
    if (wants("sleeping")) {
        result["sleeping"] = bench.sleeping_tests();
    }
    if (wants("start")) {
        result["start"] = bench.starts();
    }
    if (wants("controller")) {
        result["controller"] = bench.controller(tests * 10);
    }
    if (wants("isolation")) {
        result["isolation"] = bench.isolation();
    }
    return result;
}

void print(json::object const& m)
{
    std::printf("%s\n\n", m.at("file_system").as_string().c_str());
    if (m.contains("trivial")) {
        print_trivial(m);
    }
    if (m.contains("sleeping")) {
        print_sleeping(m.at("sleeping"));
    }
    if (m.contains("start")) {
        print_starts(m.at("start"));
    }
    if (m.contains("controller")) {
        print_controller(m.at("controller"));
    }
    if (m.contains("isolation")) {
        print_isolation(m.at("isolation"));
    }
}

} // namespace

int main(int argc, char** argv)
{
    namespace po = boost::program_options;
    po::options_description options("Options");
    options.add_options()("help", "show help")("json", "print JSON instead of tables")(
        "rounds", po::value<int>()->default_value(5),
        "rounds of each measurement")("tests", po::value<std::size_t>()->default_value(10'000),
                                      "number of trivial tests; ten times as many for the runner's own use")(
        "only", po::value<std::string>()->default_value(""),
        "one of trivial, sleeping, start, controller, isolation; all by default")(
        "testmon", po::value<std::string>()->default_value(built_testmon().native()), "the program testmon")(
        "directory", po::value<std::string>()->default_value(fs::temp_directory_path().native()),
        "where to keep the files");
    return run_benchmark("bench_database_runner", options, argc, argv, [](po::variables_map const& chosen) {
        auto all = machine();
        auto result = measure(chosen);
        if (chosen.count("json") != 0) {
            all["measurement"] = std::move(result);
            std::cout << json::serialize(all) << "\n";
        } else {
            std::cout << machine_line(all) << "\n" << std::endl;
            print(result);
        }
    });
}
