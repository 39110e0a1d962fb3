// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_JSON_EVENTS_HPP
#define TESTMON_SRC_RUNNER_JSON_EVENTS_HPP

#include "run_listener.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <ostream>

namespace testmon::runner
{

using timestamp_reader = std::function<database::timestamp()>;

/// Writes what happens in a run as JSON lines, each at once. doc/run_events.md lists their keys, which are
/// part of the interface.
class json_events final : public run_listener
{
  public:
    /// Errors, of all members: `std::runtime_error` if a line could not be written.
    explicit json_events(std::ostream& out, timestamp_reader clock = std::chrono::system_clock::now);

    void run_started(run_overview const& overview) override;
    void worker_started(worker_index worker, ::pid_t pid) override;
    void test_started(worker_index worker, test_index test, std::int64_t attempt) override;
    void attempt_finished(attempt_result const& attempt) override;
    void worker_lost(worker_index worker, std::string const& why) override;
    void failed_outside_tests(worker_index worker, std::string const& text) override;
    void notice(std::string const& text) override;
    void run_finished(run_result const& result) override;

  private:
    void write(char const* event, boost::json::object const& keys);
    std::string path_of(test_index test) const;

    std::ostream& out_;
    timestamp_reader clock_;
    std::vector<test_item> const* tests_ = nullptr;
    std::vector<test_index> selected_{};
};

} // namespace testmon::runner

#endif
