// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "descriptor_limit.hpp"

#include <optional>

#include <sys/resource.h>

namespace testmon::runner
{

namespace
{

std::optional<::rlimit> before;

} // namespace

void raise_descriptor_limit() noexcept
{
    ::rlimit limit{};
    if (before || ::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return;
    }
    before = limit;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

void restore_descriptor_limit() noexcept
{
    if (before) {
        ::setrlimit(RLIMIT_NOFILE, &*before);
    }
}

} // namespace testmon::runner
