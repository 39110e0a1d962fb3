// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "database_call.hpp"
#include "database_json.hpp"
#include "database_subcommands.hpp"

#include "../database/counted.hpp"
#include "../database/printable.hpp"
#include "../database/utf8.hpp"

#include <testmon/database/read_only_database.hpp>
#include <testmon/database/read_write_database.hpp>

#include <boost/json/array.hpp>

#include <iostream>

namespace testmon::command::database_subcommands
{

exit_code merge(subcommand_call& call)
{
    auto const file = database_file(call);
    auto const wait = patience(call);
    // A wrong name among them shall not show after half of the work, nor leave a new database behind.
    for (auto const& other : call.operands) {
        database::read_only_database const readable(other, wait);
    }
    database::read_write_database target(file, wait);
    boost::json::array documents;
    for (auto const& other : call.operands) {
        auto const taken = target.merge(other);
        documents.push_back({{"file", database::valid_utf8(other)},
                             {"environments", taken.environments},
                             {"tests", taken.tests},
                             {"runs", taken.runs},
                             {"executions", taken.executions}});
        if (!call.as_json()) {
            std::cout << database::printable(other) << ": took over "
                      << database::counted(taken.environments, "environment") << ", "
                      << database::counted(taken.tests, "test") << ", "
                      << database::counted(taken.runs, "run") << ", "
                      << database::counted(taken.executions, "execution") << std::endl;
        }
    }
    print_if_json(call, {{"file", database::valid_utf8(file.native())}, {"merged", std::move(documents)}});
    return exit_code::done;
}

} // namespace testmon::command::database_subcommands
