// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/xdist_coordination/log.hpp>

#include <string>

#include <unistd.h>

namespace testmon::xdist_coordination
{

char const* to_string(log_level level) noexcept
{
    return level == log_level::debug ? "debug" : "warning";
}

log_function standard_error_log(log_level least)
{
    return [least](log_level level, std::string_view message) {
        if (level < least) {
            return;
        }
        std::string line = "testmon: ";
        line.append(to_string(level)).append(": ").append(message).append("\n");
        // One write for each line, so that the lines of several processes do not mix. A log that cannot be
        // written must not disturb the run.
        [[maybe_unused]] auto const written = ::write(STDERR_FILENO, line.data(), line.size());
    };
}

} // namespace testmon::xdist_coordination
