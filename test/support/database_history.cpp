// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/database_history.hpp"

#include "support/database_samples.hpp"

#include <testmon/database/read_write_database.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace testmon::test
{

namespace
{

using database::outcome;

database::test_record test_in(std::string const& suite, std::string const& name, std::int64_t line)
{
    auto result = test_at(suite + "/" + name);
    result.suite = suite;
    result.file = "test/" + suite + ".cpp";
    result.line = line;
    return result;
}

database::execution result_of(std::int64_t test_id, outcome outcome, std::chrono::nanoseconds duration,
                              std::int64_t attempt = 1)
{
    auto result = execution_of(test_id, outcome, attempt);
    result.duration = duration;
    return result;
}

} // namespace

database::environment_description nightly()
{
    database::environment_description result;
    result.name = "nightly";
    result.executable = "build/tests";
    result.compiler = "GNU 12.2.0";
    return result;
}

void record_history(boost::filesystem::path const& file)
{
    using namespace std::chrono_literals;
    auto slow = test_in("a", "slow", 20);
    slow.labels = {"slow", "net"};
    auto disabled = test_in("b", "disabled", 30);
    disabled.enabled = false;
    std::vector<database::test_record> const tests{test_in("a", "fast", 10), slow, test_in("b", "broken", 10),
                                                   test_in("b", "flaky", 20), disabled};
    database::read_write_database database(file);
    database::run_description run;
    run.workers = 4;
    run.machine = "ci-1";
    auto const first = database.register_run(nightly(), run, tests);
    auto const& id = first.test_ids;
    database.record(first.run_id,
                    std::vector<database::execution>{
                        result_of(id[0], outcome::passed, 1500ns), result_of(id[1], outcome::passed, 1s),
                        result_of(id[2], outcome::passed, 12'300us), result_of(id[3], outcome::failed, 20ms),
                        result_of(id[3], outcome::passed, 30ms, 2)});
    database.end_run(first.run_id);
    auto const second = database.register_run(nightly(), run, tests);
    database.record(second.run_id,
                    std::vector<database::execution>{result_of(id[0], outcome::passed, 900ns),
                                                     result_of(id[1], outcome::passed, 2s),
                                                     result_of(id[2], outcome::failed, 14'500us),
                                                     result_of(id[3], outcome::passed, 40ms)});
}

} // namespace testmon::test
