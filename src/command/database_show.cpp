// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "command_line.hpp"
#include "database_call.hpp"
#include "database_report.hpp"
#include "database_show_json.hpp"
#include "database_show_text.hpp"
#include "database_subcommands.hpp"

#include <testmon/database/read_only_database.hpp>

#include <iostream>
#include <limits>

namespace testmon::command::database_subcommands
{

namespace
{

// A number of which 0 means: no bound.
std::size_t bound(subcommand_call const& call, char const* option, std::size_t standard)
{
    auto const text = call.text_of(option);
    if (!text) {
        return standard;
    }
    auto const value =
        parse_integer(std::string("--") + option, *text, 0, std::numeric_limits<std::int64_t>::max());
    return value == 0 ? unbounded : static_cast<std::size_t>(value);
}

std::size_t standard_limit(std::optional<section> what)
{
    if (!what) {
        return 5;
    }
    return *what == section::runs || *what == section::slowest ? 10 : unbounded;
}

} // namespace

exit_code show(subcommand_call& call)
{
    show_request request;
    if (auto const what = call.text_of(what_name)) {
        request.what = section_from_string(*what);
        if (!request.what) {
            throw usage_error(
                "--what is \"" + *what +
                "\"; allowed is environments, runs, slowest, failing, flaky, never-run or tests");
        }
    }
    request.limit = bound(call, limit_name, standard_limit(request.what));
    request.history = bound(call, history_name, database::queries::default_history);
    database::read_only_database const database(database_file(call), patience(call));
    request.file = database.path();
    auto const reports = read_reports(database, call.text_of(environment_name), request.history);
    if (call.as_json()) {
        print(show_json(request, reports));
    } else {
        std::cout << show_text(request, reports);
    }
    return exit_code::done;
}

} // namespace testmon::command::database_subcommands
