// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "exit_code.hpp"

#include <testmon/xdist_coordination/error.hpp>

namespace testmon::command
{

exit_code exit_code_of(boost::system::error_code const& code) noexcept
{
    using xdist_coordination::condition;
    using xdist_coordination::errc;
    if (code == condition::bad_input) {
        return exit_code::usage;
    }
    if (code == condition::timeout) {
        return exit_code::timeout;
    }
    bool const other_side = code == condition::worker_not_ready ||
                            (code == condition::controller_not_ready && code != errc::not_published);
    return other_side ? exit_code::other_side : exit_code::state;
}

} // namespace testmon::command
