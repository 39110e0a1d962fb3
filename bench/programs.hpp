// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_BENCH_PROGRAMS_HPP
#define TESTMON_BENCH_PROGRAMS_HPP

#include "measurement.hpp"
#include "processes.hpp"

#include <boost/filesystem/path.hpp>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace testmon::bench
{

/// What is to be run, and where.
struct program_call {
    std::vector<std::string> words{};
    std::map<std::string, std::string> environment{}; ///< beside the benchmark's own
    boost::filesystem::path directory{};
};

/// What a process took that has ended.
struct program_use {
    clock_type::time_point began{};
    double milliseconds = 0;
    double own_cpu_milliseconds = 0; ///< without its children
    double peak_kilobytes = 0;       ///< of resident memory, without its children; 0 unless watched
};

inline void become(program_call const& call)
{
    if (::chdir(call.directory.c_str()) != 0) {
        throw std::system_error(errno, std::generic_category(), call.directory.native());
    }
    for (auto const& [name, value] : call.environment) {
        ::setenv(name.c_str(), value.c_str(), 1);
    }
    int const nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(nothing, STDOUT_FILENO);
    ::dup2(nothing, STDERR_FILENO);
    std::vector<char*> arguments;
    for (auto const& word : call.words) {
        arguments.push_back(const_cast<char*>(word.c_str())); // NOLINT
    }
    arguments.push_back(nullptr);
    ::execv(arguments.front(), arguments.data());
    throw std::system_error(errno, std::generic_category(), call.words.front());
}

inline double peak_kilobytes(::pid_t process)
{
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.compare(0, 6, "VmHWM:") == 0) {
            return std::atof(line.c_str() + 6);
        }
    }
    return 0; // it has ended
}

inline double cpu_milliseconds(::pid_t process)
{
    auto const line = first_line(("/proc/" + std::to_string(process) + "/stat").c_str());
    std::istringstream rest(line.substr(line.rfind(')') + 1));
    std::string word;
    for (int skipped = 0; skipped < 11; ++skipped) {
        rest >> word;
    }
    double user = 0;
    double system = 0;
    rest >> user >> system;
    return (user + system) * 1e3 / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// Runs a program to its end. It has to succeed. `watches`: its memory is looked at all the time.
inline program_use run_program(program_call const& call, bool watches = false)
{
    program_use result;
    result.began = clock_type::now();
    auto const process = start_process([&] { become(call); });
    auto const id = static_cast<::id_t>(process);
    ::siginfo_t end{};
    while (watches) {
        end.si_pid = 0;
        ::waitid(P_PID, id, &end, WEXITED | WNOWAIT | WNOHANG);
        if (end.si_pid != 0) {
            break;
        }
        result.peak_kilobytes = std::max(result.peak_kilobytes, peak_kilobytes(process));
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    ::waitid(P_PID, id, &end, WEXITED | WNOWAIT);
    result.milliseconds = milliseconds_since(result.began);
    result.own_cpu_milliseconds = cpu_milliseconds(process);
    int status = 0;
    ::waitpid(process, &status, 0);
    if (status != 0) {
        std::string text;
        for (auto const& word : call.words) {
            text += word + ' ';
        }
        throw std::runtime_error(text + "ended with status " + std::to_string(status));
    }
    return result;
}

} // namespace testmon::bench

#endif
