// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_CLAIM_HPP
#define TESTMON_SRC_RUNNER_CLAIM_HPP

#include <testmon/database/test_record.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace testmon::runner
{

/// What a test needs besides a worker.
struct claim {
    std::vector<std::string> locks{}; ///< sorted; no other test with one of them runs at the same time
    std::uint32_t slots = 1;          ///< as many workers' worth of the machine

    void add(claim const& other);
};

/// Reads the labels "lock:NAME" and "slots:N" of the test.
/// Throws: std::invalid_argument for a lock without a name and for N that is no positive number.
claim claim_of(database::test_record const& test);

/// The place of a claim in `resources`; equal claims have the same.
using claim_index = std::uint32_t;
/// That of a claim of nothing but one slot.
constexpr claim_index plain_claim = 0;
using lock_index = std::uint32_t;

/// Which locks and slots are in use.
class resources
{
  public:
    /// `slots`: how many there are; a claim of more is one of all.
    explicit resources(std::uint32_t slots);

    claim_index add(claim const& value);

    /// Returns: a lock of the claim that is in use.
    std::optional<lock_index> lock_in_use(claim_index index) const;
    /// Whether there are slots for the claim; `own`: slots in use that the asker would put into it.
    bool has_slots(claim_index index, std::uint32_t own = 0) const;

    void acquire(claim_index index);
    void release(claim_index index);
    std::vector<lock_index> const& locks_of(claim_index index) const { return claims_[index].first; }

  private:
    using numbered_claim = std::pair<std::vector<lock_index>, std::uint32_t>; // locks and slots

    std::uint32_t slots_;
    std::uint32_t slots_in_use_ = 0;
    std::map<std::string, lock_index> lock_indices_{};
    std::map<numbered_claim, claim_index> claim_indices_{};
    std::vector<numbered_claim> claims_{};
    std::vector<bool> locks_in_use_{};
};

} // namespace testmon::runner

#endif
