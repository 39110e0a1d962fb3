// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
// The tests set the variables of testmon that they are about. Those of whoever runs the tests, which may be
// testmon itself, are none of their business.
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace
{

[[maybe_unused]] bool const is_cleared = [] {
    std::vector<std::string> names;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        std::string_view const variable = *entry;
        auto const name = variable.substr(0, variable.find('='));
        if (name.substr(0, 14) == "TESTMON_XDIST_" || name == "TESTMON_DATAFILE") {
            names.emplace_back(name);
        }
    }
    for (auto const& name : names) {
        ::unsetenv(name.c_str());
    }
    return true;
}();

} // namespace
