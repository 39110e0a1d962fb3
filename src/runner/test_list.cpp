// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "test_list.hpp"

#include "../database/printable.hpp"
#include "../database/test_record_json.hpp"
#include "../database/test_record_text.hpp"
#include "../database/text_table.hpp"
#include "../database/time_text.hpp"
#include "../database/utf8.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace testmon::runner
{

namespace json = boost::json;
using align = database::text_table::align;

std::string test_list_text(std::vector<test_item> const& tests, std::vector<test_index> const& selected,
                           bool verbose)
{
    std::string paths;
    database::text_table table(
        {{"TEST"}, {"DEFINED AT"}, {"EXPECTED", align::right}, {"LAST OUTCOME"}, {"LABELS"}});
    for (auto const index : selected) {
        auto const& item = tests.at(index);
        paths += database::printable(item.test.path) + "\n";
        table.add({item.test.path, database::place_or_dash(item.test),
                   item.expected ? database::duration_text(*item.expected) : "-",
                   item.last_outcome ? std::string(database::to_string(*item.last_outcome)) : "-",
                   database::labels_or_dash(item.test)});
    }
    return verbose ? table.text("") : paths;
}

std::string test_list_json(std::vector<test_item> const& tests, std::vector<test_index> const& selected)
{
    constexpr int version = 1;
    json::array list;
    for (auto const index : selected) {
        auto const& item = tests.at(index);
        auto one = to_json(item.test);
        one["fixture_suite"] = database::valid_utf8(item.fixture_suite);
        one["expected_ns"] = item.expected ? json::value(item.expected->count()) : json::value();
        one["last_outcome"] =
            item.last_outcome ? json::value(database::to_string(*item.last_outcome)) : json::value();
        list.push_back(std::move(one));
    }
    return json::serialize(json::object{
               {"format", "testmon-test-list"}, {"version", version}, {"tests", std::move(list)}}) +
           "\n";
}

} // namespace testmon::runner
