// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "environment_row.hpp"

#include <SQLiteCpp/Statement.h>

namespace testmon::database
{

found_or_inserted find_or_insert(SQLite::Database& database, environment_description const& description)
{
    SQLite::Statement find(database,
                           "SELECT id FROM environment WHERE name = ? AND executable = ? AND compiler = ? "
                           "AND standard_library = ? AND build_type = ? AND flags = ?");
    bind(find, description);
    if (find.executeStep()) {
        return {find.getColumn(0).getInt64(), false};
    }
    SQLite::Statement insert(
        database, "INSERT INTO environment (name, executable, compiler, standard_library, build_type, "
                  "flags) VALUES (?, ?, ?, ?, ?, ?)");
    bind(insert, description);
    insert.exec();
    return {database.getLastInsertRowid(), true};
}

} // namespace testmon::database
