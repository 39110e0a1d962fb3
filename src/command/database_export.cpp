// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "command_line.hpp"
#include "database_call.hpp"
#include "database_export_formats.hpp"
#include "database_json.hpp"
#include "database_subcommands.hpp"

#include "../database/counted.hpp"
#include "../database/utf8.hpp"

#include <testmon/database/read_only_database.hpp>

#include <boost/filesystem/operations.hpp>

#include <iostream>

namespace testmon::command::database_subcommands
{

namespace
{

bool wants_csv(subcommand_call const& call)
{
    auto const format = call.text_of(format_name).value_or("json");
    if (format != "json" && format != "csv") {
        throw usage_error("--format is \"" + format + "\"; allowed is json or csv");
    }
    return format == "csv";
}

// What is in the file: CSV has nothing but executions.
boost::json::value json_report(boost::filesystem::path const& database, std::string const& output,
                               bool as_csv, record_counts const& written)
{
    boost::json::object result{{"file", database::valid_utf8(database.native())},
                               {"output", database::valid_utf8(output)}};
    if (!as_csv) {
        result["environments"] = written.environments;
        result["runs"] = written.runs;
        result["tests"] = written.tests;
    }
    result["executions"] = written.executions;
    return result;
}

std::string text_report(std::string const& output, bool as_csv, record_counts const& written)
{
    auto const others = database::counted(written.environments, "environment") + ", " +
                        database::counted(written.runs, "run") + ", " +
                        database::counted(written.tests, "test") + ", ";
    return database::printable(output) + ": " + (as_csv ? "" : others) +
           database::counted(written.executions, "execution") + "\n";
}

void refuse_files_of(boost::filesystem::path const& database, std::string const& output)
{
    for (auto const* suffix : {"", "-wal", "-shm", "-journal"}) {
        boost::system::error_code ignored;
        if (boost::filesystem::equivalent(database.native() + suffix, output, ignored)) {
            throw usage_error("--output is \"" + output +
                              "\", which belongs to the database; allowed is another file");
        }
    }
}

} // namespace

exit_code export_all(subcommand_call& call)
{
    bool const as_csv = wants_csv(call);
    auto const file = call.text_of(output_name);
    if (file && file->empty()) {
        throw usage_error("--output is \"\"; allowed is the path of a file");
    }
    if (!file && call.as_json()) {
        throw usage_error(
            "--json tells what was written to a file, and so it needs --output FILE; without it "
            "standard output is the export itself");
    }
    database::read_only_database const database(database_file(call), patience(call));
    if (file) {
        refuse_files_of(database.path(), *file);
    }
    database::output_file output(file ? std::optional<boost::filesystem::path>(*file) : std::nullopt);
    auto const written = for_each_record(database, as_csv ? csv(output) : json_lines(output));
    output.commit();
    if (!file) {
        return exit_code::done;
    }
    if (call.as_json()) {
        print(json_report(database.path(), *file, as_csv, written));
    } else {
        std::cout << text_report(*file, as_csv, written);
    }
    return exit_code::done;
}

} // namespace testmon::command::database_subcommands
