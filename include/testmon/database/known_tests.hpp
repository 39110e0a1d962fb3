// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_DATABASE_KNOWN_TESTS_HPP
#define TESTMON_DATABASE_KNOWN_TESTS_HPP

#include <testmon/database/outcome.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace testmon::database
{

class known_tests_table;

/// What a database knows of a test, in short.
struct known_test {
    std::int64_t id = 0;
    bool vanished = false;                 ///< as in `stored_test`
    std::optional<outcome> last_outcome{}; ///< of the last attempt of the last run; none: it never ran
    /// Of its latest executions, without those that were skipped or failed in no time at all, because it
    /// could not be run; none: there is none.
    std::optional<std::chrono::nanoseconds> mean_duration{};
};

/// What a database knew of all tests of an environment at one moment, in as little room as will do: for those
/// who have very many tests, and no time.
///
/// Copies share what they know. Thread safety: it does not change, and may be asked by several threads.
class known_tests
{
  public:
    /// Knows nothing.
    known_tests() = default;

    /// How many tests there are, vanished ones included.
    std::size_t size() const noexcept;
    /// Returns: what is known of the test of that path; none if it is not known. Complexity: constant.
    std::optional<known_test> find(std::string_view path) const;

  private:
    friend class queries;
    friend class read_write_database;
    explicit known_tests(std::shared_ptr<known_tests_table const> table);

    std::shared_ptr<known_tests_table const> table_; // none: nothing is known
};

} // namespace testmon::database

#endif
