// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// How long a rendezvous takes: from the publication until the controller has seen the last of N
// acknowledgments, with N forked processes that wait. Beside it, in the same run and in turn with it, a
// barrier in shared memory (two futex words) that does nothing else, and the algorithm of the Python
// original.
#include "measurement.hpp"
#include "processes.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/program_options/options_description.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <iterator>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{

namespace fs = boost::filesystem;
namespace json = boost::json;
using namespace testmon::xdist_coordination;
using namespace std::chrono_literals;
using namespace testmon::bench;

// ---- The barrier: what the machine can do at best ----

using word = std::atomic<std::uint32_t>;

void futex_wait(word& at, std::uint32_t while_it_is)
{
    ::syscall(SYS_futex, &at, FUTEX_WAIT, while_it_is, nullptr, nullptr, 0);
}

void futex_wake(word& at)
{
    ::syscall(SYS_futex, &at, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

// In memory that all processes share.
struct shared_words {
    word release{0}; // the round that has been released
    word arrived{0}; // how many have come
    word waiting{0}; // how many are about to wait, for the next measurement to begin
    std::atomic<std::int64_t> noticed{0};
};

shared_words& share()
{
    void* const memory =
        ::mmap(nullptr, sizeof(shared_words), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        throw std::runtime_error("no shared memory");
    }
    return *new (memory) shared_words;
}

// ---- The Python original: polling from 0.1 s, 1.5 times longer each time, up to 2 s; a marker file for each
// worker ----

template <typename Condition>
void poll_as_the_original(Condition condition)
{
    for (auto pause = 100ms; !condition(); pause = std::min(pause * 3 / 2, std::chrono::milliseconds(2000))) {
        std::this_thread::sleep_for(pause);
    }
}

void write_as_the_original(fs::path const& file, std::string const& text)
{
    auto const temporary = file.native() + ".tmp";
    std::ofstream(temporary) << text;
    fs::rename(temporary, file);
}

// ---- Processes ----

void reap(std::vector<::pid_t> const& children)
{
    for (auto const child : children) {
        ::waitpid(child, nullptr, 0);
    }
}

// Waits until so many processes are about to wait, and gives them the time to really do so.
void let_them_wait(shared_words& words, int count)
{
    while (words.waiting.load() != static_cast<std::uint32_t>(count)) {
        std::this_thread::sleep_for(1ms);
    }
    words.waiting = 0;
    std::this_thread::sleep_for(20ms + count * 100us);
}

struct comparison {
    int workers = 0;
    std::vector<double> barrier{};
    std::vector<double> ours{};
    std::vector<double> original{};
};

comparison compare(fs::path const& root, int count, int rounds, int original_rounds)
{
    auto& words = share();
    auto const original = root / "original";
    fs::create_directory(original);
    auto const state_file = [&](int round) {
        return original / ("ready_" + std::to_string(round) + ".json");
    };

    std::vector<::pid_t> children;
    for (int i = 0; i < count; ++i) {
        children.push_back(start_process([&, i] {
            std::string const id = "gw" + std::to_string(i);
            coordination_manager manager(root);
            wait_for_controller_options options;
            options.timeout = 300s;
            for (std::uint32_t round = 1; round <= static_cast<std::uint32_t>(rounds); ++round) {
                ++words.waiting;
                while (words.release.load() < round) {
                    futex_wait(words.release, round - 1);
                }
                if (++words.arrived == static_cast<std::uint32_t>(count)) {
                    futex_wake(words.arrived);
                }
                ++words.waiting;
                options.after_generation = manager.wait_for_controller(id, options).generation();
            }
            manager.leave(id);
            for (int round = 1; round <= original_rounds; ++round) {
                ++words.waiting;
                poll_as_the_original([&] { return fs::exists(state_file(round)); });
                write_as_the_original(original / (id + "_" + std::to_string(round)), "{}");
            }
        }));
    }

    comparison result;
    result.workers = count;
    coordination_manager manager(root);
    state_data data;
    data.environment_id = 42;
    data.database_path = "/path/to/db";
    data.expected_workers = static_cast<std::uint32_t>(count);
    wait_for_workers_options options;
    options.timeout = 300s;
    for (std::uint32_t round = 1; round <= static_cast<std::uint32_t>(rounds); ++round) {
        let_them_wait(words, count);
        words.arrived = 0;
        auto begin = clock_type::now();
        words.release = round;
        futex_wake(words.release);
        for (std::uint32_t seen = 0; (seen = words.arrived.load()) != static_cast<std::uint32_t>(count);) {
            futex_wait(words.arrived, seen);
        }
        result.barrier.push_back(milliseconds_since(begin));

        let_them_wait(words, count);
        begin = clock_type::now();
        manager.write_controller_state(data);
        manager.wait_for_workers(static_cast<std::size_t>(count), options);
        result.ours.push_back(milliseconds_since(begin));
    }
    for (int round = 1; round <= original_rounds; ++round) {
        let_them_wait(words, count);
        // As long as preparing something takes; how far the workers have backed off by then matters.
        constexpr std::chrono::milliseconds preparation[] = {700ms, 1500ms, 2300ms};
        std::this_thread::sleep_for(preparation[static_cast<std::size_t>(round) % std::size(preparation)]);
        auto const begin = clock_type::now();
        write_as_the_original(state_file(round), "{\"environment_id\": 42}");
        auto const all_there = [&] {
            for (int i = 0; i < count; ++i) {
                if (!fs::exists(original / ("gw" + std::to_string(i) + "_" + std::to_string(round)))) {
                    return false;
                }
            }
            return true;
        };
        poll_as_the_original(all_there);
        result.original.push_back(milliseconds_since(begin));
    }
    reap(children);
    manager.cleanup();
    fs::remove_all(original);
    return result;
}

// ---- What a rendezvous of one worker costs without waiting ----

struct costs {
    double ours = 0; // ms: publication and acknowledgment by the library
    double bare = 0; // ms: the system calls that they cannot do without
};

double bare_system_calls(fs::path const& root)
{
    auto const lock_file = (root / "lock").native();
    auto const counter = (root / "counter").native();
    auto const state = (root / "state").native();
    auto const temporary = (root / "new").native();
    std::string const text(400, 'x');
    std::vector<char> buffer(8192);
    ::close(::open(lock_file.c_str(), O_RDWR | O_CREAT, 0600));
    int file = ::open(counter.c_str(), O_RDWR | O_CREAT, 0600);
    bool well = ::pwrite(file, buffer.data(), buffer.size(), 0) > 0;
    ::close(file);
    auto const with_lock = [&](auto action) {
        int const lock = ::open(lock_file.c_str(), O_RDWR);
        struct ::flock range {
        };
        range.l_type = F_WRLCK;
        well = well && ::fcntl(lock, F_SETLK, &range) == 0;
        int const opened = ::open(counter.c_str(), O_RDWR);
        well = well && ::pread(opened, buffer.data(), 200, 0) > 0;
        action(opened);
        ::close(opened);
        ::close(lock);
    };
    auto const begin = clock_type::now();
    with_lock([&](int opened) {
        file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
        well = well && ::write(file, text.data(), text.size()) > 0;
        ::close(file);
        well = well && ::rename(temporary.c_str(), state.c_str()) == 0;
        well = well && ::pwrite(opened, buffer.data(), 48, 0) > 0;
    });
    file = ::open(state.c_str(), O_RDONLY);
    well = well && ::read(file, buffer.data(), buffer.size()) > 0;
    ::close(file);
    with_lock([&](int opened) {
        well = well && ::pwrite(opened, buffer.data(), 128, 4096) > 0;
        well = well && ::pwrite(opened, buffer.data(), 48, 0) > 0;
    });
    auto const result = milliseconds_since(begin);
    if (!well) {
        throw std::runtime_error("a system call failed");
    }
    return result;
}

costs cost_without_waiting(fs::path const& root)
{
    constexpr int rounds = 200;
    std::vector<double> library;
    std::vector<double> bare;
    coordination_manager manager(root);
    // Without a pause ext4 would have to wait for the disk: a file that is replaced while it is being written
    // there is freed only afterwards. In the comparison above there is such a pause too.
    constexpr auto pause = 10ms;
    for (int round = 0; round < rounds; ++round) {
        auto const begin = clock_type::now();
        manager.acknowledge_worker_ready("gw0", manager.write_controller_state({}));
        library.push_back(milliseconds_since(begin));
        bare.push_back(bare_system_calls(root));
        std::this_thread::sleep_for(pause);
    }
    manager.cleanup();
    return {quantile(library, 0.5), quantile(bare, 0.5)};
}

// ---- How the cost of an acknowledgment grows ----

// Microseconds for each of the last hundred of `count` acknowledgments.
double cost_of_late_acknowledgment(fs::path const& root, int count)
{
    constexpr int late = 100;
    coordination_manager manager(root);
    auto const state = manager.write_controller_state({});
    auto begin = clock_type::now();
    for (int i = 0; i < count; ++i) {
        if (i == count - late) {
            begin = clock_type::now();
        }
        manager.acknowledge_worker_ready("gw" + std::to_string(i), state);
    }
    auto const result = milliseconds_since(begin) * 1000 / late;
    manager.cleanup();
    return result;
}

// ---- What a waiter costs ----

// Processor time of another process, in seconds.
double processor_time(::pid_t process)
{
    ::clockid_t clock = 0;
    ::timespec time{};
    if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &time) != 0) {
        throw std::runtime_error("a waiting process ended early");
    }
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Of a process that waits, once it does so. 1 is all of a core.
template <typename Wait>
double share_of_a_core(Wait wait)
{
    constexpr auto duration = 10s;
    auto const waiting = start_process([&] { wait(std::chrono::nanoseconds(2 * duration)); });
    std::this_thread::sleep_for(1s);
    auto const before = processor_time(waiting);
    auto const begin = clock_type::now();
    std::this_thread::sleep_for(duration);
    auto const result = (processor_time(waiting) - before) * 1000 / milliseconds_since(begin);
    ::kill(waiting, SIGKILL);
    reap({waiting});
    return result;
}

// Of a process that wakes as often as the longest fallback poll, and does nothing.
double cpu_of_waking()
{
    return share_of_a_core([](std::chrono::nanoseconds duration) {
        auto const end = clock_type::now() + duration;
        while (clock_type::now() < end) {
            std::this_thread::sleep_for(44ms); // 50 ms, shortened by an eighth on average
        }
    });
}

double cpu_of_waiting_worker(fs::path const& root)
{
    coordination_manager(root).begin_run(); // it has a controller to watch, this process
    auto const result = share_of_a_core([&](std::chrono::nanoseconds duration) {
        wait_for_controller_options options;
        options.timeout = duration;
        coordination_manager(root).wait_for_controller("gw0", options);
    });
    coordination_manager(root).cleanup();
    return result;
}

double cpu_of_waiting_controller(fs::path const& root)
{
    auto const result = share_of_a_core([&](std::chrono::nanoseconds duration) {
        coordination_manager manager(root);
        manager.acknowledge_worker_ready("gw0", manager.write_controller_state({}));
        wait_for_workers_options options;
        options.timeout = duration;
        manager.wait_for_workers(2, options);
    });
    coordination_manager(root).cleanup();
    return result;
}

// ---- How soon a death is noticed ----

std::int64_t now_in_nanoseconds()
{
    return clock_type::now().time_since_epoch().count();
}

std::vector<double> time_to_notice_killed_controller(fs::path const& root, int rounds)
{
    std::vector<double> result;
    for (int round = 0; round < rounds; ++round) {
        auto& words = share();
        auto const controller = start_process([&] {
            coordination_manager(root).begin_run();
            ++words.waiting;
            ::pause();
        });
        let_them_wait(words, 1);
        auto const worker = start_process([&] {
            ++words.waiting;
            boost::system::error_code ec;
            coordination_manager(root).wait_for_controller("gw0", {}, ec);
            words.noticed = ec == errc::controller_died ? now_in_nanoseconds() : 0;
        });
        let_them_wait(words, 1);
        auto const killed = now_in_nanoseconds();
        ::kill(controller, SIGKILL);
        reap({worker, controller});
        result.push_back(static_cast<double>(words.noticed.load() - killed) / 1e6);
    }
    coordination_manager(root).cleanup();
    return result;
}

std::vector<double> time_to_notice_killed_worker(fs::path const& root, int rounds)
{
    std::vector<double> result;
    coordination_manager manager(root);
    for (int round = 0; round < rounds; ++round) {
        auto& words = share();
        manager.write_controller_state({});
        auto const worker = start_process([&] {
            coordination_manager(root).wait_for_controller("gw0");
            ++words.waiting;
            ::pause();
        });
        std::int64_t killed = 0;
        std::thread killer([&] {
            let_them_wait(words, 1);
            killed = now_in_nanoseconds();
            ::kill(worker, SIGKILL);
        });
        boost::system::error_code ec;
        manager.wait_for_workers(2, {}, ec);
        auto const noticed = ec == errc::worker_died ? now_in_nanoseconds() : 0;
        killer.join();
        reap({worker});
        result.push_back(static_cast<double>(noticed - killed) / 1e6);
    }
    manager.cleanup();
    return result;
}

// ---- The tables ----

// What the project asks of itself: how many times the barrier a rendezvous may take at most.
double allowed_ratio(int workers)
{
    return workers == 1 ? 12 : workers <= 8 ? 3 : 2;
}

json::object describe(comparison const& c)
{
    json::object entry;
    entry["workers"] = c.workers;
    entry["rounds"] = c.ours.size();
    entry["barrier_ms"] = {{"median", quantile(c.barrier, 0.5)}, {"p99", quantile(c.barrier, 0.99)}};
    entry["testmon_ms"] = {{"median", quantile(c.ours, 0.5)}, {"p99", quantile(c.ours, 0.99)}};
    entry["ratio"] = quantile(c.ours, 0.5) / quantile(c.barrier, 0.5);
    entry["allowed_ratio"] = allowed_ratio(c.workers);
    entry["original_ms"] = c.original.empty() ? json::value() : json::value(quantile(c.original, 0.5));
    return entry;
}

json::object measure(fs::path const& parent, std::vector<int> const& counts, int rounds, int original_rounds)
{
    auto const root = parent / fs::unique_path("testmon-bench-%%%%%%%%");
    fs::create_directory(root);
    json::object result;
    result["file_system"] = file_system(root);
    json::array rows;
    for (int const count : counts) {
        // Fewer rounds where each takes long.
        int const enough = std::max(5, count >= 256 ? rounds / 5 : rounds);
        rows.push_back(describe(compare(root, count, enough, original_rounds)));
    }
    result["rendezvous"] = std::move(rows);
    auto const cost = cost_without_waiting(root);
    result["one_worker_without_waiting_ms"] = {{"library", cost.ours}, {"bare_system_calls", cost.bare}};
    json::array growth;
    for (int const count : {100, 1000, 10000}) {
        growth.push_back({{"workers", count}, {"microseconds", cost_of_late_acknowledgment(root, count)}});
    }
    result["late_acknowledgment"] = std::move(growth);
    result["cpu_share"] = {{"worker", cpu_of_waiting_worker(root)},
                           {"controller", cpu_of_waiting_controller(root)},
                           {"waking_alone", cpu_of_waking()}};
    auto const controller = time_to_notice_killed_controller(root, rounds);
    auto const worker = time_to_notice_killed_worker(root, rounds);
    result["death_noticed_ms"] = {
        {"controller", {{"median", quantile(controller, 0.5)}, {"max", quantile(controller, 1)}}},
        {"worker", {{"median", quantile(worker, 0.5)}, {"max", quantile(worker, 1)}}}};
    fs::remove_all(root);
    return result;
}

double number(json::value const& value, char const* first, char const* second)
{
    return value.at(first).at(second).as_double();
}

void print(json::object const& m)
{
    std::printf("%s\n\n", m.at("file_system").as_string().c_str());
    std::printf("| workers | barrier ms (p99) | testmon ms (p99) | ratio (allowed) | original ms "
                "|\n|---|---|---|---|---|\n");
    for (auto const& row : m.at("rendezvous").as_array()) {
        std::printf("| %d | %.3f (%.3f) | %.3f (%.3f) | %.2f (%.0f) | ",
                    static_cast<int>(row.at("workers").as_int64()), number(row, "barrier_ms", "median"),
                    number(row, "barrier_ms", "p99"), number(row, "testmon_ms", "median"),
                    number(row, "testmon_ms", "p99"), row.at("ratio").as_double(),
                    row.at("allowed_ratio").as_double());
        auto const& original = row.at("original_ms");
        original.is_null() ? std::printf("- |\n") : std::printf("%.0f |\n", original.as_double());
    }
    json::value const all(m);
    std::printf("\none worker, without waiting: %.3f ms by the library, %.3f ms for the bare system calls\n",
                number(all, "one_worker_without_waiting_ms", "library"),
                number(all, "one_worker_without_waiting_ms", "bare_system_calls"));
    std::printf("an acknowledgment, after how many others:");
    for (auto const& row : m.at("late_acknowledgment").as_array()) {
        std::printf("  %d: %.1f us", static_cast<int>(row.at("workers").as_int64()),
                    row.at("microseconds").as_double());
    }
    std::printf(
        "\na waiter's share of a core: worker %.3f %%, controller %.3f %%; waking as often alone %.3f %%\n",
        100 * number(all, "cpu_share", "worker"), 100 * number(all, "cpu_share", "controller"),
        100 * number(all, "cpu_share", "waking_alone"));
    for (auto const* who : {"controller", "worker"}) {
        auto const& times = all.at("death_noticed_ms").at(who);
        std::printf("a killed %s is noticed after %.3f ms (median), %.3f ms (longest)\n", who,
                    times.at("median").as_double(), times.at("max").as_double());
    }
    std::printf("\n");
}

} // namespace

int main(int argc, char** argv)
{
    namespace po = boost::program_options;
    po::options_description options("Options");
    options.add_options()("help", "show help")("json", "print JSON instead of tables")(
        "rounds", po::value<int>()->default_value(100),
        "rounds of each measurement; a fifth of it from 256 workers on")(
        "original-rounds", po::value<int>()->default_value(3), "rounds of the original's algorithm; 0: none")(
        "workers",
        po::value<std::vector<int>>()->multitoken()->default_value({1, 8, 64, 256, 1000}, "1 8 64 256 1000"),
        "numbers of workers")(
        "directory",
        po::value<std::vector<std::string>>()->multitoken()->default_value(
            {fs::temp_directory_path().native(), "/dev/shm"}, "the temporary one, and /dev/shm"),
        "where to keep the files, one measurement for each");
    return run_benchmark("bench_rendezvous", options, argc, argv, [](po::variables_map const& chosen) {
        auto all = machine();
        json::array measurements;
        bool const as_json = chosen.count("json") != 0;
        if (!as_json) {
            std::cout << machine_line(all) << "\n" << std::endl;
        }
        for (auto const& directory : chosen["directory"].as<std::vector<std::string>>()) {
            auto result = measure(directory, chosen["workers"].as<std::vector<int>>(),
                                  chosen["rounds"].as<int>(), chosen["original-rounds"].as<int>());
            if (!as_json) {
                print(result);
                std::fflush(stdout);
            }
            measurements.push_back(std::move(result));
        }
        all["measurements"] = std::move(measurements);
        if (as_json) {
            std::cout << json::serialize(all) << "\n";
        }
    });
}
