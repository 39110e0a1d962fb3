// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "database_call.hpp"
#include "database_json.hpp"
#include "database_subcommands.hpp"

#include "../database/counted.hpp"
#include "../database/printable.hpp"
#include "../database/utf8.hpp"

#include <testmon/database/maintenance.hpp>

#include <boost/json/array.hpp>

#include <iostream>
#include <stdexcept>

namespace testmon::command::database_subcommands
{

namespace
{

boost::json::value to_json(boost::filesystem::path const& file, database::check_result const& found)
{
    boost::json::array problems;
    for (auto const& problem : found.problems) {
        problems.emplace_back(database::valid_utf8(problem));
    }
    boost::json::array holders;
    for (auto const& holder : found.holders) {
        holders.push_back({{"pid", holder.pid}, {"writes", holder.writes}});
    }
    return {{"file", database::valid_utf8(file.native())},
            {"sound", found.problems.empty()},
            {"schema_version", found.schema_version},
            {"problems", std::move(problems)},
            {"holders", std::move(holders)}};
}

void print_text(boost::filesystem::path const& file, database::check_result const& found)
{
    std::cout << "database: " << database::printable(file.native()) << "\n";
    for (auto const& problem : found.problems) {
        std::cout << "problem: " << database::printable(problem) << "\n";
    }
    if (found.problems.empty()) {
        std::cout << "sound, schema version " << found.schema_version << "\n";
    }
    for (auto const& holder : found.holders) {
        std::cout << (holder.pid == 0 ? "a process of another pid namespace"
                                      : "process " + std::to_string(holder.pid))
                  << (holder.writes ? " is writing to it\n" : " has it open\n");
    }
}

} // namespace

exit_code check(subcommand_call& call)
{
    auto const file = database_file(call);
    auto const found = database::check(file, patience(call));
    if (call.as_json()) {
        print(to_json(file, found));
    } else {
        print_text(file, found);
    }
    if (!found.problems.empty()) {
        auto const count = static_cast<std::int64_t>(found.problems.size());
        throw std::runtime_error("the database " + file.native() + " is not sound: the check found " +
                                 database::counted(count, "problem"));
    }
    return exit_code::done;
}

} // namespace testmon::command::database_subcommands
