// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/database/read_only_database.hpp>

#include "connection.hpp"

namespace testmon::database
{

read_only_database::read_only_database(boost::filesystem::path const& path,
                                       std::chrono::milliseconds patience)
    : queries(open_read_only(path, patience))
{
}

} // namespace testmon::database
