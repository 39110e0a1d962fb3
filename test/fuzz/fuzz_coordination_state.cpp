// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// The reader of the published state takes any bytes: it returns a state or says that it is invalid. What it
// has read can be written and read again.
#include "xdist_coordination/state_document.hpp"

#include <testmon/xdist_coordination/coordination_error.hpp>

#include <boost/json/serialize.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace testmon::xdist_coordination;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    coordination_state state;
    try {
        state = state_document::parse(text, "fuzzed", 1);
    } catch (invalid_coordination_state const&) {
        return 0;
    }
    auto const again = state_document::parse(boost::json::serialize(state.to_json()), "written", 1);
    bool const same =
        again.controller_pid() == state.controller_pid() && again.generation() == state.generation() &&
        again.environment_id() == state.environment_id() && again.database_path() == state.database_path() &&
        again.is_abort() == state.is_abort() && again.extra().size() == state.extra().size();
    if (!same) {
        std::abort();
    }
    return 0;
}
