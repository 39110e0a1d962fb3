// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G12: nothing leaks into a child, and a fork at any moment harms nobody.
#include "support/child_process.hpp"
#include "support/foreign_state.hpp"
#include "support/participant_process.hpp"
#include "support/scratch_directory.hpp"
#include "support/sleeping_process.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;
using namespace std::chrono_literals;

namespace
{

// Forks, and runs `work` in the child, which never comes back.
::pid_t fork_to(std::function<void()> const& work)
{
    auto const child = ::fork();
    if (child == 0) {
        int result = EXIT_FAILURE;
        try {
            work();
            result = EXIT_SUCCESS;
        } catch (std::exception const& e) {
            [[maybe_unused]] auto const written =
                ::write(STDERR_FILENO, e.what(), std::string(e.what()).size());
        }
        ::_exit(result);
    }
    return child;
}

int exit_code_of(::pid_t child)
{
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::set<std::string> descriptors_of_an_exec()
{
    auto const listing = run_process("/bin/ls", {"/proc/self/fd"});
    std::set<std::string> result;
    for (std::size_t begin = 0, end = 0; (end = listing.output.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
        result.insert(listing.output.substr(begin, end - begin));
    }
    return result;
}

// What each descriptor but the standard ones refers to, and its flags.
std::vector<std::pair<std::string, int>> flags_of_descriptors(std::int64_t pid)
{
    std::vector<std::pair<std::string, int>> result;
    auto const process = boost::filesystem::path("/proc") / std::to_string(pid);
    for (auto const& entry : boost::filesystem::directory_iterator(process / "fdinfo")) {
        auto const number = entry.path().filename();
        if (std::stoi(number.native()) > STDERR_FILENO) {
            auto const text = text_of(entry.path());
            constexpr int octal = 8;
            result.emplace_back(boost::filesystem::read_symlink(process / "fd" / number).native(),
                                std::stoi(text.substr(text.find("flags:") + 6), nullptr, octal));
        }
    }
    return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(forking)

BOOST_AUTO_TEST_CASE(a_child_takes_part_as_itself)
{
    scratch_directory const root;
    coordination_manager manager(root.path()); // made before the fork, used after it
    manager.write_controller_state({});
    manager.acknowledge_worker_ready("parent");
    auto const child = fork_to([&] {
        manager.wait_for_controller("child");
        ::pause();
    });
    BOOST_TEST(manager.wait_for_workers(2) == 2U);
    auto const status = manager.status();
    BOOST_REQUIRE(status.workers.size() == 2U);
    BOOST_TEST(status.workers[0].pid == child);
    BOOST_TEST(status.workers[1].pid == ::getpid());
    ::kill(child, SIGKILL);
    exit_code_of(child);
    BOOST_CHECK_THROW(manager.wait_for_workers(3), worker_not_ready);
}

BOOST_AUTO_TEST_CASE(an_exec_inherits_no_descriptor)
{
    auto const before = descriptors_of_an_exec();
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    manager.acknowledge_worker_ready("gw0");
    wait_cancellation cancellation;
    std::thread worker([&] {
        wait_for_controller_options options;
        options.after_generation = 1;
        options.timeout = 1h;
        options.cancellation = &cancellation;
        boost::system::error_code ec;
        manager.wait_for_controller("gw0", options, ec);
    });
    std::thread controller([&] {
        wait_for_workers_options options;
        options.timeout = 1h;
        options.cancellation = &cancellation;
        boost::system::error_code ec;
        manager.wait_for_workers(2, options, ec);
    });
    // Both bells are there once both wait.
    while (!boost::filesystem::exists(manager.directory() / "publication.bell") ||
           !boost::filesystem::exists(manager.directory() / "acknowledgment.bell")) {
        std::this_thread::yield();
    }
    BOOST_TEST((descriptors_of_an_exec() == before));
    cancellation.cancel();
    worker.join();
    controller.join();
}

BOOST_AUTO_TEST_CASE(every_descriptor_of_a_waiting_process_is_closed_by_an_exec)
{
    scratch_directory const root;
    auto controller =
        start_participant(root.path(), {"publish", ",", "wait-for-workers", "2"}, hourly_process());
    controller.wait_for_line("publish ok");
    auto worker =
        start_participant(root.path(), {"wait-for-controller", "gw0", ",", "wait-for-controller", "gw0", "1"},
                          hourly_process());
    worker.wait_for_line("wait-for-controller ok");
    // What this process has inherited itself, and passes on, says nothing of the library.
    auto idle = start_participant(root.path(), {"pause"});
    idle.wait_for_line("pausing");
    auto const inherited = flags_of_descriptors(idle.pid());
    for (auto const* process : {&controller, &worker}) {
        wait_until_asleep(*process);
        int own = 0;
        for (auto const& descriptor : flags_of_descriptors(process->pid())) {
            if (std::find(inherited.begin(), inherited.end(), descriptor) == inherited.end()) {
                ++own;
                BOOST_TEST((descriptor.second & O_CLOEXEC) != 0, descriptor.first);
            }
        }
        // Of the lock, the bell, the deaths, and one process that is watched.
        BOOST_TEST(own >= 4);
    }
}

BOOST_AUTO_TEST_CASE(a_child_does_not_have_the_lock_that_its_parent_held)
{
    scratch_directory const root;
    std::array<int, 2> lifeline{};
    BOOST_REQUIRE(::pipe2(lifeline.data(), O_CLOEXEC) == 0);
    // The parent forks while it holds the lock, which is when the log says this, and is killed on the spot.
    auto const parent = fork_to([&] {
        manager_options options;
        options.log = [&](log_level, std::string_view text) {
            if (text.find("is the controller of the run") == std::string_view::npos) {
                return;
            }
            fork_to([&] {
                ::close(lifeline[1]);
                char byte = 0;
                [[maybe_unused]] auto const end = ::read(lifeline[0], &byte, 1); // until the test closes it
            });
            ::kill(::getpid(), SIGKILL);
        };
        coordination_manager(root.path(), {}, options).write_controller_state({});
    });
    BOOST_TEST(exit_code_of(parent) == -1);
    xdist_config config;
    config.worker_timeout = 10s;
    coordination_manager manager(root.path(), config);
    BOOST_TEST(manager.write_controller_state({}).controller_pid() == ::getpid());
    manager.acknowledge_worker_ready("gw0");
    manager.cleanup();
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
    ::close(lifeline[0]);
    ::close(lifeline[1]);
}

BOOST_AUTO_TEST_CASE(while_other_threads_hold_locks)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    auto const state = manager.write_controller_state({});
    std::atomic<bool> stop{false};
    std::vector<std::thread> busy;
    for (int i = 0; i < 2; ++i) {
        busy.emplace_back([&, i] {
            for (int time = 0; !stop; ++time) {
                manager.acknowledge_worker_ready(
                    "busy" + std::to_string(i) + "-" + std::to_string(time % 100), state);
            }
        });
    }
    constexpr int forks = 50;
    for (int i = 0; i < forks; ++i) {
        auto const child = fork_to([&] {
            auto const id = "child" + std::to_string(i);
            manager.acknowledge_worker_ready(id, state);
            manager.leave(id);
        });
        BOOST_TEST(exit_code_of(child) == 0);
    }
    stop = true;
    for (auto& thread : busy) {
        thread.join();
    }
    std::size_t children = 0;
    for (auto const& id : manager.ready_workers()) {
        children += id.compare(0, 5, "child") == 0 ? 1U : 0U;
    }
    BOOST_TEST(children == static_cast<std::size_t>(forks));
}

BOOST_AUTO_TEST_CASE(in_the_middle_of_a_wait_the_child_and_the_parent_go_on)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    manager.write_controller_state({});
    ::pid_t child = -1;
    wait_for_workers_options options;
    options.progress = [&](wait_progress const& progress) {
        if (progress.acknowledged == 0) {
            child = fork_to([&] {
                manager.wait_for_controller("gw0");
                manager.leave("gw0");
            });
        }
    };
    BOOST_TEST(manager.wait_for_workers(1, options) == 1U);
    BOOST_TEST(exit_code_of(child) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
