// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "database_export_formats.hpp"

#include "../database/test_record_json.hpp"
#include "../database/time_text.hpp"
#include "../database/utf8.hpp"

#include "database_json.hpp"

#include <boost/json/serialize.hpp>

#include <array>
#include <string>
#include <string_view>

namespace testmon::command
{

namespace
{

namespace json = boost::json;

void write_line(database::output_file& output, char const* type, std::initializer_list<json::object> parts)
{
    json::object line{{"type", type}};
    for (auto const& part : parts) {
        for (auto const& [key, value] : part) {
            line.emplace(key, value);
        }
    }
    output.write(json::serialize(line));
    output.write("\n");
}

std::string csv_field(std::string_view text)
{
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        return std::string(text);
    }
    std::string result = "\"";
    for (char const c : text) {
        result += c == '"' ? "\"\"" : std::string(1, c);
    }
    return result + "\"";
}

struct csv_column {
    char const* title;
    std::string (*text)(full_execution const&);
};

constexpr std::array<csv_column, 21> csv_columns{{
    {"environment_id", [](full_execution const& one) { return std::to_string(one.environment.id); }},
    {"environment", [](full_execution const& one) { return one.environment.description.name; }},
    {"executable", [](full_execution const& one) { return one.environment.description.executable; }},
    {"compiler", [](full_execution const& one) { return one.environment.description.compiler; }},
    {"standard_library",
     [](full_execution const& one) { return one.environment.description.standard_library; }},
    {"build_type", [](full_execution const& one) { return one.environment.description.build_type; }},
    {"flags", [](full_execution const& one) { return one.environment.description.flags; }},
    {"run_id", [](full_execution const& one) { return std::to_string(one.run.id); }},
    {"run_uuid", [](full_execution const& one) { return one.run.uuid; }},
    {"machine", [](full_execution const& one) { return one.run.machine; }},
    {"test_id", [](full_execution const& one) { return std::to_string(one.execution.test_id); }},
    {"test", [](full_execution const& one) { return one.test.path; }},
    {"suite", [](full_execution const& one) { return one.test.suite; }},
    {"file", [](full_execution const& one) { return one.test.file; }},
    {"line", [](full_execution const& one) { return std::to_string(one.test.line); }},
    {"attempt", [](full_execution const& one) { return std::to_string(one.execution.attempt); }},
    {"outcome",
     [](full_execution const& one) { return std::string(database::to_string(one.execution.outcome)); }},
    {"duration_ns", [](full_execution const& one) { return std::to_string(one.execution.duration.count()); }},
    {"assertions", [](full_execution const& one) { return std::to_string(one.execution.assertions); }},
    {"worker", [](full_execution const& one) { return one.execution.worker; }},
    {"started", [](full_execution const& one) { return database::utc_time_text(one.execution.started); }},
}};

template <class Text>
void write_csv_row(database::output_file& output, Text text)
{
    std::string row;
    for (auto const& column : csv_columns) {
        row += (row.empty() ? "" : ",") + csv_field(text(column));
    }
    output.write(row + "\n");
}

} // namespace

record_visitor json_lines(database::output_file& output)
{
    record_visitor visitor;
    visitor.environment = [&output](database::environment const& one) {
        write_line(output, "environment", {to_json(one)});
    };
    visitor.run = [&output](database::run const& one) { write_line(output, "run", {to_json(one)}); };
    visitor.test = [&output](database::environment const& environment, database::stored_test const& one) {
        write_line(output, "test",
                   {{{"id", one.id}, {"environment_id", environment.id}},
                    to_json(one.test),
                    {{"vanished", one.vanished}}});
    };
    visitor.execution = [&output](full_execution const& one) {
        write_line(output, "execution",
                   {{{"environment_id", one.environment.id},
                     {"run_id", one.run.id},
                     {"test", database::valid_utf8(one.test.path)}},
                    to_json(one.execution)});
    };
    return visitor;
}

record_visitor csv(database::output_file& output)
{
    write_csv_row(output, [](csv_column const& column) { return std::string(column.title); });
    record_visitor visitor;
    visitor.execution = [&output](full_execution const& one) {
        write_csv_row(output, [&](csv_column const& column) { return column.text(one); });
    };
    return visitor;
}

} // namespace testmon::command
