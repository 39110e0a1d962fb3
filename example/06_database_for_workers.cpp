// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// A controller asks a Boost.Test executable for its tests, pre-creates a database for them, and four worker
// processes open it read-only at the same instant and run their share. They report to the controller, the
// only one that writes.
//
//     example_06_database_for_workers TEST_EXECUTABLE
#include <testmon/database.hpp>
#include <testmon/precreation.hpp>

#include <boost/filesystem/operations.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace testmon;

namespace
{

constexpr int worker_count = 4;

// What a worker tells of a test; small enough for the write to a pipe to be one piece.
struct report {
    std::int64_t test_id = 0;
    int worker = 0;
    database::outcome outcome = database::outcome::passed;
    std::chrono::nanoseconds duration{};
};

struct report_pipe {
    report_pipe()
    {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            throw std::runtime_error("no pipe");
        }
        read_end = ends[0];
        write_end = ends[1];
    }
    int read_end = -1;
    int write_end = -1;
};

// Runs one test alone. A runner would keep the process for the next one.
database::outcome run_test(std::string const& executable, std::string const& path)
{
    std::string const filter = "--run_test=" + path;
    std::array<char const*, 4> const arguments{executable.c_str(), filter.c_str(), "--log_level=nothing",
                                               nullptr};
    posix_spawn_file_actions_t quiet;
    ::posix_spawn_file_actions_init(&quiet);
    ::posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = -1;
    int const error = ::posix_spawn(&child, executable.c_str(), &quiet, nullptr,
                                    const_cast<char**>(arguments.data()), environ);
    ::posix_spawn_file_actions_destroy(&quiet);
    int status = 0;
    if (error != 0 || ::waitpid(child, &status, 0) != child) {
        throw std::runtime_error("cannot run " + executable);
    }
    if (WIFSIGNALED(status)) {
        return database::outcome::crashed;
    }
    return WEXITSTATUS(status) == 0 ? database::outcome::passed : database::outcome::failed;
}

//! [worker]
void work(boost::filesystem::path const& root, int number, std::string const& executable, int reports)
{
    precreation::worker_coordination worker(root, "gw" + std::to_string(number));
    if (!worker.wait_and_initialize()) {
        return; // the feature is off: there is nothing to share
    }
    database::read_only_database const tests = worker.open_database();
    int turn = 0;
    for (auto const& one : tests.tests(worker.environment_id())) {
        if (turn++ % worker_count == number && one.test.enabled) {
            report result;
            result.test_id = worker.precreated(one.test.path).value();
            result.worker = number;
            auto const begin = std::chrono::steady_clock::now();
            result.outcome = run_test(executable, one.test.path);
            result.duration = std::chrono::steady_clock::now() - begin;
            if (::write(reports, &result, sizeof(result)) != sizeof(result)) {
                throw std::runtime_error("the controller does not listen");
            }
        }
    }
    worker.leave();
}
//! [worker]

//! [controller]
void control(boost::filesystem::path const& root, std::string const& executable, int reports)
{
    precreation::controller_precreation controller(root);
    precreation::preparation what;
    what.environment = database::environment_of_this_build();
    what.environment.executable = boost::filesystem::path(executable).filename().native();
    what.workers = worker_count;
    controller.collect_and_prepare(what, [&] { return precreation::collect_tests(executable); });
    auto const& registered = controller.registered();
    std::cout << "The controller, process " << ::getpid() << ", has registered " << registered.test_ids.size()
              << " tests of " << what.environment.executable << ".\n"
              << controller.wait_for_workers() << " workers have started from it.\n\n";

    auto const history = controller.database().tests(registered.environment_id);
    report result;
    while (::read(reports, &result, sizeof(result)) == sizeof(result)) {
        database::execution recorded;
        recorded.test_id = result.test_id;
        recorded.outcome = result.outcome;
        recorded.duration = result.duration;
        recorded.worker = "gw" + std::to_string(result.worker);
        recorded.started = std::chrono::system_clock::now() - result.duration;
        controller.database().record(registered.run_id, std::array{recorded});
        for (auto const& one : history) {
            if (one.id == result.test_id) {
                std::cout << "  " << recorded.worker << "  " << std::left << std::setw(7)
                          << database::to_string(result.outcome) << std::right << std::fixed
                          << std::setprecision(1) << std::setw(6)
                          << std::chrono::duration<double, std::milli>(result.duration).count() << " ms  "
                          << one.test.path << "\n";
            }
        }
    }
    auto const run = controller.database().find_run(registered.run_id).value();
    std::cout << "\n"
              << run.counts.passed << " passed, " << run.counts.failed << " failed, " << run.counts.crashed
              << " crashed.\n";
    controller.cleanup();
}
//! [controller]

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::cerr << "usage: " << argv[0] << " TEST_EXECUTABLE\n";
        return 2;
    }
    try {
        // The feature is off unless it is asked for.
        ::setenv("TESTMON_XDIST_CONTROLLER_PRECREATION", "true", 1);
        auto const root =
            boost::filesystem::temp_directory_path() / boost::filesystem::unique_path("testmon-%%%%%%%%");
        boost::filesystem::create_directory(root);
        report_pipe reports;
        for (int i = 0; i < worker_count; ++i) {
            if (::fork() == 0) {
                int result = EXIT_SUCCESS;
                try {
                    work(root, i, argv[1], reports.write_end);
                } catch (std::exception const& e) {
                    std::cerr << e.what() << "\n";
                    result = EXIT_FAILURE;
                }
                ::_exit(result);
            }
        }
        ::close(reports.write_end); // the end of the last worker is the end of the reports
        int result = EXIT_SUCCESS;
        try {
            control(root, argv[1], reports.read_end);
        } catch (std::exception const& e) {
            std::cerr << e.what() << "\n";
            result = EXIT_FAILURE;
        }
        for (int status = 0; ::wait(&status) > 0;) {
            result = status == 0 ? result : EXIT_FAILURE;
        }
        boost::filesystem::remove_all(root);
        return result;
    } catch (std::exception const& e) {
        std::cerr << e.what() << "\n";
        return EXIT_FAILURE;
    }
}
