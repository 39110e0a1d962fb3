// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_DATABASE_QUERIES_HPP
#define TESTMON_DATABASE_QUERIES_HPP

#include <testmon/database/environment.hpp>
#include <testmon/database/execution.hpp>
#include <testmon/database/known_tests.hpp>
#include <testmon/database/run.hpp>
#include <testmon/database/test_record.hpp>

#include <boost/filesystem/path.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace testmon::database
{

class connection;

/// Asks a database. Each answer is of one moment, however much is written meanwhile.
///
/// Errors common to all: `database_error`; a damaged file shows as `errc::corrupt`, possibly late.
/// Thread safety: one thread at a time for an object; several objects are independent. After a fork the child
/// opens the database anew.
class queries
{
  public:
    /// How many runs `tests` looks at unless it is told.
    static constexpr std::size_t default_history = 20;

    /// The file.
    boost::filesystem::path const& path() const noexcept;

    /// Returns: all environments, by id.
    std::vector<environment> environments() const;
    std::optional<environment> find_environment(std::int64_t environment_id) const;
    std::optional<environment> find_environment(environment_description const& description) const;

    /// Returns: the runs of an environment, the newest first, at most `limit`.
    std::vector<run> runs(std::int64_t environment_id, std::size_t limit = SIZE_MAX) const;
    std::optional<run> find_run(std::int64_t run_id) const;

    /// Returns: the id of a test that has not vanished. Complexity: logarithmic.
    std::optional<std::int64_t> find_test(std::int64_t environment_id, std::string_view path) const;

    /// Hands over every test of an environment, also those that have vanished, by path.
    void for_each_test(std::int64_t environment_id,
                       std::function<void(stored_test const&)> const& visit) const;

    /// Returns: every test of an environment that has not vanished, sorted by path, with statistics over the
    /// newest `history` runs.
    /// Complexity: linear in the executions of these runs.
    std::vector<test_statistics> tests(std::int64_t environment_id,
                                       std::size_t history = default_history) const;

    /// Returns: what is known of all tests of an environment, in short; nothing if there is no such
    /// environment. Durations are those of the newest three runs, or, where none of them has one, of the
    /// newest run that has, out of `default_history`.
    known_tests read_known_tests(environment_description const& description) const;

    /// Returns: the tests whose last attempt in the last run that recorded any execution was a failure,
    /// sorted by path.
    std::vector<test_statistics> failures_of_last_run(std::int64_t environment_id) const;

    /// Returns: the executions of a test, the newest first, at most `limit`.
    std::vector<recorded_execution> history(std::int64_t test_id, std::size_t limit = SIZE_MAX) const;

    /// Hands over every execution of a run, by test and attempt.
    void for_each_execution(std::int64_t run_id, std::function<void(execution const&)> const& visit) const;

  protected:
    explicit queries(std::unique_ptr<connection> opened);
    ~queries();
    queries(queries&&) noexcept;
    queries& operator=(queries&&) noexcept;

    connection& opened() const noexcept { return *connection_; }

  private:
    std::unique_ptr<connection> connection_;
};

} // namespace testmon::database

#endif
