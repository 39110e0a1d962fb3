// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/each_step.hpp"

#include "support/scratch_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

namespace testmon::test
{

namespace
{

finished_process happen_at(each_step const& what, boost::filesystem::path const& root, int step,
                           std::string const& action)
{
    if (what.prepare) {
        what.prepare(root);
    }
    std::vector<std::string> words{root.native()};
    words.insert(words.end(), what.operations.begin(), what.operations.end());
    child_options how;
    how.environment["TESTMON_XDIST_FAILPOINT"] = "any@" + std::to_string(step) + "=" + action;
    return run_process(TESTMON_PARTICIPANT_PROGRAM, words, how);
}

// Only a kill tells for sure whether the step was reached.
int count_steps(each_step const& what)
{
    constexpr int most_steps = 500;
    for (int step = 1; step < most_steps; ++step) {
        scratch_directory const root;
        if (happen_at(what, root.path(), step, "kill").status.signal == 0) {
            return step - 1;
        }
    }
    throw std::runtime_error("the operation has no end");
}

} // namespace

int each_step::run() const
{
    int const steps = count_steps(*this);
    for (int step = 1; step <= steps; ++step) {
        scratch_directory const root;
        BOOST_TEST_CONTEXT(happens << " at step " << step)
        {
            auto const participant = happen_at(*this, root.path(), step, happens);
            BOOST_TEST_INFO("participant: " << participant.output << participant.errors);
            check(root.path(), participant);
        }
    }
    return steps;
}

} // namespace testmon::test
