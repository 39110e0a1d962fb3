// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_DATABASE_READ_WRITE_DATABASE_HPP
#define TESTMON_DATABASE_READ_WRITE_DATABASE_HPP

#include <testmon/database/queries.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace testmon::database
{

/// What is known of a run when it begins.
struct run_description {
    std::int64_t workers = 0; ///< how many will take part; 0: not known
    std::string machine{};    ///< the name of the host; empty: of this one
    std::string uuid{};       ///< unique in its environment; empty: a new one
};

/// What a registration did.
struct registration {
    std::int64_t run_id = 0;
    std::int64_t environment_id = 0;
    std::vector<std::int64_t> test_ids{}; ///< in the order of the tests that were given
    std::int64_t added = 0;               ///< tests that were not in the database, or had vanished
    std::int64_t vanished = 0;            ///< tests that were there and are no longer
};

/// Whether the tests that are registered are all that the environment has.
enum class collection {
    complete, ///< a test that is not among them has vanished
    partial   ///< nothing is said of the others
};

/// What a merge did.
struct merge_result {
    std::int64_t environments = 0; ///< that were not there
    std::int64_t tests = 0;        ///< that were not there
    std::int64_t runs = 0;         ///< that were not there
    std::int64_t executions = 0;   ///< that were not there
};

/// What a pruning removed.
struct prune_result {
    std::int64_t environments = 0; ///< without a run
    std::int64_t tests = 0;        ///< that had vanished and have no execution any more
    std::int64_t runs = 0;
    std::int64_t executions = 0;
};

/// A database that is written to, by the controller. Each operation is one transaction: it happens as a whole
/// or not at all, whatever kills the process, and what has returned is kept. Operations of two processes wait
/// for each other, up to `patience`.
///
/// Errors common to all: `database_error`; `errc::busy` names the processes that hold the lock, `errc::full`
/// and `errc::read_only` change nothing.
///
/// Example: \snippet example/06_database_for_workers.cpp controller
class read_write_database : public queries
{
  public:
    /// Opens the file, makes it if it does not exist or is empty, and brings one of an older version up to
    /// date, after a copy beside it (`<file>.version-<n>`).
    ///
    /// Errors: `database_error`: `errc::missing` if the directory does not exist, `foreign`, `newer`,
    /// `corrupt`: the file is as it was then.
    explicit read_write_database(boost::filesystem::path const& path,
                                 std::chrono::milliseconds patience = std::chrono::seconds(30));

    /// Finds the environment or adds it. Returns: its id.
    std::int64_t find_or_add_environment(environment_description const& description);

    /// Reads what is known of an environment's tests, for `register_run`, which then does not need to, unless
    /// something was written meanwhile. For a controller that has the time while its tests are collected.
    /// Returns: that, as `read_known_tests`.
    known_tests read_ahead(environment_description const& description);

    /// Pre-creates what workers need: the environment, a run and a record of each test, in one transaction.
    ///
    /// `tests` is a range of `test_record`. Tests that are known keep their ids and their history.
    /// Errors: `errc::invalid_argument` for an empty path, for a path that comes twice, and for a uuid that
    /// the environment has already. Bytes of labels and dependencies that are not UTF-8 become U+FFFD.
    template <class Range>
    registration register_run(environment_description const& description, run_description const& new_run,
                              Range const& tests, collection extent = collection::complete);

    /// Records executions, in one transaction. `executions` is a range of `execution`; what was recorded
    /// already for the same test, run and attempt is replaced.
    ///
    /// Returns: how many. Errors: `errc::not_found` for a run that is not in the database or a test that is
    /// not of its environment, `errc::invalid_argument` for an attempt below 1 or a negative duration or
    /// count.
    template <class Range>
    std::size_t record(std::int64_t run_id, Range const& executions);

    /// Notes that a run has ended, now. Errors: `errc::not_found`.
    void end_run(std::int64_t run_id);

    /// Takes over what another database has and this one lacks: of another machine, or of a shard.
    /// Where both know a test, what the one with the newer run says of it counts. Doing it again changes
    /// nothing.
    ///
    /// Errors: as `read_only_database`, for `other`; `errc::invalid_argument` if it is this file.
    merge_result merge(boost::filesystem::path const& other);

    /// Keeps the newest `keep_runs` runs of each environment, and those that have not ended and are not
    /// a day old. Gives the room back if nobody is in the way.
    ///
    /// Errors: `errc::invalid_argument` if `keep_runs` is 0.
    prune_result prune(std::size_t keep_runs);

  private:
    // One transaction each. Not committed, it is rolled back.
    class registering
    {
      public:
        registering(read_write_database& target, environment_description const& description,
                    run_description const& new_run, collection extent);
        ~registering();
        registering(registering const&) = delete;
        registering& operator=(registering const&) = delete;
        void add(test_record const& test);
        registration commit();

      private:
        struct impl;
        std::unique_ptr<impl> impl_;
    };

    class recording
    {
      public:
        recording(read_write_database& target, std::int64_t run_id);
        ~recording();
        recording(recording const&) = delete;
        recording& operator=(recording const&) = delete;
        void add(execution const& result);
        std::size_t commit();

      private:
        struct impl;
        std::unique_ptr<impl> impl_;
    };

    std::chrono::milliseconds patience_;
    known_tests ahead_{};
};

template <class Range>
registration read_write_database::register_run(environment_description const& description,
                                               run_description const& new_run, Range const& tests,
                                               collection extent)
{
    registering transaction(*this, description, new_run, extent);
    for (auto const& test : tests) {
        transaction.add(test);
    }
    return transaction.commit();
}

template <class Range>
std::size_t read_write_database::record(std::int64_t run_id, Range const& executions)
{
    recording transaction(*this, run_id);
    for (auto const& result : executions) {
        transaction.add(result);
    }
    return transaction.commit();
}

} // namespace testmon::database

#endif
