// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "database_call.hpp"

#include "command_line.hpp"

#include <testmon/database/data_file.hpp>

namespace testmon::command
{

boost::filesystem::path database_file(subcommand_call const& call)
{
    if (auto const file = call.text_of(file_name)) {
        if (file->empty()) {
            throw usage_error("--file is \"\"; allowed is the path of a file");
        }
        return *file;
    }
    return database::data_file(call.root());
}

std::chrono::milliseconds patience(subcommand_call const& call)
{
    constexpr std::chrono::seconds standard(30);
    auto const text = call.text_of(patience_name);
    if (!text) {
        return standard;
    }
    std::chrono::duration<double> const seconds(parse_seconds("--timeout", *text));
    return std::chrono::duration_cast<std::chrono::milliseconds>(seconds);
}

} // namespace testmon::command
