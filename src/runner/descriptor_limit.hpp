// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_DESCRIPTOR_LIMIT_HPP
#define TESTMON_SRC_RUNNER_DESCRIPTOR_LIMIT_HPP

namespace testmon::runner
{

/// Lets this process open as many files as it may ever: a worker needs four, and some hundred workers more
/// than is usual.
void raise_descriptor_limit() noexcept;

/// Takes that back: for a program that is to find what it would find without the runner.
void restore_descriptor_limit() noexcept;

} // namespace testmon::runner

#endif
