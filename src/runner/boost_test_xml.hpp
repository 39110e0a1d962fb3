// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_BOOST_TEST_XML_HPP
#define TESTMON_SRC_RUNNER_BOOST_TEST_XML_HPP

#include "attempt.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::runner
{

/// What Boost.Test's report says of a case or suite.
struct reported_unit {
    std::string result{}; ///< "passed", "failed", "aborted", "skipped", "timed-out"
    std::int64_t assertions_passed = 0;
    std::int64_t assertions_failed = 0;
};

/// Boost.Test's report in XML, on the level "detailed".
struct test_report {
    bool is_complete = false; ///< it is there to its end; otherwise it is empty
    std::map<std::string, reported_unit> cases{};
    std::map<std::string, reported_unit> suites{}; ///< that of all tests has the path ""
};

/// What Boost.Test's log says of a case or suite. That of all tests has the path "".
struct logged_unit {
    std::string path{};
    bool is_suite = false;
    std::optional<std::string> why_skipped{}; ///< none: it was begun
    std::chrono::nanoseconds duration{};      ///< of a case
    std::vector<log_message> messages{};      ///< without those of the units in it
    source_place last_checkpoint{};           ///< of its last exception
    std::optional<int> caught_signal{};       ///< 0: Boost.Test does not say which
};

/// Boost.Test's log in XML, on the level "test_suite", without what is skipped since nobody selected it.
using test_log = std::vector<logged_unit>;

/// Errors: none. What is cut or damaged counts as far as it is whole.
test_report parse_test_report(std::string_view xml);
test_log parse_test_log(std::string_view xml);

/// Returns: the signal, if an exception as Boost.Test logs it tells of one that it has caught; 0: it does
/// not say which; none: it is an exception of C++.
std::optional<int> caught_signal(std::string_view exception);
/// Whether Boost.Test ends the run after a signal.
bool ends_run(int caught_signal) noexcept;

} // namespace testmon::runner

#endif
