// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/supervised.hpp"

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include <poll.h>
#include <unistd.h>

namespace testmon::test
{

namespace
{

constexpr std::chrono::seconds patience{60};

} // namespace

runner::process_description shell_script(std::string const& script, boost::filesystem::path const& output)
{
    runner::process_description what;
    what.command = {"/bin/sh", "-c", script};
    what.environment = {"PATH=/usr/bin:/bin:/usr/sbin:/sbin"};
    what.output = output;
    return what;
}

runner::process_end end_of(runner::supervised_process& process)
{
    auto const deadline = std::chrono::steady_clock::now() + patience;
    while (!process.end()) {
        if (std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error("the supervised process does not end");
        }
        ::pollfd source{process.descriptor(), POLLIN, 0};
        ::poll(&source, 1, 1000);
    }
    return *process.end();
}

bool eventually(std::function<bool()> const& holds)
{
    auto const deadline = std::chrono::steady_clock::now() + patience;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

bool is_running(::pid_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    auto const end_of_name = text.rfind(')');
    return end_of_name != std::string::npos && text.at(end_of_name + 2) != 'Z' &&
           text.at(end_of_name + 2) != 'X';
}

::pid_t parent_of(::pid_t pid)
{
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string word; status >> word;) {
        if (word == "PPid:") {
            ::pid_t parent = 0;
            status >> parent;
            return parent;
        }
    }
    return 0;
}

::pid_t pid_in(boost::filesystem::path const& file)
{
    std::string text;
    auto const is_there = [&] {
        std::ifstream in(file.native());
        text.assign(std::istreambuf_iterator<char>(in), {});
        return !text.empty() && text.back() == '\n';
    };
    if (!eventually(is_there)) {
        throw std::runtime_error("no line in " + file.native());
    }
    return static_cast<::pid_t>(std::stol(text));
}

} // namespace testmon::test
