// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_EXIT_CODE_HPP
#define TESTMON_SRC_COMMAND_EXIT_CODE_HPP

#include <boost/system/error_code.hpp>

namespace testmon::command
{

/// How the program ends; part of its interface.
enum class exit_code {
    done = 0,
    usage = 2,      ///< bad usage or configuration
    timeout = 3,    ///< the time given to a wait ran out
    other_side = 4, ///< the controller or a worker died, or the controller aborted or ended the run
    state = 5,      ///< a file or the state could not be used, or another controller is running
};

/// The exit code for an error of the library.
exit_code exit_code_of(boost::system::error_code const& code) noexcept;

} // namespace testmon::command

#endif
