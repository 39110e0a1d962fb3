// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_HISTORY_HPP
#define TESTMON_SRC_RUNNER_HISTORY_HPP

#include "run_listener.hpp"
#include "test_item.hpp"

#include <testmon/database/environment.hpp>
#include <testmon/database/execution.hpp>
#include <testmon/database/read_write_database.hpp>

#include <boost/filesystem/path.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace testmon::runner
{

/// What past runs in an environment say of its tests.
class past_runs
{
  public:
    past_runs() = default;
    /// A database that does not exist says nothing. Errors: `database::database_error`.
    past_runs(boost::filesystem::path const& database, database::environment_description const& environment);

    /// Says it of each test.
    void tell(std::vector<test_item>& tests) const;

  private:
    struct past {
        std::optional<std::chrono::nanoseconds> expected{};
        database::outcome last_outcome = database::outcome::passed;
    };
    std::unordered_map<std::string, past> by_path_{};
};

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
