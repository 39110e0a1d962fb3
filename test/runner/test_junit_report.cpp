// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/junit_report.hpp"
#include "support/runner_samples.hpp"
#include "support/scratch_directory.hpp"

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>
#include <boost/test/unit_test.hpp>

#include <pugixml.hpp>

#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

using namespace testmon::runner;
using namespace testmon::test;
using namespace std::chrono_literals;
using testmon::database::outcome;

namespace
{

// A report, written and read again.
class reread_report
{
  public:
    reread_report(std::vector<attempt_result> const& attempts, std::vector<verdict> const& verdicts,
                  run_end end = run_end::complete, std::string const& distribution = "worksteal",
                  std::vector<std::string> const& outside = {})
    {
        auto const items = sample_items();
        scratch_directory directory;
        auto const file = directory.path() / "report.xml";
        testmon::runner::junit_report report(file);
        auto overview = sample_overview(items);
        overview.distribution = distribution;
        report.run_started(overview);
        for (auto const& attempt : attempts) {
            report.attempt_finished(attempt);
        }
        for (auto const& text : outside) {
            report.failed_outside_tests(1, text);
        }
        BOOST_TEST(!boost::filesystem::exists(file));
        run_result result;
        result.verdicts = verdicts;
        result.end = end;
        result.wall_time = 1500ms;
        report.run_finished(result);
        BOOST_TEST(document_.load_file(file.c_str(), pugi::parse_default | pugi::parse_ws_pcdata_single)
                       .description() == "No error");
    }

    std::string operator[](char const* xpath) const
    {
        return pugi::xpath_query(xpath).evaluate_string(document_);
    }

  private:
    pugi::xml_document document_{};
};

constexpr auto passed = verdict::passed;

} // namespace

BOOST_AUTO_TEST_SUITE(junit_report)

BOOST_AUTO_TEST_CASE(what_failed_outside_of_tests)
{
    reread_report const report({sample_attempt(0)}, {passed, passed, passed, passed, passed},
                               run_end::complete, "worksteal", {"no database\nat all"});
    BOOST_TEST(report["/testsuites/@errors"] == "1");
    BOOST_TEST(report["//testsuite[@name='outside of tests']/@errors"] == "1");
    BOOST_TEST(report["//testcase[@name='outside of tests']/@classname"] == "gw1");
    BOOST_TEST(report["//testcase[@name='outside of tests']/error/@message"] == "no database");
    BOOST_TEST(report["//testcase[@name='outside of tests']/error"] == "no database\nat all");
}

BOOST_AUTO_TEST_CASE(suites_and_cases)
{
    auto first = sample_attempt(0);
    first.output = "not kept";
    first.output_size = 8;
    reread_report const report(
        {first, sample_attempt(1), sample_attempt(2), sample_attempt(3), sample_attempt(4)},
        std::vector<verdict>(5, passed));
    BOOST_TEST(report["count(/testsuites/testsuite)"] == "3");
    BOOST_TEST(report["/testsuites/@name"] == "my_tests");
    BOOST_TEST(report["/testsuites/@tests"] == "5");
    BOOST_TEST(report["/testsuites/@failures"] == "0");
    BOOST_TEST(report["/testsuites/@errors"] == "0");
    BOOST_TEST(report["/testsuites/@skipped"] == "0");
    BOOST_TEST(report["/testsuites/@time"] == "1.500000");
    BOOST_TEST(report["/testsuites/@timestamp"] == "2023-11-14T22:13:20");
    BOOST_TEST(report["/testsuites/testsuite[1]/@name"] == "my_tests");
    BOOST_TEST(report["/testsuites/testsuite[2]/@name"] == "a");
    BOOST_TEST(report["/testsuites/testsuite[2]/@tests"] == "3");
    BOOST_TEST(report["/testsuites/testsuite[2]/@time"] == "0.037035");
    BOOST_TEST(report["/testsuites/testsuite[2]/@hostname"] == "host");
    BOOST_TEST(report["/testsuites/testsuite[3]/@name"] == "a/b");
    BOOST_TEST(report["//testcase[@name='alone']/@classname"] == "my_tests");
    BOOST_TEST(report["//testcase[@name='third']/@classname"] == "my_tests.a.b");
    BOOST_TEST(report["//testcase[@name='third']/@file"] == "tests.cpp");
    BOOST_TEST(report["//testcase[@name='third']/@line"] == "30");
    BOOST_TEST(report["//testcase[@name='third']/@time"] == "0.012345");
    BOOST_TEST(report["count(//testcase/*)"] == "0");
}

BOOST_AUTO_TEST_CASE(failures_errors_and_skips)
{
    auto failure = sample_failure(0);
    failure.output = "some \x1b[31moutput\xff\x01";
    failure.output_size = failure.output.size();
    auto timeout = sample_attempt(1, outcome::timed_out);
    timeout.reason = "ran out of time after 60 s";
    auto skipped = sample_attempt(2, outcome::skipped);
    skipped.reason = "disabled";
    auto remarkable = sample_attempt(3);
    remarkable.remarks = {"left 1 process behind", "and more"};
    reread_report const report(
        {failure, timeout, skipped, remarkable, sample_crash(4)},
        {verdict::failed, verdict::timed_out, verdict::skipped, passed, verdict::crashed});
    BOOST_TEST(report["/testsuites/@tests"] == "5");
    BOOST_TEST(report["/testsuites/@failures"] == "1");
    BOOST_TEST(report["/testsuites/@errors"] == "2");
    BOOST_TEST(report["/testsuites/@skipped"] == "1");
    BOOST_TEST(report["/testsuites/testsuite[@name='a']/@errors"] == "2");
    BOOST_TEST(report["//testcase[@name='first']/failure/@message"] == "check x == y has failed [1 != 2]");
    BOOST_TEST(report["//testcase[@name='first']/failure/@type"] == "failed");
    BOOST_TEST(report["contains(//failure, 'tests.cpp(12): error: in \"a/first\": check x == y')"] == "true");
    BOOST_TEST(report["//testcase[@name='first']/system-out"] == "some output\xef\xbf\xbd\xef\xbf\xbd");
    BOOST_TEST(report["//testcase[@name='second']/error/@message"] == "ran out of time after 60 s");
    BOOST_TEST(report["//testcase[@name='second']/error/@type"] == "timed out");
    BOOST_TEST(report["//testcase[@name='third']/skipped/@message"] == "disabled");
    BOOST_TEST(report["//testcase[@name='alone']/system-err"] == "left 1 process behind\nand more\n");
    BOOST_TEST(report["count(//testcase[@name='alone']/*)"] == "1");
    BOOST_TEST(report["//testcase[@name='crash']/error/@message"] ==
               "killed by signal 11 (Segmentation fault)");
    BOOST_TEST(report["contains(//testcase[@name='crash']/error, 'tests.cpp(41): last checkpoint')"] ==
               "true");
}

BOOST_AUTO_TEST_CASE(retries_as_surefire_writes_them)
{
    std::vector<attempt_result> attempts;
    for (auto attempt :
         {sample_failure(0), sample_crash(0), sample_attempt(0), sample_crash(1), sample_failure(1)}) {
        bool const is_next = attempts.empty() || attempts.back().test != attempt.test;
        attempt.attempt = is_next ? 1 : attempts.back().attempt + 1;
        attempt.output = "said " + std::to_string(attempts.size());
        attempt.output_size = attempt.output.size();
        attempts.push_back(attempt);
    }
    attempts[0].is_retried = attempts[1].is_retried = attempts[3].is_retried = true;
    reread_report const report(attempts, {verdict::flaky, verdict::failed});
    BOOST_TEST(report["/testsuites/@failures"] == "0");
    BOOST_TEST(report["/testsuites/@errors"] == "1");
    BOOST_TEST(report["count(//testcase[@name='first']/*)"] == "2");
    BOOST_TEST(report["//testcase[@name='first']/flakyFailure/system-out"] == "said 0");
    BOOST_TEST(report["contains(//flakyFailure/stackTrace, 'check x == y')"] == "true");
    BOOST_TEST(report["//testcase[@name='first']/flakyError/@type"] == "crashed");
    BOOST_TEST(report["count(//testcase[@name='second']/*)"] == "3");
    BOOST_TEST(report["//testcase[@name='second']/error/@type"] == "crashed");
    BOOST_TEST(report["//testcase[@name='second']/system-out"] == "said 3");
    BOOST_TEST(report["//testcase[@name='second']/rerunFailure/@message"] ==
               "check x == y has failed [1 != 2]");
    BOOST_TEST(report["//testcase[@name='second']/rerunFailure/system-out"] == "said 4");
}

BOOST_AUTO_TEST_CASE(an_interrupted_run)
{
    reread_report const report(
        {sample_attempt(0)}, {passed, verdict::not_run, verdict::not_run, verdict::not_run, verdict::not_run},
        run_end::interrupted);
    BOOST_TEST(report["/testsuites/@tests"] == "5");
    BOOST_TEST(report["/testsuites/@skipped"] == "4");
    BOOST_TEST(report["//testcase[@name='second']/skipped/@message"] == "not run: the run was interrupted");
}

BOOST_AUTO_TEST_CASE(each_test_on_each_worker)
{
    auto other = sample_failure(0);
    other.worker = 0;
    reread_report const report({sample_attempt(0), other}, {verdict::failed}, run_end::complete, "each");
    BOOST_TEST(report["/testsuites/testsuite[@name='a']/@failures"] == "1");
    BOOST_TEST(report["count(//testcase[@name='first [gw0]']/failure)"] == "1");
    BOOST_TEST(report["count(//testcase[@name='first [gw1]'])"] == "1");
    BOOST_TEST(report["count(//testcase[@name='first [gw1]']/*)"] == "0");
}

BOOST_AUTO_TEST_CASE(files)
{
    scratch_directory directory;
    BOOST_CHECK_THROW(testmon::runner::junit_report(directory.path() / "missing" / "report.xml"),
                      std::runtime_error);
    {
        testmon::runner::junit_report const unfinished(directory.path() / "report.xml");
    }
    BOOST_TEST(boost::filesystem::is_empty(directory.path()));
}

BOOST_AUTO_TEST_SUITE_END()
