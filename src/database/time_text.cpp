// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "time_text.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace testmon::database
{

namespace
{

std::string with_unit(double value, char const* unit)
{
    int const decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f %s", decimals, value, unit);
    return text.data();
}

std::string in_two_units(long long value, char const* unit, long long rest, char const* smaller_unit)
{
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%lld %s %02lld %s", value, unit, rest, smaller_unit);
    return text.data();
}

std::string formatted(std::tm const& parts, char const* format)
{
    std::array<char, 64> text{};
    std::strftime(text.data(), text.size(), format, &parts);
    return text.data();
}

constexpr long long minute = 60;
constexpr long long hour = 3600;

std::string minutes_text(long long seconds)
{
    return seconds < hour ? in_two_units(seconds / minute, "min", seconds % minute, "s")
                          : in_two_units(seconds / hour, "h", seconds % hour / minute, "min");
}

} // namespace

std::string duration_text(std::chrono::nanoseconds duration)
{
    constexpr double microsecond = 1e3;
    constexpr double millisecond = 1e6;
    constexpr double second = 1e9;
    auto const value = static_cast<double>(duration.count());
    if (value < microsecond) {
        return std::to_string(duration.count()) + " ns";
    }
    if (value < millisecond) {
        return with_unit(value / microsecond, "us");
    }
    if (value < second) {
        return with_unit(value / millisecond, "ms");
    }
    auto const seconds = std::llround(value / second);
    return seconds < minute ? with_unit(value / second, "s") : minutes_text(seconds);
}

std::string passing_time_text(std::chrono::nanoseconds duration)
{
    constexpr long long longest_in_seconds = 2 * minute;
    long long const seconds = std::chrono::floor<std::chrono::seconds>(duration).count();
    return seconds < longest_in_seconds ? std::to_string(seconds) + " s" : minutes_text(seconds);
}

std::string local_time_text(timestamp when)
{
    auto const seconds =
        static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count());
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    return formatted(parts, "%Y-%m-%d %H:%M:%S");
}

std::string utc_time_text(timestamp when)
{
    auto const whole = std::chrono::floor<std::chrono::seconds>(when);
    auto const seconds = static_cast<std::time_t>(whole.time_since_epoch().count());
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 16> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%09lldZ",
                  static_cast<long long>((when - whole).count()));
    return formatted(parts, "%Y-%m-%dT%H:%M:%S") + fraction.data();
}

} // namespace testmon::database
