// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_TEST_LIST_HPP
#define TESTMON_SRC_RUNNER_TEST_LIST_HPP

#include "test_item.hpp"

#include <string>
#include <vector>

namespace testmon::runner
{

/// The selected tests, a path on each line; `verbose`: as a table with all that is known.
std::string test_list_text(std::vector<test_item> const& tests, std::vector<test_index> const& selected,
                           bool verbose);

/// The same as a JSON document, on one line. doc/run_events.md lists the keys, which are part of the
/// interface.
std::string test_list_json(std::vector<test_item> const& tests, std::vector<test_index> const& selected);

} // namespace testmon::runner

#endif
