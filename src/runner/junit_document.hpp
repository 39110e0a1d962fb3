// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_JUNIT_DOCUMENT_HPP
#define TESTMON_SRC_RUNNER_JUNIT_DOCUMENT_HPP

#include "junit_report.hpp"

#include <pugixml.hpp>

namespace testmon::runner
{

/// The document that `junit_report` writes. A suite of it is a suite of Boost.Test; the tests that have no
/// suite are in one that has the name of the executable.
void fill_junit_document(pugi::xml_document& document, run_overview const& overview, run_result const& result,
                         junit_report::test_cases const& cases,
                         junit_report::failures_outside const& outside);

} // namespace testmon::runner

#endif
