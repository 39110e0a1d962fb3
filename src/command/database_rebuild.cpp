// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "database_call.hpp"
#include "database_json.hpp"
#include "database_subcommands.hpp"

#include "../database/printable.hpp"
#include "../database/utf8.hpp"

#include <testmon/database/error.hpp>
#include <testmon/database/maintenance.hpp>

#include <iostream>
#include <stdexcept>

namespace testmon::command::database_subcommands
{

namespace
{

boost::filesystem::path set_aside(boost::filesystem::path const& file)
{
    try {
        return database::rebuild(file);
    } catch (database::database_error const& e) {
        if (e.code() == database::errc::invalid_argument) {
            // It is sound: nothing is wrong with the command line, which is what this code would say.
            throw std::runtime_error(e.what());
        }
        throw;
    }
}

} // namespace

exit_code rebuild(subcommand_call& call)
{
    auto const file = database_file(call);
    auto const aside = set_aside(file);
    if (call.as_json()) {
        print({{"file", database::valid_utf8(file.native())},
               {"set_aside", database::valid_utf8(aside.native())}});
    } else {
        std::cout << "set aside: " << database::printable(aside.native())
                  << "\nnew and empty: " << database::printable(file.native()) << "\n";
    }
    return exit_code::done;
}

} // namespace testmon::command::database_subcommands
