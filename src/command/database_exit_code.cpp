// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "database_exit_code.hpp"

namespace testmon::command
{

exit_code exit_code_of(database::database_error const& error) noexcept
{
    using database::errc;
    if (error.code() == errc::busy) {
        return exit_code::timeout;
    }
    return error.code() == errc::invalid_argument ? exit_code::usage : exit_code::state;
}

} // namespace testmon::command
