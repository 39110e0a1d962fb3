// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// What all benchmarks share: times, quantiles, which machine it is, and the command line.
#ifndef TESTMON_BENCH_MEASUREMENT_HPP
#define TESTMON_BENCH_MEASUREMENT_HPP

#include <boost/filesystem/path.hpp>
#include <boost/json/object.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/variables_map.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <sys/statfs.h>
#include <sys/utsname.h>

namespace testmon::bench
{

using clock_type = std::chrono::steady_clock;

inline double milliseconds_since(clock_type::time_point begin)
{
    return std::chrono::duration<double, std::milli>(clock_type::now() - begin).count();
}

inline double quantile(std::vector<double> values, double share)
{
    std::sort(values.begin(), values.end());
    auto const index = std::ceil(share * static_cast<double>(values.size())) - 1;
    return values.at(static_cast<std::size_t>(std::max(index, 0.0)));
}

inline std::string first_line(char const* file)
{
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return line;
}

inline std::string processor()
{
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        if (line.compare(0, 10, "model name") == 0) {
            return line.substr(line.find(':') + 2);
        }
    }
    return "unknown processor";
}

inline std::string file_system(boost::filesystem::path const& directory)
{
    struct ::statfs status {
    };
    ::statfs(directory.c_str(), &status);
    switch (status.f_type) {
    case 0xEF53:
        return "ext4";
    case 0x01021994:
        return "tmpfs";
    case 0x9123683E:
        return "btrfs";
    case 0x58465342:
        return "xfs";
    case 0x794C7630:
        return "overlayfs";
    default:
        return "file system " + std::to_string(status.f_type);
    }
}

inline boost::json::object machine()
{
    ::utsname system{};
    ::uname(&system);
    return {{"processor", processor()},
            {"cores", std::thread::hardware_concurrency()},
            {"kernel", std::string(system.release)},
            {"load_average", first_line("/proc/loadavg")}};
}

inline std::string machine_line(boost::json::object const& machine)
{
    auto const text = [&](char const* key) { return std::string(machine.at(key).as_string()); };
    return text("processor") + ", " + std::to_string(machine.at("cores").to_number<int>()) +
           " cores, Linux " + text("kernel") + ", load average " + text("load_average");
}

/// The main function of a benchmark with these options. `body` is called unless help is asked for.
inline int run_benchmark(std::string const& name, boost::program_options::options_description const& options,
                         int argc, char const* const* argv,
                         std::function<void(boost::program_options::variables_map const&)> const& body)
{
    namespace po = boost::program_options;
    try {
        po::variables_map chosen;
        po::store(po::parse_command_line(argc, argv, options), chosen);
        po::notify(chosen);
        if (chosen.count("help") != 0) {
            std::cout << "Usage: " << name << " [options]\n\n" << options;
        } else {
            body(chosen);
        }
        return EXIT_SUCCESS;
    } catch (std::exception const& e) {
        std::cerr << name << ": " << e.what() << "\n";
        return EXIT_FAILURE;
    }
}

} // namespace testmon::bench

#endif
