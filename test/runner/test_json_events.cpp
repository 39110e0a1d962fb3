// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "runner/json_events.hpp"
#include "support/runner_samples.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <sstream>
#include <stdexcept>
#include <string>

using namespace testmon::runner;
using namespace testmon::test;
using namespace std::chrono_literals;
using testmon::database::timestamp;

namespace
{

class written_events
{
  public:
    json_events& operator*() { return events_; }
    json_events* operator->() { return &events_; }

    // The line that was written by now, without what all lines have.
    std::string next()
    {
        auto const text = out_.str();
        out_.str("");
        BOOST_REQUIRE(!text.empty());
        BOOST_TEST(text.find('\n') == text.size() - 1);
        auto line = boost::json::parse(text).as_object();
        BOOST_TEST(line.at("format").as_string() == "testmon-run");
        BOOST_TEST(line.at("version").as_int64() == 1);
        BOOST_TEST(line.at("time").as_string() == "2023-11-14T22:13:22.000000005Z");
        for (auto const* key : {"format", "version", "time"}) {
            line.erase(key);
        }
        return boost::json::serialize(line);
    }

    void next_is(std::string const& expected)
    {
        auto const line = next();
        BOOST_TEST((boost::json::parse(line) == boost::json::parse(expected)), line);
    }

  private:
    std::ostringstream out_{};
    json_events events_{out_, [] { return timestamp(1'700'000'002'000'000'005ns); }};
};

} // namespace

BOOST_AUTO_TEST_SUITE(json_events)

BOOST_AUTO_TEST_CASE(each_event)
{
    auto const items = sample_items();
    written_events events;
    events->run_started(sample_overview(items));
    events.next_is(R"json({"event":"run_started","uuid":"0a1b","machine":"host",
        "command":["/path/to/my_tests","--arg"],"worker_kind":"linked","why_not_better":"","workers":2,
        "distribution":"worksteal","started":"2023-11-14T22:13:20.000000000Z","collected":5,"selected":5,"total":5})json");
    events->worker_started(1, 4711);
    events.next_is(R"json({"event":"worker_started","worker":"gw1","pid":4711})json");
    events->test_started(1, 2, 3);
    events.next_is(R"json({"event":"test_started","worker":"gw1","test":"a/b/third","attempt":3})json");
    events->worker_lost(1, "killed by signal 9 (Killed)");
    events.next_is(R"json({"event":"worker_lost","worker":"gw1","why":"killed by signal 9 (Killed)"
})json");
    events->failed_outside_tests(1, "no database\nat all");
    events.next_is(R"json({"event":"failed_outside_tests","worker":"gw1","text":"no database\nat all"})json");
    events->notice("a \xff notice");
    events.next_is("{\"event\":\"notice\",\"text\":\"a \xef\xbf\xbd notice\"}");
    run_result result;
    result.end = run_end::max_failures;
    result.verdicts = {verdict::passed, verdict::flaky, verdict::timed_out, verdict::passed,
                       verdict::not_run};
    result.passed_alone = {2};
    result.wall_time = 5s;
    result.worker_restarts = 1;
    result.trouble = "t";
    result.failed_outside_tests = true;
    events->run_finished(result);
    events.next_is(
        R"json({"event":"run_finished","end":"max_failures","trouble":"t","failed_outside_tests":true,"wall_time_ns":5000000000,
        "counts":{"passed":2,"failed":0,"crashed":0,"timed_out":1,"skipped":0,"flaky":1,"not_run":1},
        "not_run":["a/crash"],"passed_alone":["a/b/third"],"worker_restarts":1})json");
}

BOOST_AUTO_TEST_CASE(an_attempt_with_all_there_is)
{
    auto const items = sample_items();
    written_events events;
    events->run_started(sample_overview(items));
    events.next();
    auto attempt = sample_crash(4);
    attempt.messages = sample_failure(4).messages;
    attempt.messages[0].context = {"i = 3"};
    attempt.is_retried = true;
    attempt.assertions = 7;
    attempt.failed_assertions = 2;
    attempt.output = "end\n";
    attempt.output_size = 1000;
    attempt.remarks = {"left a process behind"};
    events->attempt_finished(attempt);
    events.next_is(R"json({"event":"attempt_finished","worker":"gw1","test":"a/crash",
        "defined_at":{"file":"tests.cpp","line":50},"attempt":1,"outcome":"crashed","is_retried":true,
        "started":"2023-11-14T22:13:21.000000000Z","duration_ns":12345000,"assertions":7,"failed_assertions":2,
        "reason":"killed by signal 11 (Segmentation fault)","last_checkpoint":{"file":"tests.cpp","line":41},
        "messages":[{"severity":"error","place":{"file":"tests.cpp","line":12},
                     "text":"check x == y has failed [1 != 2]","context":["i = 3"]}],
        "output":"end\n","output_bytes":1000,"remarks":["left a process behind"]
})json");
    events->attempt_finished(sample_attempt(0));
    BOOST_TEST(boost::json::parse(events.next()).at("last_checkpoint").is_null());
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_written)
{
    std::ostringstream out;
    out.setstate(std::ios::badbit);
    testmon::runner::json_events events(out);
    BOOST_CHECK_THROW(events.notice("x"), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
