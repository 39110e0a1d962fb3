// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_READABLE_LOG_HPP
#define TESTMON_SRC_RUNNER_READABLE_LOG_HPP

#include "attempt.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::runner
{

/// What the lines between "Entering test case" and "Leaving test case" say.
struct readable_case {
    std::string path{};
    bool has_ended = false;
    std::chrono::nanoseconds duration{};
    std::vector<log_message> messages{}; ///< the first line of each; no messages of BOOST_TEST_MESSAGE
    source_place last_checkpoint{};
    std::string output{};          ///< what is not Boost.Test's; if that is much, the end of it
    std::uint64_t output_size = 0; ///< how much it was

    std::string place{}; ///< how the line of its beginning begins: "file.cpp(3): "
};

/// Reads Boost.Test's human-readable log, on the level "test_suite", while it is written: what a process
/// that is killed leaves behind, and, before that, what it is at. The program's own output is in between.
class readable_log
{
  public:
    /// Hands it more of the text, in pieces of any size.
    void feed(std::string_view text);
    /// There is no more.
    void end();

    /// The cases that were begun, in their order. The last one runs unless it has ended.
    std::vector<readable_case> const& cases() const noexcept { return cases_; }
    /// The cases and suites that were skipped though they were selected, and why.
    std::map<std::string, std::string> const& skipped() const noexcept { return skipped_; }
    /// The innermost suite that was begun and has not ended; empty: there is none.
    std::string open_suite() const;
    /// What was logged while no case ran, as by the fixtures of suites.
    std::vector<log_message> const& outside() const noexcept { return outside_; }
    /// Whether Boost.Test has begun with the tests.
    bool has_begun() const noexcept { return has_begun_; }
    /// The end of what was written since the last case ended.
    std::string const& output_after() const noexcept { return output_after_; }

  private:
    void take_line(std::string_view line);
    bool take_unit(std::string_view line);
    bool take_skip(std::string_view line);
    bool take_message(std::string_view line);
    bool take_more_of_message(std::string_view line);
    void take_output(std::string_view text);
    void give_up_name();
    void enter(std::string_view kind, std::string_view name, std::string_view place);
    void leave(std::string_view kind, std::string_view place, std::chrono::nanoseconds duration);
    readable_case* running();

    std::string line_{}; // that has no end yet
    std::string name_{}; // of several lines, the last of which is to come
    bool has_begun_ = false;
    bool is_in_context_ = false; // of a message
    std::vector<std::string> suites_{};
    std::vector<readable_case> cases_{};
    std::vector<log_message> outside_{};
    std::map<std::string, std::string> skipped_{};
    std::string output_after_{};
};

} // namespace testmon::runner

#endif
