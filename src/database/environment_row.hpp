// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_ENVIRONMENT_ROW_HPP
#define TESTMON_SRC_DATABASE_ENVIRONMENT_ROW_HPP

#include "rows.hpp"

#include <SQLiteCpp/Database.h>

#include <cstdint>

namespace testmon::database
{

struct found_or_inserted {
    std::int64_t id = 0;
    bool is_new = false;
};

/// Part of a transaction of the caller.
found_or_inserted find_or_insert(SQLite::Database& database, environment_description const& description);

} // namespace testmon::database

#endif
