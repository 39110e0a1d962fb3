// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SAMPLE_TELL_TREE_HPP
#define TESTMON_TEST_SAMPLE_TELL_TREE_HPP

// To be included after Boost.Test, which each sample takes in its own way.
#include <boost/test/tree/traverse.hpp>
#include <boost/test/tree/visitor.hpp>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

namespace sample
{

// Tells at the start of the run, on standard output, what Boost.Test knows of its tests: a second source for
// what the listing says. The separators are in no name.
class tell_tree
{
  public:
    tell_tree()
    {
        visitor all;
        boost::unit_test::traverse_test_tree(boost::unit_test::framework::master_test_suite().p_id, all,
                                             true);
    }

  private:
    static void add(std::vector<std::string>& to, std::string const& value)
    {
        if (std::find(to.begin(), to.end(), value) == to.end()) {
            to.push_back(value);
        }
    }

    struct visitor : boost::unit_test::test_tree_visitor {
        void visit(boost::unit_test::test_case const& test) override
        {
            namespace framework = boost::unit_test::framework;
            auto const master = framework::master_test_suite().p_id;
            auto const& parent = framework::get(test.p_parent_id, boost::unit_test::TUT_SUITE);
            std::vector<std::string> labels;
            std::vector<std::string> dependencies;
            for (boost::unit_test::test_unit const* unit = &test;;) {
                for (auto const& label : unit->p_labels.get()) {
                    add(labels, label);
                }
                for (auto const id : unit->p_dependencies.get()) {
                    add(dependencies, framework::get(id, boost::unit_test::TUT_ANY).full_name());
                }
                if (unit->p_id == master) {
                    break;
                }
                unit = &framework::get(unit->p_parent_id, boost::unit_test::TUT_SUITE);
            }
            std::cout << test.full_name() << '\x1f' << (parent.p_id == master ? "" : parent.full_name())
                      << '\x1f' << test.p_file_name << '\x1f' << test.p_line_num << '\x1f' << test.p_timeout
                      << '\x1f' << test.p_expected_failures << '\x1f'
                      << (test.p_default_status == boost::unit_test::test_unit::RS_ENABLED) << '\x1f';
            for (auto const& label : labels) {
                std::cout << label << '\x1d';
            }
            std::cout << '\x1f';
            for (auto const& dependency : dependencies) {
                std::cout << dependency << '\x1d';
            }
            std::cout << '\x1e';
        }
    };
};

} // namespace sample

#endif
