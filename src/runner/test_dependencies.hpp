// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_TEST_DEPENDENCIES_HPP
#define TESTMON_SRC_RUNNER_TEST_DEPENDENCIES_HPP

#include "test_item.hpp"

#include <cstddef>
#include <vector>

namespace testmon::runner
{

/// What tests depend on. A suite stands for all tests in it.
class test_dependencies
{
  public:
    explicit test_dependencies(std::vector<test_item> const& tests);

    /// Returns: the marked tests, and all `candidates` on which these depend, directly or through others.
    std::vector<bool> with_dependencies(std::vector<bool> const& marked,
                                        std::vector<bool> const& candidates) const;

    /// Returns: the same tests, each behind those of them that it depends on; where that leaves a choice, in
    /// the order given.
    std::vector<test_index> dependencies_first(std::vector<test_index> const& order) const;

    /// Returns: for each test, the first of those with which it is connected by dependencies or by a suite
    /// with a fixture.
    std::vector<test_index> groups() const;

  private:
    // A node is a test, or behind the tests what some depend on. An edge leads from a test to what it depends
    // on, and from that to the tests in it: so that a suite which all tests of another need makes no edge for
    // each pair of tests.
    using node = std::size_t;

    std::size_t tests_;
    std::vector<std::vector<node>> edges_;
    std::vector<std::vector<test_index>> fixture_suites_{};
};

} // namespace testmon::runner

#endif
