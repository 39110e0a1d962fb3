// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// One controller and four worker processes start together from one published state. Each of the five
// processes writes down what it does; the controller prints it all in the order in which it happened.
#include <testmon/xdist_coordination.hpp>

#include <boost/filesystem/operations.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace testmon::xdist_coordination;

namespace
{

constexpr int worker_count = 4;

// What all processes have done so far, in a file that each appends lines to: microseconds since the start,
// and words.
class timeline
{
  public:
    explicit timeline(boost::filesystem::path const& file)
        : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND, 0600)), start_(clock::now())
    {
    }

    void add(std::string const& who, std::string const& what) const
    {
        auto const now = std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - start_).count();
        std::array<char, 160> line{};
        auto const size = std::snprintf(line.data(), line.size(), "%9.3f ms  %-10s  %s\n",
                                        static_cast<double>(now) / 1000, who.c_str(), what.c_str());
        if (::write(descriptor_, line.data(), static_cast<std::size_t>(size)) != size) {
            std::abort();
        }
    }

    std::vector<std::string> lines() const
    {
        std::string text(16384, '\0');
        text.resize(static_cast<std::size_t>(::pread(descriptor_, text.data(), text.size(), 0)));
        std::vector<std::string> result;
        for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos;
             begin = end + 1) {
            result.push_back(text.substr(begin, end - begin));
        }
        std::sort(result.begin(), result.end()); // the times are of equal width
        return result;
    }

  private:
    using clock = std::chrono::steady_clock;
    int descriptor_;
    clock::time_point start_;
};

// So that there is something to see, the workers all wait when the state is published.
void wait_until_workers_wait(coordination_manager& manager)
{
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    for (auto status = manager.status(); status.workers.size() < worker_count; status = manager.status()) {
        if (!manager.wait_for_change(status, deadline - std::chrono::steady_clock::now())) {
            throw std::runtime_error("a worker has not begun to wait");
        }
    }
}

//! [start-up]
void control(boost::filesystem::path const& root, timeline const& events)
{
    coordination_manager manager(root);
    manager.begin_run();
    events.add("controller", "prepares the database, the server, whatever the tests need");
    wait_until_workers_wait(manager); // a real one prepares something here

    state_data data;
    data.environment_id = 42;
    data.database_path = (root / "tests.db").native();
    data.expected_workers = worker_count;
    events.add("controller", "publishes environment 42");
    manager.write_controller_state(data);

    manager.wait_for_workers(worker_count);
    events.add("controller", "all " + std::to_string(worker_count) + " workers have started");
    manager.cleanup();
}

void work(boost::filesystem::path const& root, std::string const& id, timeline const& events)
{
    coordination_manager manager(root);
    events.add(id, "waits for the controller");
    auto const state = manager.wait_for_controller(id);
    events.add(id, "starts its tests in environment " + std::to_string(state.environment_id()));
    manager.leave(id);
}
//! [start-up]

} // namespace

int main()
{
    try {
        auto const root =
            boost::filesystem::temp_directory_path() / boost::filesystem::unique_path("testmon-%%%%%%%%");
        boost::filesystem::create_directory(root);
        timeline const events(root / "timeline");

        // Workers may start before the controller or after it; here they come first.
        for (int i = 0; i < worker_count; ++i) {
            if (::fork() == 0) {
                int result = EXIT_SUCCESS;
                try {
                    work(root, "gw" + std::to_string(i), events);
                } catch (std::exception const& e) {
                    std::cerr << e.what() << "\n";
                    result = EXIT_FAILURE;
                }
                ::_exit(result);
            }
        }
        control(root, events);

        bool all_well = true;
        for (int status = 0; ::wait(&status) > 0;) {
            all_well = all_well && status == 0;
        }
        std::cout << "One controller, process " << ::getpid() << ", and " << worker_count
                  << " worker processes:\n\n";
        for (auto const& line : events.lines()) {
            std::cout << line << "\n";
        }
        boost::filesystem::remove_all(root);
        return all_well ? EXIT_SUCCESS : EXIT_FAILURE;
    } catch (std::exception const& e) {
        std::cerr << e.what() << "\n";
        return EXIT_FAILURE;
    }
}
