// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// A tree of suites and tests by chance: SAMPLE_SEED tells which. Some are disabled, have a fixture, refuse by
// a precondition, or depend on a test or a suite that was declared before, and suites may be empty. What runs
// is recorded.
#define BOOST_TEST_MODULE random_tree
#include "boost_test.hpp"

#include "record.hpp"

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace utf = boost::unit_test;

namespace
{

class planter
{
  public:
    explicit planter(unsigned seed) : random_(seed) { fill(utf::framework::master_test_suite(), 0); }

  private:
    bool happens(int percent) { return static_cast<int>(random_() % 100) < percent; }

    // Returns: how many tests came into it.
    int fill(utf::test_suite& suite, int depth)
    {
        constexpr int most_units = 6;
        constexpr int most_depth = 3;
        // What is around all must have something in it.
        int const units = (depth == 0 ? 3 : 0) + static_cast<int>(random_() % most_units);
        int tests = 0;
        for (int i = 0; i < units; ++i) {
            auto const number = std::to_string(i);
            auto* const needed = happens(20) && !declared_.empty() ? any_declared() : nullptr;
            if (depth < most_depth && happens(40)) {
                auto* const inner = BOOST_TEST_SUITE("s" + number);
                int const inner_tests = fill(*inner, depth + 1);
                if (inner_tests == 0) {
                    suite.add(inner);
                    continue;
                }
                add(suite, inner, needed);
                tests += inner_tests;
            } else {
                bool const fails = happens(15);
                add(suite, utf::make_test_case([fails] { run(fails); }, "t" + number, __FILE__, __LINE__),
                    needed);
                ++tests;
            }
        }
        return tests;
    }

    utf::test_unit* any_declared() { return declared_[random_() % declared_.size()]; }

    void add(utf::test_suite& suite, utf::test_unit* unit, utf::test_unit* needed)
    {
        suite.add(unit);
        declared_.push_back(unit); // what is in it, was declared before, and cannot depend on it
        if (needed != nullptr) {
            unit->depends_on(needed);
        }
        if (happens(10)) {
            unit->p_default_status.value = utf::test_unit::RS_DISABLED;
        }
        if (happens(5)) {
            unit->add_precondition(
                [](utf::test_unit_id) { return boost::test_tools::assertion_result(false); });
        }
        if (happens(20) && unit->p_type == utf::TUT_CASE) {
            unit->add_label("odd");
        }
        if (happens(10)) {
            unit->p_fixtures.value.push_back(
                utf::test_unit_fixture_ptr(new utf::function_based_fixture(set_up, set_up)));
        }
    }

    static void set_up() {}

    static void run(bool fails)
    {
        sample::record(utf::framework::current_test_case().full_name());
        BOOST_TEST(!fails);
    }

    std::mt19937 random_;
    std::vector<utf::test_unit*> declared_{};
};

planter const planted(static_cast<unsigned>(std::atoi(sample::variable("SAMPLE_SEED").c_str())));

} // namespace
