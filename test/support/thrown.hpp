// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_THROWN_HPP
#define TESTMON_TEST_SUPPORT_THROWN_HPP

#include <testmon/xdist_coordination/coordination_error.hpp>

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

namespace testmon::test
{

/// Calls a function that must throw an `Error`, and returns that.
template <typename Error = xdist_coordination::coordination_error, typename Function>
Error thrown_by(Function function)
{
    try {
        function();
    } catch (Error const& e) {
        return e;
    }
    throw std::runtime_error("nothing was thrown");
}

/// Whether `text` holds all of `parts`.
template <typename... Parts>
bool holds(std::string const& text, Parts const&... parts)
{
    return ((text.find(parts) != std::string::npos) && ...);
}

} // namespace testmon::test

#endif
