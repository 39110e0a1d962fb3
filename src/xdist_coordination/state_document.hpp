// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_STATE_DOCUMENT_HPP
#define TESTMON_SRC_XDIST_COORDINATION_STATE_DOCUMENT_HPP

#include "process_identity.hpp"

#include <testmon/xdist_coordination/coordination_state.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace testmon::xdist_coordination
{

inline constexpr std::size_t largest_document = std::size_t{16} * 1024 * 1024; // bytes
inline constexpr std::size_t deepest_document = 32;

/// What the library adds to a state when it publishes it.
struct publication {
    process_identity controller{};
    std::string run_id{};
    std::uint64_t generation = 0;
};

/// The published state as text, both ways.
struct state_document {
    static constexpr char const* precreated_entries_key = "precreated_entries";

    /// Reads a whole document. `modified` is the file's time, which stands for the generation where there is
    /// none. Errors: `invalid_coordination_state`.
    static coordination_state parse(std::string_view text, std::string const& name, std::int64_t modified);

    /// The document of a state; of an abort if `abort_reason` is not null.
    static boost::json::object compose(state_data const& data, publication const& by,
                                       std::string const* abort_reason);

    /// Writes a document as text.
    static std::string serialize(boost::json::object const& document);

    /// Reads what would be published as a worker will.
    /// Errors: `errc::invalid_argument` for what a worker would refuse.
    static void check(state_data const& data, std::string const* abort_reason);

    static coordination_state from_json(boost::json::value const& document, std::string const& name,
                                        std::int64_t modified);
};

} // namespace testmon::xdist_coordination

#endif
