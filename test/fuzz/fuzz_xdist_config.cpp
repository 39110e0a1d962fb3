// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// The reader of the environment takes any values: each line of the input is "NAME=VALUE", set as
// TESTMON_XDIST_NAME. It returns a configuration that is valid, or says what is wrong.
#include <testmon/xdist_coordination/coordination_error.hpp>
#include <testmon/xdist_coordination/xdist_config.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace testmon::xdist_coordination;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    ::clearenv();
    std::string_view rest(reinterpret_cast<char const*>(data), size);
    while (!rest.empty()) {
        auto const line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(line.size() < rest.size() ? line.size() + 1 : rest.size());
        auto const equals = line.find('=');
        if (equals != std::string_view::npos && equals != 0) {
            auto const name = "TESTMON_XDIST_" + std::string(line.substr(0, equals));
            ::setenv(name.c_str(), std::string(line.substr(equals + 1)).c_str(), 1);
        }
    }
    xdist_config config;
    try {
        config = xdist_config::from_environment();
    } catch (coordination_error const& e) {
        if (e.code() != errc::invalid_configuration) {
            std::abort();
        }
        return 0;
    }
    config.validate();
    return 0;
}
