// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// G11: threads of one process, on one manager and on several, exclude each other although record locks do
// not.
#include "support/scratch_directory.hpp"

#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace testmon::xdist_coordination;
using namespace testmon::test;

namespace
{

constexpr int thread_count = 16;
constexpr int times = 50;
constexpr std::size_t all = std::size_t{thread_count} * times;

void in_threads(std::function<void(int)> const& work)
{
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < thread_count; ++i) {
        threads.emplace_back([&, i] {
            try {
                work(i);
            } catch (std::exception const&) {
                ++failures;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    BOOST_TEST(failures == 0);
}

// Whether a process has locked the file. Asked in a child: a record lock is not shown to the process that has
// it, which would even lose it by closing the file.
bool is_locked(boost::filesystem::path const& file)
{
    auto const child = ::fork();
    if (child == 0) {
        int const descriptor = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
        struct ::flock lock {
        };
        lock.l_type = F_WRLCK;
        ::fcntl(descriptor, F_GETLK, &lock);
        ::_exit(lock.l_type == F_UNLCK ? 1 : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string id_of(int thread, int time)
{
    return "t" + std::to_string(thread) + "-" + std::to_string(time);
}

} // namespace

BOOST_AUTO_TEST_SUITE(threads)

BOOST_AUTO_TEST_CASE(on_one_manager)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    auto const state = manager.write_controller_state({});
    in_threads([&](int thread) {
        for (int time = 0; time < times; ++time) {
            manager.acknowledge_worker_ready(id_of(thread, time), state);
        }
    });
    BOOST_TEST(manager.wait_for_workers(all) == all);
}

BOOST_AUTO_TEST_CASE(on_a_manager_each)
{
    scratch_directory const root;
    coordination_manager manager(root.path());
    auto const state = manager.write_controller_state({});
    in_threads([&](int thread) {
        coordination_manager own(root.path());
        for (int time = 0; time < times; ++time) {
            own.acknowledge_worker_ready(id_of(thread, time), state);
        }
    });
    BOOST_TEST(manager.wait_for_workers(all) == all);
}

BOOST_AUTO_TEST_CASE(that_do_different_things_at_once)
{
    for (bool const is_shared : {true, false}) {
        scratch_directory const root;
        coordination_manager shared(root.path());
        shared.write_controller_state({});
        in_threads([&](int thread) {
            coordination_manager own(root.path());
            auto& manager = is_shared ? shared : own;
            for (int time = 0; time < times / 5; ++time) {
                auto const id = id_of(thread, time);
                switch (thread % 5) {
                case 0:
                    manager.wait_for_controller(id);
                    break;
                case 1:
                    manager.ready_workers();
                    manager.status();
                    break;
                case 2:
                    manager.wait_for_controller(id);
                    manager.wait_for_workers(0);
                    manager.leave(id);
                    break;
                case 3:
                    manager.write_controller_state({});
                    break;
                default:
                    manager.reset_worker_acknowledgments();
                }
            }
        });
        auto const publishers = thread_count / 5;
        BOOST_TEST(shared.read_controller_state().generation() ==
                   static_cast<std::uint64_t>(1 + publishers * (times / 5)));
        // The count is the number of those that have acknowledged the last round, whoever they are.
        shared.reset_worker_acknowledgments();
        in_threads([&](int thread) { shared.acknowledge_worker_ready(id_of(thread, 0)); });
        BOOST_TEST(shared.status().acknowledged == std::size_t{thread_count});
        shared.cleanup();
        BOOST_TEST(boost::filesystem::is_empty(root.path()));
    }
}

BOOST_AUTO_TEST_CASE(that_begin_and_end_runs_beside_each_other)
{
    scratch_directory const root;
    in_threads([&](int thread) {
        xdist_config config;
        config.run_id = "run" + std::to_string(thread);
        coordination_manager own(root.path(), config);
        for (int time = 0; time < times / 5; ++time) {
            own.write_controller_state({});
            own.wait_for_controller("gw0");
            own.wait_for_workers(1);
            own.cleanup();
        }
    });
    BOOST_TEST(boost::filesystem::is_empty(root.path()));
}

BOOST_AUTO_TEST_CASE(of_which_one_creates_the_lock_while_another_takes_it)
{
    // Closing any descriptor of the lock's file would give up the lock of the other thread: then other
    // processes get in. The one that becomes the controller says so while it holds the lock.
    for (int time = 0; time < times; ++time) {
        scratch_directory const root;
        std::atomic<int> unlocked{0};
        std::atomic<int> asked{0};
        manager_options options;
        options.log = [&](log_level, std::string_view text) {
            if (text.find("is the controller of the run") != std::string_view::npos) {
                constexpr int looks = 3; // the others are still coming
                for (int look = 0; look < looks; ++look) {
                    ++asked;
                    unlocked += is_locked(root.path() / ".testmon_xdist" / "acknowledgments.lock") ? 0 : 1;
                }
            }
        };
        coordination_manager manager(root.path(), {}, options);
        in_threads([&](int) { manager.begin_run(); });
        BOOST_TEST(asked == 3);
        BOOST_TEST(unlocked == 0);
        auto const state = manager.write_controller_state({});
        in_threads([&](int thread) { manager.acknowledge_worker_ready(id_of(thread, time), state); });
        BOOST_TEST(manager.ready_workers().size() == std::size_t{thread_count});
    }
}

BOOST_AUTO_TEST_SUITE_END()
