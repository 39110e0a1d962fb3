// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "test_record_json.hpp"

#include "utf8.hpp"

namespace testmon::database
{

namespace json = boost::json;

json::array to_json(std::vector<std::string> const& texts)
{
    json::array result;
    for (auto const& one : texts) {
        result.emplace_back(valid_utf8(one));
    }
    return result;
}

json::object to_json(test_record const& test)
{
    return {{"path", valid_utf8(test.path)},
            {"suite", valid_utf8(test.suite)},
            {"file", valid_utf8(test.file)},
            {"line", test.line},
            {"labels", to_json(test.labels)},
            {"depends_on", to_json(test.depends_on)},
            {"time_limit_ns", test.time_limit.count()},
            {"expected_failures", test.expected_failures},
            {"enabled", test.enabled}};
}

} // namespace testmon::database
