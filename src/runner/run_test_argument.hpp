// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_RUN_TEST_ARGUMENT_HPP
#define TESTMON_SRC_RUNNER_RUN_TEST_ARGUMENT_HPP

#include "test_item.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::runner
{

/// Returns: why Boost.Test's argument --run_test cannot name the test and no other; empty: it can.
std::string why_not_selectable(database::test_record const& test);

/// Names tests for --run_test, one by one. To name a suite instead of all of its tests would be shorter, but
/// loses tests: where Boost.Test has enabled a part of the suite before, for a dependency, it takes it for
/// enabled as a whole. That may be the dependency of a suite without tests, of which nobody tells.
class run_test_names
{
  public:
    /// Some tests, and the value of --run_test for them. It is to be passed as a word of its own, after
    /// "--run_test=": Boost.Test takes blanks, "=" and ":" after the "=" for a part of it.
    struct part {
        std::string argument{};
        std::vector<test_index> tests{};
    };

    /// All tests of the executable, which must outlive it.
    explicit run_test_names(std::vector<test_item> const& tests) : tests_(tests) {}

    /// Says which tests the run has: all, unless this is called. What a test depends on and the run has not
    /// must stay disabled, whereas Boost.Test takes it up with the test.
    void leave_out_all_but(std::vector<bool> const& selected);

    /// Returns: whether Boost.Test runs the other test along with this one, which depends on it, if only
    /// through others. Precondition: the run is known.
    bool brings_along(test_index test, std::string_view other) const;

    /// Shares tests out, in their order. The system limits the length of an argument, and of all arguments
    /// and variables together.
    std::vector<part> parts_of(std::vector<test_index> const& batch) const;

  private:
    // A test or a suite that a test depends on.
    struct dependency {
        std::string left_out{};              // ":!a/b:!a/c"
        std::set<std::string_view> needed{}; // what the tests in it depend on in turn
    };

    std::map<std::string_view, dependency const*> needed_by(std::vector<test_index> const& tests) const;
    std::string left_out_of(std::vector<test_index> const& tests) const;

    std::vector<test_item> const& tests_;
    std::map<std::string_view, dependency> dependencies_{}; // by their paths; none if the run has all tests
};

} // namespace testmon::runner

#endif
