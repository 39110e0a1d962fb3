// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// The child program of the tests with several processes. It carries out operations one after the other,
//
//     testmon_participant ROOT OPERATION [ARGUMENT...] [, OPERATION [ARGUMENT...]]...
//
// and prints one line for each: "OPERATION ok [RESULT]" or "OPERATION error CODE MESSAGE", CODE being the
// value of the error and its category, such as "3 testmon.xdist_coordination". What else there is to say
// comes from the environment, as for any program that uses the library. It ends with 0, or 1 if an operation
// failed; an unknown one ends it with 2.
#include <testmon/xdist_coordination.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

namespace
{

using namespace testmon::xdist_coordination;
using words = std::vector<std::string>;
using operation = std::function<std::string(coordination_manager&, words const&)>;

std::string joined(std::vector<std::string> const& names)
{
    std::string result;
    for (auto const& name : names) {
        result += (result.empty() ? "" : " ") + name;
    }
    return result;
}

// begin a line on standard input, which the test writes when this process shall go on; also the end of it
std::string pause_until_told(coordination_manager&, words const&)
{
    std::cout << "pausing" << std::endl;
    std::string line;
    std::getline(std::cin, line);
    return line;
}

// acknowledge-many PREFIX THREADS TIMES: each thread acknowledges as PREFIX<thread>-<time>, all at once
std::string acknowledge_many(coordination_manager& manager, words const& arguments)
{
    auto const state = manager.read_controller_state();
    auto const threads = std::stoi(arguments.at(1));
    auto const times = std::stoi(arguments.at(2));
    std::vector<std::thread> running;
    for (int thread = 0; thread < threads; ++thread) {
        running.emplace_back([&, thread] {
            for (int time = 0; time < times; ++time) {
                manager.acknowledge_worker_ready(
                    arguments.at(0) + std::to_string(thread) + "-" + std::to_string(time), state);
            }
        });
    }
    for (auto& thread : running) {
        thread.join();
    }
    return {};
}

// publish-many TIMES: one state after the other, small and large ones in turn. A reader can tell a whole one:
// its path is one letter, as often as its "length" says.
std::string publish_many(coordination_manager& manager, words const& arguments)
{
    auto const times = std::stoi(arguments.at(0));
    for (int time = 1; time <= times; ++time) {
        auto const length = 1 + static_cast<std::size_t>(time) * 7919 % 50'000;
        state_data data;
        data.environment_id = time;
        data.database_path.assign(length, static_cast<char>('a' + time % 26));
        data.extra["length"] = length;
        manager.write_controller_state(data);
    }
    return {};
}

std::map<std::string, operation> const& operations()
{
    static std::map<std::string, operation> const all{
        {"begin",
         [](auto& m, auto const&) {
             m.begin_run();
             return std::string();
         }},
        {"publish", // [ENVIRONMENT_ID]
         [](auto& m, auto const& a) {
             state_data data;
             data.environment_id = a.empty() ? 42 : std::stoll(a[0]);
             data.database_path = "/path/to/db";
             return std::to_string(m.write_controller_state(data).generation());
         }},
        {"publish-many", publish_many},
        {"abort",
         [](auto& m, auto const& a) {
             m.abort(joined(a));
             return std::string();
         }},
        {"wait-for-workers",
         [](auto& m, auto const& a) { return std::to_string(m.wait_for_workers(std::stoull(a.at(0)))); }},
        {"ready", [](auto& m, auto const&) { return joined(m.ready_workers()); }},
        {"reset",
         [](auto& m, auto const&) {
             m.reset_worker_acknowledgments();
             return std::string();
         }},
        {"cleanup",
         [](auto& m, auto const&) {
             m.cleanup();
             return std::string();
         }},
        {"read",
         [](auto& m, auto const&) { return boost::json::serialize(m.read_controller_state().to_json()); }},
        {"wait-for-controller", // ID [AFTER_GENERATION]
         [](auto& m, auto const& a) {
             wait_for_controller_options options;
             options.after_generation = a.size() > 1 ? std::stoull(a[1]) : 0;
             auto const state = m.wait_for_controller(a.at(0), options);
             return std::to_string(state.generation()) + " " + std::to_string(state.environment_id());
         }},
        {"wait-for-nobody", // ID: looks once
         [](auto& m, auto const& a) {
             wait_for_controller_options options;
             options.timeout = std::chrono::seconds(0);
             boost::system::error_code ec;
             m.wait_for_controller(a.at(0), options, ec);
             return ec.message();
         }},
        {"announce", // ID: takes the state without acknowledging it
         [](auto& m, auto const& a) {
             wait_for_controller_options options;
             options.acknowledge = false;
             return std::to_string(m.wait_for_controller(a.at(0), options).generation());
         }},
        {"acknowledge",
         [](auto& m, auto const& a) {
             m.acknowledge_worker_ready(a.at(0));
             return std::string();
         }},
        {"acknowledge-many", acknowledge_many},
        {"leave",
         [](auto& m, auto const& a) {
             m.leave(a.at(0));
             return std::string();
         }},
        {"pause", pause_until_told},
    };
    return all;
}

} // namespace

int main(int argc, char** argv)
{
    words rest(argv + 1, argv + argc);
    if (rest.size() < 2) {
        std::cerr << "the root or the operation is missing\n";
        return 2;
    }
    bool failed = false;
    try {
        auto next = rest.begin() + 1;
        manager_options options;
        if (*next == "act-for-parent") { // as the shell command does; first of all
            options.acting_for = ::getppid();
            next += 2;
        }
        coordination_manager manager(rest.front(), xdist_config::from_environment(), options);
        while (next != rest.end()) {
            auto const end = std::find(next, rest.end(), ",");
            auto const found = operations().find(*next);
            if (found == operations().end()) {
                std::cerr << "unknown operation " << *next << "\n";
                return 2;
            }
            try {
                auto const result = found->second(manager, words(next + 1, end));
                std::cout << *next << " ok" << (result.empty() ? "" : " ") << result << std::endl;
            } catch (coordination_error const& e) {
                failed = true;
                std::cout << *next << " error " << e.code().value() << " " << e.code().category().name()
                          << " " << e.what() << std::endl;
            }
            next = end == rest.end() ? end : end + 1;
        }
    } catch (std::exception const& e) {
        std::cerr << e.what() << "\n";
        return 2;
    }
    return failed ? 1 : 0;
}
