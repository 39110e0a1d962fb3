// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "command_line.hpp"
#include "database_call.hpp"
#include "database_json.hpp"
#include "database_subcommands.hpp"

#include "../database/counted.hpp"
#include "../database/printable.hpp"
#include "../database/utf8.hpp"

#include <testmon/database/error.hpp>
#include <testmon/database/read_only_database.hpp>
#include <testmon/database/read_write_database.hpp>

#include <iostream>
#include <limits>

namespace testmon::command::database_subcommands
{

namespace
{

// Opened for writing, a database that is not there would be made.
void require_database(boost::filesystem::path const& file, std::chrono::milliseconds wait)
{
    try {
        database::read_only_database const there(file, wait);
    } catch (database::database_error const& e) {
        if (e.code() != database::errc::older) {
            throw;
        }
    }
}

} // namespace

exit_code prune(subcommand_call& call)
{
    auto const text = call.text_of(keep_runs_name);
    if (!text) {
        throw usage_error("prune needs --keep-runs N");
    }
    auto const keep = parse_integer("--keep-runs", *text, 1, std::numeric_limits<std::int64_t>::max());
    auto const file = database_file(call);
    auto const wait = patience(call);
    require_database(file, wait);
    auto const removed = database::read_write_database(file, wait).prune(static_cast<std::size_t>(keep));
    if (call.as_json()) {
        print({{"file", database::valid_utf8(file.native())},
               {"runs", removed.runs},
               {"executions", removed.executions},
               {"tests", removed.tests},
               {"environments", removed.environments}});
        return exit_code::done;
    }
    std::cout << database::printable(file.native()) << ": removed " << database::counted(removed.runs, "run")
              << ", " << database::counted(removed.executions, "execution") << ", "
              << database::counted(removed.tests, "test") << ", "
              << database::counted(removed.environments, "environment") << "\n";
    return exit_code::done;
}

} // namespace testmon::command::database_subcommands
