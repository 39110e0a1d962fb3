// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_WORKLOAD_HPP
#define TESTMON_SRC_RUNNER_WORKLOAD_HPP

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace testmon::runner
{

/// Some tests, and what is known of how long they take.
struct workload {
    std::chrono::nanoseconds known{}; ///< expected time of those that ran before
    std::uint32_t unknown = 0;        ///< how many never ran
    std::uint32_t tests = 0;          ///< how many there are

    friend workload operator+(workload const& a, workload const& b)
    {
        return {a.known + b.known, a.unknown + b.unknown, a.tests + b.tests};
    }
    workload& operator+=(workload const& other) { return *this = *this + other; }
    workload& operator-=(workload const& other)
    {
        known -= other.known;
        unknown -= other.unknown;
        tests -= other.tests;
        return *this;
    }
};

/// What one test is.
inline workload workload_of(std::optional<std::chrono::nanoseconds> expected)
{
    return {expected.value_or(std::chrono::nanoseconds(0)), expected ? 0U : 1U, 1};
}

/// Estimates how long tests take. It learns how long those are that never ran: as those were that have run
/// since.
class duration_estimate
{
  public:
    /// Of one that never ran.
    void learn(std::chrono::nanoseconds duration)
    {
        sum_ += duration;
        ++count_;
    }

    /// How many tests that never ran are known by now.
    std::uint32_t learned() const { return count_; }

    /// Whether nothing in it is a mere guess.
    bool covers(workload const& work) const { return work.unknown == 0 || count_ != 0; }

    /// Of what is not covered, `guess` for each test.
    std::chrono::nanoseconds of(workload const& work, std::chrono::nanoseconds guess = {}) const
    {
        return work.known + (count_ != 0 ? sum_ / count_ : guess) * work.unknown;
    }

  private:
    std::chrono::nanoseconds sum_{};
    std::uint32_t count_ = 0;
};

} // namespace testmon::runner

#endif
