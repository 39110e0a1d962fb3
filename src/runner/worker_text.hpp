// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_WORKER_TEXT_HPP
#define TESTMON_SRC_RUNNER_WORKER_TEXT_HPP

#include "attempt.hpp"
#include "supervised_process.hpp"

#include <string>
#include <vector>

namespace testmon::runner
{

/// The errors among the messages, with place and context, for who is told of failures outside of tests;
/// empty: there is none.
std::string text_of_errors(std::vector<log_message> const& messages);

/// "left 2 processes behind, killed since: 4711 (sleep) 4712 (sleep)"
std::string text_of_left(std::vector<left_process> const& left);

/// The text, and on lines of its own the end of what the process wrote, if it wrote something.
std::string with_output(std::string const& text, std::string const& output);

} // namespace testmon::runner

#endif
