// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Of any tree of suites, dependencies and disabled tests, workers of each kind run what Boost.Test alone
// runs.
#include "told_run.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
#include <string>
#include <vector>

namespace
{

namespace data = boost::unit_test::data;

using testmon::test::child_options;
using testmon::test::run_place;
using testmon::test::sample_kinds;
using testmon::test::sample_program;

using outcomes = std::map<std::string, std::string>;
using strings = std::vector<std::string>;

child_options tree_of(run_place const& place, int seed)
{
    child_options how;
    how.environment = {{"SAMPLE_RECORD", place.file("record").native()},
                       {"SAMPLE_SEED", std::to_string(seed)}};
    return how;
}

// Of the tests that are recorded, each of which has run once.
outcomes of_those_that_ran(run_place const& place, outcomes const& told)
{
    outcomes result;
    for (auto const& [path, times] : place.times_recorded()) {
        auto const found = told.find(path);
        result[path] = found == told.end() ? "nothing" : found->second;
        BOOST_TEST(times == 1U, path);
    }
    return result;
}

outcomes run_serially(int seed, std::string const& selection)
{
    run_place const place;
    auto const report = place.run_serially(sample_program("random_tree", "preloaded"),
                                           {"--run_test=" + selection}, tree_of(place, seed));
    outcomes told;
    for (auto const& [path, unit] : report.cases) {
        told[path] = unit.result;
    }
    return of_those_that_ran(place, told);
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_random_trees)

// The later seeds have found faults.
BOOST_DATA_TEST_CASE(the_same_tests_run,
                     data::make(sample_kinds) *
                         (data::xrange(12) + data::make({45, 70, 144, 169, 184, 191, 214})),
                     kind, seed)
{
    char const* const selections[] = {"*", "s1", "*/t1", "@odd", "!t0"};
    auto const* const selection = selections[seed % 5];
    auto const expected = run_serially(seed, selection);
    run_place const place;
    strings const selecting{"-n", "2", "-t", selection};
    for (auto const& options :
         {selecting, selecting, strings{"--replay"}}) { // the second time, with a history
        place.forget_recorded();
        auto const run = place.run(options, {sample_program("random_tree", kind)}, tree_of(place, seed));
        BOOST_TEST_CONTEXT(run)
        {
            auto const told = run.outcomes();
            BOOST_TEST((of_those_that_ran(place, told) == expected));
            for (auto const& [path, outcome] : told) {
                BOOST_TEST((outcome == "skipped" || expected.count(path) == 1), path << " is " << outcome);
            }
            BOOST_TEST(run.all("worker_lost").empty());
            BOOST_TEST(run.all("failed_outside_tests").empty());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
