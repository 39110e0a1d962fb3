// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "published_tests.hpp"

#include "../database/utf8.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <string>

namespace testmon::precreation
{

namespace
{

// Every worker reads all of it before it starts: some thousand tests more, and the start is slower than the
// few look-ups in the database that a worker makes of its share.
constexpr std::size_t most_bytes = std::size_t{64} * 1024;

bool fits(test_range const& tests)
{
    constexpr std::size_t bytes_around = 16; // quotes, colon, id, comma
    std::size_t size = 0;
    return std::all_of(tests.begin(), tests.end(), [&](database::test_record const& test) {
        size += test.path.size() + bytes_around;
        return size <= most_bytes && database::is_utf8(test.path);
    });
}

} // namespace

void publish_tests(xdist_coordination::state_data& data, test_range const& tests,
                   database::registration const& registered, database::collection extent)
{
    // Of a part of the tests the others are known to the database only.
    bool const all_here = extent == database::collection::complete && fits(tests);
    data.extra[in_database_key] = !all_here;
    boost::json::object entries;
    if (all_here) {
        entries.reserve(registered.test_ids.size());
        auto id = registered.test_ids.begin();
        for (auto const& test : tests) {
            entries[test.path] = *id++;
        }
    }
    data.precreated_entries = std::move(entries);
}

} // namespace testmon::precreation
