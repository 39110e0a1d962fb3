// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_BATCH_OUTCOME_HPP
#define TESTMON_SRC_RUNNER_BATCH_OUTCOME_HPP

#include "attempt.hpp"
#include "boost_test_xml.hpp"
#include "readable_log.hpp"
#include "supervised_process.hpp"
#include "test_item.hpp"

#include <string>
#include <vector>

namespace testmon::runner
{

/// What a process of the executable has left behind.
struct batch_traces {
    process_end end{};
    test_report report{};    ///< empty, unless the process came to its end in order
    test_log log{};          ///< the same
    readable_log readable{}; ///< ended
};

/// What became of the tests of a batch.
struct batch_outcome {
    std::vector<attempt_result> attempts{}; ///< in the order in which they ran; without worker and start
    std::vector<test_index> not_begun{};    ///< in the order of the batch
    std::vector<std::string> outside{};     ///< failures outside of tests
    bool has_crashed = false;               ///< an attempt has
    bool is_broken = false;                 ///< by one attempt, so that a test that was running is begun anew
    std::string why{};                      ///< how the process ended
    std::string died_in{};                  ///< a dependency, which ran along with the batch; empty: in none
};

/// Judges by Boost.Test's report if there is one, and else by what it has written line by line.
batch_outcome judge_batch(std::vector<test_item> const& tests, std::vector<test_index> const& batch,
                          batch_traces const& traces);

} // namespace testmon::runner

#endif
