// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
// A user's program, as small as can be: one that writes to a database of tests, and asks it.
#include <testmon/database.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>

#include <cstddef>
#include <iostream>
#include <vector>

int main()
{
    namespace database = testmon::database;
    namespace fs = boost::filesystem;

    fs::path const root = fs::temp_directory_path() / fs::unique_path("testmon_consumer_%%%%%%%%");
    fs::create_directory(root);
    std::size_t known = 0;
    {
        database::test_record test;
        test.path = "suite/case";
        database::read_write_database writer{root / "tests"};
        auto const run = writer.register_run(database::environment_of_this_build(), {},
                                             std::vector<database::test_record>{test});
        database::read_only_database const reader{root / "tests"};
        known = reader.tests(run.environment_id).size();
    }
    fs::remove_all(root);
    std::cout << known << " test in the database\n";
    return known == 1 ? 0 : 1;
}
