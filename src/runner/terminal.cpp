// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "terminal.hpp"

#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace testmon::runner
{

namespace
{

std::string variable(char const* name)
{
    auto const* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

bool is_on(std::string const& value)
{
    return !value.empty() && value != "0";
}

} // namespace

terminal_facts terminal_facts_of(int descriptor)
{
    return {::isatty(descriptor) == 1, variable("TERM"),           variable("NO_COLOR"),
            variable("CLICOLOR"),      variable("CLICOLOR_FORCE"), variable("FORCE_COLOR")};
}

bool wants_colour(terminal_facts const& facts)
{
    if (!facts.no_color.empty()) {
        return false;
    }
    if (is_on(facts.clicolor_force) || is_on(facts.force_color)) {
        return true;
    }
    return facts.clicolor != "0" && can_redraw(facts);
}

bool can_redraw(terminal_facts const& facts)
{
    return facts.is_terminal && !facts.term.empty() && facts.term != "dumb";
}

terminal_size terminal_size_of(int descriptor)
{
    ::winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
        return {};
    }
    return {size.ws_col, size.ws_row};
}

} // namespace testmon::runner
