// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SAMPLE_RUN_RECORD_HPP
#define TESTMON_TEST_SAMPLE_RUN_RECORD_HPP

#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace sample
{

inline std::string variable(char const* name)
{
    auto const* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// Appends a line to the file that SAMPLE_RECORD names, with a single call: what several processes write is
/// not mixed up.
inline void record(std::string const& what)
{
    auto const file = variable("SAMPLE_RECORD");
    if (file.empty()) {
        return;
    }
    auto const line = what + '\n';
    int const descriptor = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0 || ::write(descriptor, line.data(), line.size()) < 0) {
        ::_exit(99);
    }
    ::close(descriptor);
}

/// Whether this is the first call in all processes that are told the same SAMPLE_ONCE, a file's name.
inline bool is_first_time()
{
    auto const file = variable("SAMPLE_ONCE");
    int const descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor >= 0) {
        ::close(descriptor);
    }
    return descriptor >= 0;
}

} // namespace sample

#endif
