// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/boost_test_arguments.hpp"
#include "runner/run_test_argument.hpp"
#include "runner/test_command.hpp"
#include "runner/test_path.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <vector>

using namespace testmon::runner;

namespace
{

using words = std::vector<std::string>;

struct example {
    words given;
    words left;
};

std::ostream& operator<<(std::ostream& to, example const& one)
{
    for (auto const& word : one.given) {
        to << '[' << word << ']';
    }
    return to;
}

std::vector<example> const examples{
    {{}, {}},
    {{"--log_level=all"}, {}},
    {{"--log_level=", "all", "x"}, {"x"}},
    {{"--log_level", "all"}, {"all"}}, // Boost.Test refuses that
    {{"--log_format=XML", "--log_sink=a", "--logger=HRF"}, {}},
    {{"--report_format=XML", "--report_sink=a", "--report_level=no", "--output_format=XML"}, {}},
    {{"--run_test=a", "--run_test=", "b c", "--random", "--random=3"}, {}},
    {{"--show_progress", "--color_output=no", "--catch_system_errors=no", "--result_code=no"}, {}},
    {{"--no_color_output", "--no_catch_system_errors", "--no_result_code"}, {}},
    {{"--list_content", "--list_content=DOT", "--list_labels", "--build_info", "--wait_for_debugger"}, {}},
    {{"--auto_start_dbg=yes"}, {}},
    {{"-l", "all", "-f", "XML", "-k", "a", "-r", "no", "-m", "XML", "-e", "b", "-o", "XML", "-t", "c"}, {}},
    {{"-p", "-x", "no", "-s", "-c", "yes", "x"}, {"x"}},
    {{"-x", "--use_alt_stack=no"}, {"--use_alt_stack=no"}},
    {{"-t", "-l"}, {}}, // the name of a test
    {{"-x", "--", "-x"}, {"--", "-x"}},
    {{"-t"}, {}},
    {{"-lall", "-l=all", "-"}, {"-lall", "-l=all", "-"}}, // Boost.Test refuses these
    // A name may be cut, unless it fits two.
    {{"--log_l=all", "--rand", "--run=a", "--col=no", "--no_col"}, {}},
    {{"--log=all", "--re=x", "--r=a"}, {"--log=all", "--re=x", "--r=a"}},
    {{"--", "--log_level=all", "-t", "a"}, {"--", "--log_level=all", "-t", "a"}},
    {{"--detect_memory_leaks=0", "--save_pattern", "--use_alt_stack=no", "--detect_fp_exceptions"},
     {"--detect_memory_leaks=0", "--save_pattern", "--use_alt_stack=no", "--detect_fp_exceptions"}},
    {{"--report_memory_leaks_to=a", "--report_memory_leaks_to=", "b"},
     {"--report_memory_leaks_to=a", "--report_memory_leaks_to=", "b"}},
    {{"a", "--unknown=1", "--unknown", "", "/x", "---l"},
     {"a", "--unknown=1", "--unknown", "", "/x", "---l"}},
};

test_item item(std::string const& suite, std::string const& name)
{
    test_item result;
    result.test.suite = suite;
    result.test.path = suite.empty() ? name : suite + '/' + name;
    return result;
}

std::string why_not(std::string const& suite, std::string const& name)
{
    return why_not_selectable(item(suite, name).test);
}

bool is_refused(std::string const& suite, std::string const& name, std::string const& why)
{
    return why_not(suite, name) ==
           "its name cannot be given to --run_test (" + why + "): link the worker to run it";
}

} // namespace

BOOST_AUTO_TEST_SUITE(boost_test_arguments)

BOOST_DATA_TEST_CASE(what_is_left, boost::unit_test::data::make(examples), one)
{
    for (auto const& start : {words{"./tests"}, words{"env", "-i", "-k", "/bin/sh"}}) {
        auto given = start;
        given.insert(given.end(), one.given.begin(), one.given.end());
        auto left = start;
        left.insert(left.end(), one.left.begin(), one.left.end());
        BOOST_TEST(without_reporting_arguments(given) == left, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(where_the_report_goes)
{
    words const given{"./tests", "--report_sink=a", "-e", "b", "--log_sink=c", "--report_s=", "d", "--", "-e",
                      "f"};
    words const left{"./tests", "--log_sink=c", "--", "-e", "f"};
    BOOST_TEST(without_report_sink(given) == left, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(arguments_that_run_no_test)
{
    for (std::string const word : {"--help", "--help=log_level", "-?", "--usage", "--version",
                                   "--list_content", "--list_content=DOT", "--list_l"}) {
        BOOST_TEST(argument_that_runs_no_test({"./tests", "--log_level=all", word}) == word);
        BOOST_TEST(argument_that_runs_no_test({"./tests", "--", word}).empty());
        BOOST_TEST(argument_that_runs_no_test({"env", word, "/bin/sh"}).empty());
    }
    BOOST_TEST(argument_that_runs_no_test({"./tests", "--build_info", "version", "--list"}).empty());
}

// Files that are there on every system.
BOOST_AUTO_TEST_CASE(where_the_executable_stands)
{
    BOOST_TEST(executable_of({"./tests", "/bin/sh"}) == 0U);
    BOOST_TEST(executable_of({"tests", "/dev/null", "sh", "/", "./nothing"}) == 0U);
    BOOST_TEST(executable_of({"env", "LANG=C", "/bin/sh", "/bin/sh"}) == 2U);
    BOOST_TEST(executable_of({"tests"}) == 0U);
}

BOOST_AUTO_TEST_CASE(variables)
{
    words const left{"PATH=/bin",
                     "BOOST_TEST_SAVE_PATTERN=1",
                     "BOOST_TEST_LOGGERS=1",
                     "BOOST_TEST_LOG=1",
                     "BOOST_TEST_USE_ALT_STACK=no",
                     "",
                     "=",
                     "X"};
    auto all = left;
    for (auto const* const name :
         {"LOG_LEVEL", "LOG_FORMAT", "LOG_SINK", "LOGGER", "REPORT_LEVEL", "REPORT_FORMAT", "REPORT_SINK",
          "OUTPUT_FORMAT", "RUN_FILTERS", "RANDOM", "SHOW_PROGRESS", "COLOR_OUTPUT", "CATCH_SYSTEM_ERRORS",
          "LIST_CONTENT", "LIST_LABELS", "RESULT_CODE", "BUILD_INFO", "WAIT_FOR_DEBUGGER",
          "AUTO_START_DBG"}) {
        all.push_back(std::string("BOOST_TEST_") + name + "=a=b");
    }
    BOOST_TEST(without_reporting_variables(all) == left, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(names_that_can_be_selected)
{
    for (auto const* const name :
         {"a", " blanks ", "a \"quoted\" name", "a|b", "grüße", "=", "-", "--", "two\nlines", "a!", "a+",
          "a@", "sta*r", "f<int, (anonymous namespace)>"}) {
        bool const has_comma = std::string(name).find(',') != std::string::npos;
        BOOST_TEST_CONTEXT(name)
        {
            BOOST_TEST(why_not("", name).empty() != has_comma);
            BOOST_TEST(why_not("suite/inner", name).empty() != has_comma);
        }
    }
    for (auto const* const name : {"!a", "+a", "@a"}) {
        BOOST_TEST(why_not("suite", name) == "");
    }
}

BOOST_AUTO_TEST_CASE(names_that_cannot_be_selected)
{
    BOOST_TEST(is_refused("", "!a", "its path begins with '!'"));
    BOOST_TEST(is_refused("+s", "a", "its path begins with '+'"));
    BOOST_TEST(is_refused("@", "a", "its path begins with '@'"));
    for (std::string const suite : {"", "suite"}) {
        BOOST_TEST(is_refused(suite, "a/b", "it has a '/'"));
        BOOST_TEST(is_refused(suite, "a:b", "it has a ':'"));
        BOOST_TEST(is_refused(suite, "a,b", "it has a ','"));
        BOOST_TEST(is_refused(suite, "*a", "it begins or ends with '*'"));
        BOOST_TEST(is_refused(suite, "a*", "it begins or ends with '*'"));
        BOOST_TEST(is_refused(suite, "", "it is empty"));
        BOOST_TEST(is_refused(suite, std::string("a\0b", 3), "it has a byte of 0"));
        BOOST_TEST(is_refused(suite, std::string(200'000, 'a'), "it is too long"));
    }
    BOOST_TEST(is_refused("a:/b", "c", "it has a ':'"));
    BOOST_TEST(is_refused("*", "c", "it begins or ends with '*'"));
}

BOOST_AUTO_TEST_CASE(what_a_test_depends_on_and_the_run_has_not_is_left_out)
{
    std::vector<test_item> tests{item("", "a"),  item("s", "b"),  item("s", "c"),
                                 item("t", "d"), item("t", "e:"), item("", "f")};
    struct row {
        std::vector<std::string> dependencies; // of the last one
        std::vector<bool> selected;
        std::string argument;
    };
    row const rows[] = {
        {{"a", "s"}, {true, true, true, true, true, true}, "f"},
        {{"a"}, {false, true, true, true, true, true}, "f:!a"},
        {{"s"}, {true, true, false, true, true, true}, "f:!s/c"},
        {{"s"}, {true, false, false, true, true, true}, "f:!s"},
        {{"s/b", "a"}, {false, false, true, true, true, true}, "f:!a:!s/b"},
        {{"t"}, {true, true, true, true, false, true}, "f"}, // there is no way to name it
        {{}, {false, false, false, false, false, true}, "f"},
    };
    for (auto const& r : rows) {
        tests.back().test.depends_on = r.dependencies;
        run_test_names names(tests);
        names.leave_out_all_but(r.selected);
        BOOST_TEST(names.parts_of({5}).at(0).argument == r.argument);
        BOOST_TEST(names.parts_of({3}).at(0).argument == "t/d");
    }
}

// Boost.Test takes that up, too.
BOOST_AUTO_TEST_CASE(what_is_left_out_depends_on_other_tests)
{
    std::vector<test_item> tests{item("", "a"), item("s", "b"), item("s/t", "c"), item("", "d")};
    tests[1].test.depends_on = {"a"};
    tests[2].test.depends_on = {"a", "s"}; // a circle, which Boost.Test refuses
    tests[3].test.depends_on = {"s"};
    run_test_names names(tests);
    names.leave_out_all_but({false, false, false, true});
    BOOST_TEST(names.parts_of({3}).at(0).argument == "d:!a:!s");
    run_test_names others(tests);
    others.leave_out_all_but({false, true, false, true});
    BOOST_TEST(others.parts_of({3}).at(0).argument == "d:!a:!s/t/c");
    BOOST_TEST(others.brings_along(3, "a"));
    BOOST_TEST(others.brings_along(3, "s/t/c"));
    BOOST_TEST(!others.brings_along(3, "d"));
    BOOST_TEST(!others.brings_along(0, "s/b"));
}

BOOST_AUTO_TEST_CASE(units_around_a_test)
{
    auto const units_of = [](std::string const& suite, std::string const& name) {
        words result;
        for_each_unit_of(item(suite, name).test, [&](std::string_view path) { result.emplace_back(path); });
        return result;
    };
    BOOST_TEST(units_of("", "a/b") == words{"a/b"}, boost::test_tools::per_element());
    BOOST_TEST(units_of("s", "a") == (words{"s", "s/a"}), boost::test_tools::per_element());
    BOOST_TEST(units_of("s/t", "a/b") == (words{"s", "s/t", "s/t/a/b"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(long_batches)
{
    std::vector<test_item> tests{item("suite", "not in the batch")};
    std::vector<test_index> batch;
    BOOST_TEST(run_test_names(tests).parts_of(batch).empty());
    for (test_index i = 1; i <= 3'000; ++i) {
        tests.push_back(item("suite", std::string(100, 'a') + std::to_string(i)));
        batch.insert(batch.begin(), i);
    }
    std::vector<test_index> all;
    auto const parts = run_test_names(tests).parts_of(batch);
    BOOST_TEST(parts.size() == 4U);
    for (auto const& part : parts) {
        BOOST_TEST(part.argument.size() <= 96'000U);
        all.insert(all.end(), part.tests.begin(), part.tests.end());
    }
    BOOST_TEST(all == batch, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
