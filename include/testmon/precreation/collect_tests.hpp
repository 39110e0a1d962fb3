// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_PRECREATION_COLLECT_TESTS_HPP
#define TESTMON_PRECREATION_COLLECT_TESTS_HPP

#include <testmon/database/test_record.hpp>

#include <boost/filesystem/path.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::precreation
{

/// A test executable did not tell its tests: it is none of Boost.Test, it failed, or it took too long. The
/// message names the executable, what happened, and the end of what it printed on standard error.
class collection_error : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

/// Asks a Boost.Test executable for its tests, by running it with --list_content=DOT.
///
/// `arguments` are handed on to it, since what it has may depend on them; those of Boost.Test itself come
/// before a "--". An argument that sends Boost.Test's report elsewhere (--report_sink) takes the listing with
/// it.
///
/// It runs in this process' working directory, with standard input and output of /dev/null, without the
/// environment variables by which Boost.Test is configured (BOOST_TEST_LOG_SINK and the like), and in a
/// process group of its own. The group is killed after `timeout`, and also once the executable has ended:
/// what it left behind is neither waited for nor kept. If this process ignores SIGCHLD, its exit code is not
/// known, and only what it printed counts.
///
/// Returns: the tests as `parse_test_graph`.
/// Errors: `collection_error` if it cannot be started, exits with another code than 0, is killed by a signal,
/// does not end in time, prints no graph, or prints more than 256 MiB on standard error.
/// Thread safety: safe.
std::vector<database::test_record>
collect_tests(boost::filesystem::path const& executable, std::vector<std::string> const& arguments = {},
              std::chrono::milliseconds timeout = std::chrono::seconds(30));

/// Reads what a Boost.Test executable prints for --list_content=DOT. Whatever is printed before and after the
/// graph is passed over.
///
/// Returns: the tests in the order in which they are registered; suites are not among them. A test has the
/// labels and dependencies of the suites that it is in besides its own, because they hold for it (a
/// dependency of both twice: first come its own, then those of the innermost suite, and so on); it has only
/// its own time limit and expected failures. It is enabled if it runs by default, with "disabled" of its
/// suites taken into account.
/// Errors: `collection_error` if there is no graph, or it is cut short or not of the form that
/// Boost.Test 1.59 and later write; also if two tests have the same path, as "a/b" and "b" in a suite "a".
/// Complexity: linear in the length of the text, times its logarithm.
std::vector<database::test_record> parse_test_graph(std::string_view text);

} // namespace testmon::precreation

#endif
