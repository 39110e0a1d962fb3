// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_OUTPUT_EXCERPT_HPP
#define TESTMON_SRC_RUNNER_OUTPUT_EXCERPT_HPP

#include <cstddef>
#include <cstdint>
#include <string>

namespace testmon::runner
{

/// What is shown of the output of a test: all of it, or at most `longest` bytes with a line "… 99.9 MB more"
/// where something was left out. `output` is the end of `size` bytes. If it is all of them, their beginning
/// is shown, too. Cuts are at line ends where there are any.
std::string output_excerpt(std::string const& output, std::uint64_t size, std::size_t longest);

} // namespace testmon::runner

#endif
