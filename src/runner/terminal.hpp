// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_TERMINAL_HPP
#define TESTMON_SRC_RUNNER_TERMINAL_HPP

#include <cstddef>
#include <string>

namespace testmon::runner
{

/// What decides how a run may be shown on a descriptor: the descriptor itself, and the environment.
struct terminal_facts {
    bool is_terminal = false;
    std::string term{};           ///< TERM
    std::string no_color{};       ///< NO_COLOR; of these variables, empty is as good as unset
    std::string clicolor{};       ///< CLICOLOR
    std::string clicolor_force{}; ///< CLICOLOR_FORCE
    std::string force_color{};    ///< FORCE_COLOR
};
terminal_facts terminal_facts_of(int descriptor);

/// Whether to use colours: NO_COLOR forbids them, CLICOLOR_FORCE or FORCE_COLOR (other than "0") demand them,
/// CLICOLOR=0 turns them off, otherwise a terminal that is not "dumb" gets them.
bool wants_colour(terminal_facts const& facts);

/// Whether lines can be erased and written anew there.
bool can_redraw(terminal_facts const& facts);

struct terminal_size {
    std::size_t width = 80;
    std::size_t height = 24;
};
/// Returns: the size of the terminal now; 80 x 24 if it does not tell.
terminal_size terminal_size_of(int descriptor);

} // namespace testmon::runner

#endif
