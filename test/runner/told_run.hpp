// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_RUNNER_TOLD_RUN_HPP
#define TESTMON_TEST_RUNNER_TOLD_RUN_HPP

#include "runner/boost_test_xml.hpp"
#include "support/child_process.hpp"
#include "support/scratch_directory.hpp"

#include <boost/filesystem/path.hpp>
#include <boost/json/object.hpp>

#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace testmon::test
{

/// The kinds of programs that test/sample/run has of each sample: all ways to be made a worker.
extern std::vector<std::string> const sample_kinds;
extern std::vector<std::string> const distributions;

std::string sample_program(std::string const& name, std::string const& kind);

/// What `testmon run` told of a run.
struct told_run {
    exit_status status{};
    std::string output{};
    std::string errors{};
    std::vector<boost::json::object> events{};

    /// Of each test its last outcome, by its path; of those that never ended, none.
    std::map<std::string, std::string> outcomes() const;
    /// How many attempts of the test ended.
    std::size_t attempts_of(std::string const& test) const;
    /// The last attempt of the test. Throws if there is none.
    boost::json::object attempt(std::string const& test) const;
    /// Those with this name.
    std::vector<boost::json::object> all(std::string const& event) const;
    /// The last event. Throws if the run has not told its end.
    boost::json::object end() const;
    std::string run_id() const;
};

/// For messages of failed tests.
std::ostream& operator<<(std::ostream& out, told_run const& run);

/// A directory in which runs are made, with a file in which the samples record what they do.
class run_place
{
  public:
    boost::filesystem::path const& path() const noexcept { return directory_.path(); }
    boost::filesystem::path file(std::string const& name) const { return directory_.path() / name; }
    /// The lines that the samples have recorded.
    std::vector<std::string> recorded() const;
    bool has_recorded(std::string const& line) const;
    std::map<std::string, std::size_t> times_recorded() const;
    void forget_recorded() const;

    /// `testmon run OPTIONS... -- PROGRAM...`, run to its end. `options` must not have --json.
    told_run run(std::vector<std::string> const& options, std::vector<std::string> const& program,
                 child_options how = {}) const;
    /// `PROGRAM ARGUMENTS...`, without testmon, run to its end. Returns: what Boost.Test has reported.
    runner::test_report run_serially(std::string const& program, std::vector<std::string> arguments,
                                     child_options const& how) const;
    /// The same as `run`, without waiting for its end; `events_of` reads what it has told so far.
    child_process start(std::vector<std::string> const& options, std::vector<std::string> const& program,
                        child_options how = {}) const;
    told_run told() const;

  private:
    scratch_directory directory_{};
};

/// The processes that have TESTMON_XDIST_RUN_ID=`run_id` in their environment, apart from zombies.
std::vector<int> processes_of_run(std::string const& run_id);

} // namespace testmon::test

#endif
