// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_HISTORY_HPP
#define TESTMON_SRC_RUNNER_HISTORY_HPP

#include "run_listener.hpp"
#include "test_item.hpp"

#include <testmon/database/environment.hpp>
#include <testmon/database/execution.hpp>
#include <testmon/database/known_tests.hpp>
#include <testmon/database/read_write_database.hpp>

#include <boost/filesystem/path.hpp>

#include <cstdint>
#include <vector>

namespace testmon::runner
{

/// Returns: what a database knows of the tests of an environment, without writing to it; nothing if it does
/// not exist. Errors: `database::database_error`.
database::known_tests read_history(boost::filesystem::path const& database,
                                   database::environment_description const& environment);

/// Says of each test what is known of it.
void tell_history(std::vector<test_item>& tests, database::known_tests const& known);

/// Records the attempts of a run, some at a time, while the run goes on: a run that is killed keeps what was
/// recorded.
class history_recorder
{
  public:
    history_recorder(database::read_write_database& database, std::int64_t run_id)
        : database_(database), run_id_(run_id)
    {
    }

    void add(attempt_result const& attempt, std::int64_t test_id);
    /// Records what has been added, if that is much or the last time was a while ago. Errors:
    /// `database::database_error`.
    void record_some(steady_time now);
    /// Records all.
    void record_all();

  private:
    database::read_write_database& database_;
    std::int64_t run_id_;
    std::vector<database::execution> waiting_{};
    steady_time last_{};
};

} // namespace testmon::runner

#endif
