// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_BOOST_TEST_WORKER_TEST_TREE_HPP
#define TESTMON_SRC_BOOST_TEST_WORKER_TEST_TREE_HPP

#include "channel.hpp"

#include <boost/test/tree/test_unit.hpp>

#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace testmon::boost_test
{

/// The test cases of this process by their numbers: their places in the order of the tree, which is the same
/// in every process of the executable. And the order in which Boost.Test comes to them, which is made here.
///
/// Boost.Test goes over the children of a suite by rank, in a container that may grow meanwhile; this class
/// fills it with just those cases that shall run next.
class test_tree
{
  public:
    /// `own` is not a test of the user's.
    void read(boost::unit_test::test_unit_id own);

    std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(cases_.size()); }
    std::uint32_t number_of(boost::unit_test::test_unit_id id) const;
    /// Describes all cases, in messages to the runner if there is one. Returns: a hash of all that these say.
    std::uint64_t describe(channel* runner) const;

    /// Says which cases are in the run: one bit each. Boost.Test skips a case that depends on one that is
    /// not.
    void select(std::string_view bits);
    /// Removes all from the containers.
    void clear();
    /// Puts cases in, `numbers[first]` and those after it, as long as Boost.Test will come to them in this
    /// order. Then the unit `last`. Returns: the position of the first one that was not put in.
    std::size_t insert(std::vector<std::uint32_t> const& numbers, std::size_t first,
                       boost::unit_test::test_unit_id last);
    /// Removes those again that were inserted and that Boost.Test has not come to: at `numbers[first]` and
    /// after.
    void remove(std::vector<std::uint32_t> const& numbers, std::size_t first, std::size_t last);
    bool is_inside(std::uint32_t number, boost::unit_test::test_unit_id suite) const;

  private:
    struct suite {
        boost::unit_test::test_suite* unit = nullptr;
        suite* outer = nullptr;  // stays null for the master test suite
        bool is_walked = false;  // what happens to it, or to one around it, makes a difference to tests
        bool is_awaited = false; // something depends on it, or on one around it

        bool is_master() const { return outer == nullptr; }
    };
    struct test {
        boost::unit_test::test_case* unit;
        suite const* parent;
    };
    struct collector;
    class describer;

    // Nothing of the suites around it matters to it.
    bool is_direct(std::uint32_t number) const { return !cases_[number].parent->is_walked; }

    std::vector<test> cases_{};
    std::deque<suite> suites_{}; // outer ones before inner ones
    std::unordered_map<boost::unit_test::test_unit_id, std::uint32_t> numbers_{};
    boost::unit_test::counter_t rank_ = 0;
};

} // namespace testmon::boost_test

#endif
