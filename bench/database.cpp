// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// What the database costs: to register and to record tests, beside a bare loop over the C interface of SQLite
// that inserts the same rows in one transaction; to start workers with it, beside a start without; and to
// record while many read.
#include "measurement.hpp"
#include "processes.hpp"

#include <testmon/database.hpp>
#include <testmon/precreation.hpp>
#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/program_options/options_description.hpp>
#include <sqlite3.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <new>
#include <stdexcept>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{

namespace fs = boost::filesystem;
namespace json = boost::json;
using namespace testmon;
using namespace testmon::bench;

// ---- Rows ----

std::vector<database::test_record> tests(std::size_t count)
{
    std::vector<database::test_record> result(count);
    for (std::size_t i = 0; i < count; ++i) {
        result[i].suite = "suite_" + std::to_string(i / 100);
        result[i].path = result[i].suite + "/a_test_with_a_name_of_usual_length_" + std::to_string(i);
        result[i].file = "/home/user/project/test/" + result[i].suite + ".cpp";
        result[i].line = static_cast<std::int64_t>(i);
    }
    return result;
}

std::vector<database::execution> executions(std::vector<std::int64_t> const& test_ids)
{
    std::vector<database::execution> result;
    for (auto const id : test_ids) {
        database::execution one;
        one.test_id = id;
        one.duration = std::chrono::microseconds(id);
        one.assertions = 3;
        one.worker = "gw0";
        one.started = std::chrono::system_clock::now();
        result.push_back(one);
    }
    return result;
}

// ---- The bare loop ----

class bare_database
{
  public:
    // The schema is that of the library, the tables are empty.
    explicit bare_database(fs::path const& file)
    {
        database::read_write_database(file).register_run({}, {}, std::vector<database::test_record>());
        require(::sqlite3_open(file.c_str(), &handle_));
        // What the library sets, too.
        execute("PRAGMA synchronous = NORMAL");
        execute("PRAGMA ignore_check_constraints = ON");
    }
    ~bare_database() { ::sqlite3_close(handle_); }
    bare_database(bare_database const&) = delete;
    bare_database& operator=(bare_database const&) = delete;

    void insert_tests(std::vector<database::test_record> const& all)
    {
        insert("INSERT INTO test (path, suite, file, line, labels, depends_on, time_limit_ns, "
               "expected_failures, "
               "enabled, environment_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
               all, [](sqlite3_stmt* statement, database::test_record const& one) {
                   bind(statement, 1, one.path);
                   bind(statement, 2, one.suite);
                   bind(statement, 3, one.file);
                   ::sqlite3_bind_int64(statement, 4, one.line);
                   ::sqlite3_bind_text(statement, 5, "[]", -1, SQLITE_STATIC);
                   ::sqlite3_bind_text(statement, 6, "[]", -1, SQLITE_STATIC);
                   ::sqlite3_bind_int64(statement, 7, 0);
                   ::sqlite3_bind_int64(statement, 8, 0);
                   ::sqlite3_bind_int64(statement, 9, 1);
                   ::sqlite3_bind_int64(statement, 10, 1);
               });
    }

    void insert_executions(std::vector<database::execution> const& all)
    {
        insert(
            "INSERT INTO test_execution (run_id, test_id, attempt, outcome, duration_ns, assertions, worker, "
            "started_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            all, [](sqlite3_stmt* statement, database::execution const& one) {
                ::sqlite3_bind_int64(statement, 1, 1);
                ::sqlite3_bind_int64(statement, 2, one.test_id);
                ::sqlite3_bind_int64(statement, 3, one.attempt);
                ::sqlite3_bind_text(statement, 4, "passed", -1, SQLITE_STATIC);
                ::sqlite3_bind_int64(statement, 5, one.duration.count());
                ::sqlite3_bind_int64(statement, 6, one.assertions);
                bind(statement, 7, one.worker);
                ::sqlite3_bind_int64(statement, 8, one.started.time_since_epoch().count());
            });
    }

  private:
    static void bind(sqlite3_stmt* statement, int index, std::string const& text)
    {
        ::sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    }

    void require(int code) const
    {
        if (code != SQLITE_OK && code != SQLITE_DONE) {
            throw std::runtime_error(::sqlite3_errmsg(handle_));
        }
    }

    void execute(char const* text) const
    {
        require(::sqlite3_exec(handle_, text, nullptr, nullptr, nullptr));
    }

    template <class Rows, class Bind>
    void insert(char const* text, Rows const& rows, Bind bind_row)
    {
        execute("BEGIN IMMEDIATE");
        sqlite3_stmt* statement = nullptr;
        require(::sqlite3_prepare_v2(handle_, text, -1, &statement, nullptr));
        for (auto const& row : rows) {
            bind_row(statement, row);
            require(::sqlite3_step(statement));
            ::sqlite3_reset(statement);
        }
        ::sqlite3_finalize(statement);
        execute("COMMIT");
    }

    sqlite3* handle_ = nullptr;
};

struct batch_times {
    std::vector<double> bare_register{};
    std::vector<double> register_new{};
    std::vector<double> register_again{};
    std::vector<double> bare_record{};
    std::vector<double> record{};
};

double time_of(std::function<void()> const& work)
{
    auto const begin = clock_type::now();
    work();
    return milliseconds_since(begin);
}

batch_times measure_batches(fs::path const& root, std::size_t count, int rounds)
{
    auto const all = tests(count);
    batch_times result;
    for (int round = 0; round < rounds; ++round) {
        auto const directory = root / ("batch" + std::to_string(round));
        fs::create_directory(directory);
        {
            database::read_write_database ours(directory / "ours");
            database::registration made;
            result.register_new.push_back(time_of([&] { made = ours.register_run({}, {}, all); }));
            auto const results = executions(made.test_ids);
            result.record.push_back(time_of([&] { ours.record(made.run_id, results); }));
            result.register_again.push_back(time_of([&] { ours.register_run({}, {}, all); }));

            bare_database bare(directory / "bare");
            result.bare_register.push_back(time_of([&] { bare.insert_tests(all); }));
            result.bare_record.push_back(time_of([&] { bare.insert_executions(results); }));
        }
        fs::remove_all(directory);
    }
    return result;
}

// ---- Processes ----

constexpr int start_workers = 8;
constexpr int readers = 16;
constexpr std::size_t most_latencies = 200'000;

// In memory that all processes share.
struct shared_words {
    std::atomic<std::int64_t> last_start{0}; // nanoseconds of the steady clock
    std::atomic<int> ready{0};
    std::atomic<bool> stop{false};
    struct reader {
        std::atomic<std::size_t> queries{0};
        std::atomic<std::size_t> errors{0};
        float milliseconds[most_latencies]{};
    } each[readers];
};

shared_words& share()
{
    static shared_words* words = nullptr;
    if (words != nullptr) {
        ::munmap(words, sizeof(shared_words));
    }
    auto* memory =
        ::mmap(nullptr, sizeof(shared_words), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        throw std::runtime_error("no shared memory");
    }
    words = new (memory) shared_words;
    return *words;
}

void reap(std::vector<pid_t> const& processes)
{
    for (auto const pid : processes) {
        int status = 0;
        if (::waitpid(pid, &status, 0) != pid || status != 0) {
            throw std::runtime_error("a process of the benchmark failed");
        }
    }
}

void note_the_last(std::atomic<std::int64_t>& last)
{
    auto const now = clock_type::now().time_since_epoch().count();
    for (auto seen = last.load(); seen < now && !last.compare_exchange_weak(seen, now);) {
    }
}

xdist_coordination::xdist_config enabled()
{
    xdist_coordination::xdist_config config;
    config.controller_precreation = true;
    return config;
}

// From the publication until the last of 8 workers has its environment: from the database, or only its id.
std::vector<double> measure_starts(fs::path const& root, std::size_t test_count, bool with_database,
                                   int rounds)
{
    auto& words = share();
    std::vector<pid_t> processes;
    for (int i = 0; i < start_workers; ++i) {
        processes.push_back(start_process([&] {
            precreation::worker_coordination worker(root, "gw" + std::to_string(i), enabled());
            xdist_coordination::wait_for_controller_options next;
            for (int round = 0; round < rounds; ++round) {
                next.after_generation = worker.wait_and_initialize(next).value().generation();
                if (with_database && !worker.open_database().find_environment(worker.environment_id())) {
                    throw std::runtime_error("the environment is missing");
                }
                note_the_last(words.last_start);
                ++words.ready;
            }
            worker.leave();
        }));
    }
    precreation::controller_precreation controller(root, enabled());
    precreation::preparation what;
    what.workers = start_workers;
    controller.prepare_for_workers(what, tests(test_count));
    auto const state = controller.manager().read_controller_state();
    xdist_coordination::state_data data;
    data.environment_id = state.environment_id();
    data.database_path = state.database_path();
    data.precreated_entries = state.precreated_entries();
    data.extra = state.extra();

    auto const wait_for_round = [&](int round) {
        controller.wait_for_workers();
        while (words.ready < start_workers * (round + 1)) {
            std::this_thread::yield();
        }
    };
    wait_for_round(0);
    std::vector<double> result;
    for (int round = 1; round < rounds; ++round) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20)); // until all of them sleep again
        auto const begin = clock_type::now();
        controller.manager().write_controller_state(data);
        wait_for_round(round);
        auto const last = clock_type::time_point(clock_type::duration(words.last_start.load()));
        result.push_back(std::chrono::duration<double, std::milli>(last - begin).count());
    }
    reap(processes);
    controller.cleanup();
    fs::remove(root / ".testmondata-cpp");
    return result;
}

struct reading {
    std::vector<double> milliseconds{};
    std::size_t queries = 0;
    std::size_t errors = 0;
    double written_per_second = 0;
};

// 16 processes look tests up for a while, each query timed, while this process records batches, or does not.
reading measure_reading(fs::path const& root, bool with_writer, std::chrono::milliseconds length)
{
    auto& words = share();
    auto const file = root / "reading.db";
    database::read_write_database writer(file);
    auto const all = tests(10'000);
    auto const made = writer.register_run({}, {}, all);
    std::vector<pid_t> processes;
    for (auto& mine : words.each) {
        processes.push_back(start_process([&] {
            database::read_only_database const reader(file);
            ++words.ready;
            for (std::size_t i = 0; !words.stop; ++i) {
                auto const begin = clock_type::now();
                try {
                    if (!reader.find_test(made.environment_id, all[i * 7919 % all.size()].path)) {
                        ++mine.errors;
                    }
                } catch (std::exception const&) {
                    ++mine.errors;
                }
                mine.milliseconds[i % most_latencies] = static_cast<float>(milliseconds_since(begin));
                ++mine.queries;
            }
        }));
    }
    while (words.ready < readers) {
        std::this_thread::yield();
    }
    auto const results = executions({made.test_ids.begin(), made.test_ids.begin() + 100});
    auto const begin = clock_type::now();
    std::size_t written = 0;
    while (clock_type::now() - begin < length) {
        if (with_writer) {
            auto const run = writer.register_run({}, {}, std::vector<database::test_record>(),
                                                 database::collection::partial);
            written += writer.record(run.run_id, results);
        } else {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }
    auto const seconds = milliseconds_since(begin) / 1000;
    words.stop = true;
    reap(processes);
    reading result;
    for (auto const& mine : words.each) {
        result.queries += mine.queries;
        result.errors += mine.errors;
        for (std::size_t i = 0; i < std::min(mine.queries.load(), most_latencies); ++i) {
            result.milliseconds.push_back(mine.milliseconds[i]);
        }
    }
    result.written_per_second = static_cast<double>(written) / seconds;
    fs::remove(file);
    return result;
}

// ---- The tables ----

json::object describe(std::vector<double> const& ours, std::vector<double> const& bare)
{
    return {{"bare_ms", quantile(bare, 0.5)},
            {"testmon_ms", quantile(ours, 0.5)},
            {"speed_ratio", quantile(bare, 0.5) / quantile(ours, 0.5)}};
}

json::object describe(reading const& one)
{
    return {{"queries", one.queries},
            {"errors", one.errors},
            {"median_ms", quantile(one.milliseconds, 0.5)},
            {"p99_ms", quantile(one.milliseconds, 0.99)},
            {"written_per_second", one.written_per_second}};
}

json::object measure(fs::path const& parent, std::vector<std::size_t> const& counts, int rounds)
{
    auto const root = parent / fs::unique_path("testmon-bench-%%%%%%%%");
    fs::create_directory(root);
    json::object result;
    result["file_system"] = file_system(root);
    json::array batches;
    for (auto const count : counts) {
        auto const times = measure_batches(root, count, rounds);
        batches.push_back({{"tests", count},
                           {"register", describe(times.register_new, times.bare_register)},
                           {"register_again_ms", quantile(times.register_again, 0.5)},
                           {"record", describe(times.record, times.bare_record)}});
    }
    result["batches"] = std::move(batches);
    json::array starts;
    for (std::size_t const count : {std::size_t{100}, std::size_t{1000}, std::size_t{10'000}}) {
        auto const without = measure_starts(root, count, false, rounds * 10);
        auto const with = measure_starts(root, count, true, rounds * 10);
        starts.push_back({{"tests", count},
                          {"without_ms", quantile(without, 0.5)},
                          {"with_ms", quantile(with, 0.5)},
                          {"without_p99_ms", quantile(without, 0.99)},
                          {"with_p99_ms", quantile(with, 0.99)}});
    }
    result["starts"] = std::move(starts);
    auto const length = std::chrono::milliseconds(rounds * 300);
    result["readers_alone"] = describe(measure_reading(root, false, length));
    result["readers_with_writer"] = describe(measure_reading(root, true, length));
    fs::remove_all(root);
    return result;
}

void print(json::object const& m)
{
    auto const number = [](json::value const& value, char const* key) {
        return value.at(key).to_number<double>();
    };
    std::printf("%s\n\n", m.at("file_system").as_string().c_str());
    std::printf("| tests | register: bare ms | testmon ms | speed (allowed) | again ms | record: bare ms | "
                "testmon ms | "
                "speed (allowed) |\n|---|---|---|---|---|---|---|---|\n");
    for (auto const& row : m.at("batches").as_array()) {
        auto const& reg = row.at("register");
        auto const& rec = row.at("record");
        std::printf("| %.0f | %.1f | %.1f | %.2f (0.5) | %.1f | %.1f | %.1f | %.2f (0.5) |\n",
                    number(row, "tests"), number(reg, "bare_ms"), number(reg, "testmon_ms"),
                    number(reg, "speed_ratio"), number(row, "register_again_ms"), number(rec, "bare_ms"),
                    number(rec, "testmon_ms"), number(rec, "speed_ratio"));
    }
    std::printf(
        "\n| tests | 8 workers start without the database: ms (p99) | with it: ms (p99) |\n|---|---|---|\n");
    for (auto const& row : m.at("starts").as_array()) {
        std::printf("| %.0f | %.2f (%.2f) | %.2f (%.2f) |\n", number(row, "tests"), number(row, "without_ms"),
                    number(row, "without_p99_ms"), number(row, "with_ms"), number(row, "with_p99_ms"));
    }
    std::printf("\n| 16 readers | queries | errors | median ms | p99 ms | recorded by the writer, a second "
                "|\n|---|---|---|---|---|---|\n");
    for (auto const* key : {"readers_alone", "readers_with_writer"}) {
        auto const& row = m.at(key);
        std::printf("| %s | %.0f | %.0f | %.4f | %.4f | %.0f |\n",
                    key == std::string("readers_alone") ? "alone" : "while one writes",
                    number(row, "queries"), number(row, "errors"), number(row, "median_ms"),
                    number(row, "p99_ms"), number(row, "written_per_second"));
    }
    std::printf("\n");
}

} // namespace

int main(int argc, char** argv)
{
    namespace po = boost::program_options;
    po::options_description options("Options");
    options.add_options()("help", "show help")("json", "print JSON instead of tables")(
        "rounds", po::value<int>()->default_value(7),
        "rounds of each measurement; starts: ten times as many")(
        "tests",
        po::value<std::vector<std::size_t>>()->multitoken()->default_value({1000, 10'000, 100'000},
                                                                           "1000 10000 100000"),
        "numbers of tests in a batch")(
        "directory", po::value<std::string>()->default_value(fs::temp_directory_path().native()),
        "where to keep the files");
    return run_benchmark("bench_database", options, argc, argv, [](po::variables_map const& chosen) {
        auto all = machine();
        auto result =
            measure(chosen["directory"].as<std::string>(), chosen["tests"].as<std::vector<std::size_t>>(),
                    std::max(1, chosen["rounds"].as<int>()));
        if (chosen.count("json") != 0) {
            all["measurement"] = std::move(result);
            std::cout << json::serialize(all) << "\n";
        } else {
            std::cout << machine_line(all) << "\n" << std::endl;
            print(result);
        }
    });
}
