// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_EVERY_OPERATION_HPP
#define TESTMON_TEST_SUPPORT_EVERY_OPERATION_HPP

#include <testmon/xdist_coordination/coordination_manager.hpp>

#include <boost/system/error_code.hpp>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace testmon::test
{

/// An operation of a manager in its two forms, with arguments that do not make it wait.
struct manager_operation {
    using manager = xdist_coordination::coordination_manager;
    using details = xdist_coordination::error_details;

    std::string name;
    std::function<void(manager&)> throwing{};
    std::function<void(manager&, boost::system::error_code&, details*)> reporting{};
};

inline std::ostream& operator<<(std::ostream& out, manager_operation const& operation)
{
    return out << operation.name;
}

/// All operations that can fail because of what is on the disk. The worker is "gw0", the count is 1.
std::vector<manager_operation> const& every_operation();

/// The file and the lines between which the throwing forms are called.
struct call_site {
    std::string file_name;
    unsigned first_line = 0;
    unsigned last_line = 0;
};
call_site place_of_every_operation();

} // namespace testmon::test

#endif
