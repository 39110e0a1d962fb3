// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "batch_outcome.hpp"

#include "test_path.hpp"
#include "worker.hpp"
#include "worker_text.hpp"

#include <boost/cstdlib.hpp>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include <sys/wait.h>

namespace testmon::runner
{

namespace
{

std::string describe_signal(int number, std::vector<log_message> const& messages)
{
    return number != 0 || messages.empty() ? describe_status(number) : messages.back().text;
}

template <class Map>
typename Map::mapped_type const* find(Map const& map, std::string const& key)
{
    auto const found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

// Lines of BOOST_TEST_MESSAGE are nothing but their text; so are those of other messages behind the first,
// which has a place. Takes each away once.
void remove_messages(std::string& output, std::vector<log_message> const& messages)
{
    for (auto const& message : messages) {
        auto line = message.text + '\n';
        if (message.severity != log_message::level::message) {
            line.erase(0, line.find('\n') + 1);
        }
        if (line.empty()) {
            continue;
        }
        auto at = output.find(line);
        while (at != std::string::npos && at != 0 && output[at - 1] != '\n') {
            at = output.find(line, at + 1);
        }
        if (at != std::string::npos) {
            output.erase(at, line.size());
        }
    }
}

class judge
{
  public:
    judge(std::vector<test_item> const& tests, std::vector<test_index> const& batch,
          batch_traces const& traces)
        : tests_(tests), batch_(batch), traces_(traces)
    {
        for (auto const& unit : traces_.log) {
            logged_.emplace(unit.path, &unit);
        }
        for (auto const& one : traces_.readable.cases()) {
            readable_.emplace(one.path, &one);
        }
        for (auto const& unit : traces_.log) {
            if (unit.caught_signal && ends_run(*unit.caught_signal)) {
                fatal_ = &unit;
            }
        }
        is_broken_ = is_broken();
    }

    batch_outcome result()
    {
        batch_outcome outcome;
        outcome.why = why();
        for (auto const test : batch_) {
            auto attempt = attempt_at(test);
            if (attempt) {
                complete(*attempt);
                outcome.attempts.push_back(std::move(*attempt));
            } else {
                outcome.not_begun.push_back(test);
            }
        }
        blame_fixture(outcome);
        outcome.died_in = dependency_died_in();
        outcome.is_broken = is_broken_;
        outcome.has_crashed =
            is_broken_ ||
            std::any_of(outcome.attempts.begin(), outcome.attempts.end(),
                        [](auto const& attempt) { return attempt.outcome == database::outcome::crashed; });
        sort(outcome.attempts);
        look_outside(outcome);
        return outcome;
    }

  private:
    struct evidence {
        std::string const& path;
        logged_unit const* logged;
        readable_case const* readable;
    };

    evidence evidence_of(std::string const& path) const
    {
        auto const* const logged = find(logged_, path);
        auto const* const readable = find(readable_, path);
        return {path, logged == nullptr ? nullptr : *logged, readable == nullptr ? nullptr : *readable};
    }

    std::string why() const
    {
        if (!traces_.end.failure.empty()) {
            return traces_.end.failure;
        }
        if (fatal_ != nullptr) {
            return describe_signal(*fatal_->caught_signal, fatal_->messages);
        }
        return describe_status(traces_.end.status);
    }

    // Returns: nothing if it was not begun.
    std::optional<attempt_result> attempt_at(test_index test) const
    {
        auto const& record = tests_[test].test;
        auto const known = evidence_of(record.path);
        attempt_result attempt;
        attempt.test = test;
        if (auto const reason = why_skipped(known)) {
            attempt.outcome = database::outcome::skipped;
            attempt.reason = *reason;
            return attempt;
        }
        bool const is_judged = traces_.report.is_complete ? judge_by_report(known, attempt)
                                                          : judge_by_lines(known, record, attempt);
        return is_judged ? std::optional(std::move(attempt)) : std::nullopt;
    }

    // For itself, or with a suite around it.
    std::optional<std::string> why_skipped(evidence const& known) const
    {
        for (auto end = known.path.size(); end != std::string::npos && end != 0;
             end = known.path.rfind('/', end - 1)) {
            auto const unit = known.path.substr(0, end);
            if (auto const* const logged = find(logged_, unit); logged != nullptr && (*logged)->why_skipped) {
                return (*logged)->why_skipped;
            }
            if (auto const* const reason = find(traces_.readable.skipped(), unit)) {
                return *reason;
            }
        }
        return std::nullopt;
    }

    // ---- By the report ----

    bool judge_by_report(evidence const& known, attempt_result& attempt) const
    {
        auto const* const reported = find(traces_.report.cases, known.path);
        if (reported == nullptr) {
            attempt.outcome = database::outcome::failed;
            attempt.reason =
                "it was not run: the executable has no test of this name when it is started with "
                "--run_test";
            return true;
        }
        attempt.assertions = reported->assertions_passed + reported->assertions_failed;
        attempt.failed_assertions = reported->assertions_failed;
        // A test that was not reached is "passed", too.
        bool const has_run = known.logged != nullptr || known.readable != nullptr ||
                             attempt.assertions != 0 || reported->result != "passed";
        if (!has_run && fatal_ != nullptr) {
            return false;
        }
        if (auto const suite = suite_not_set_up(known.path); !has_run && suite) {
            attempt.outcome = database::outcome::skipped;
            attempt.reason = suite->empty() ? "the global fixtures could not be set up"
                                            : "suite \"" + *suite + "\" could not be set up";
            return true;
        }
        if (reported->result == "passed") {
            attempt.outcome = database::outcome::passed;
        } else if (reported->result == "skipped") {
            attempt.outcome = database::outcome::skipped;
            attempt.reason = "Boost.Test did not run it";
        } else if (!judge_by_signal(known, attempt)) {
            attempt.outcome = database::outcome::failed;
            if (reported->result == "timed-out") {
                say_timed_out(attempt);
            }
        }
        return true;
    }

    // Returns: the outermost suite around it whose fixtures have given up.
    std::optional<std::string> suite_not_set_up(std::string const& path) const
    {
        for (std::size_t end = 0; end != std::string::npos; end = path.find('/', end + 1)) {
            auto const suite = path.substr(0, end);
            auto const* const reported = find(traces_.report.suites, suite);
            if (reported != nullptr && reported->result == "aborted") {
                return suite;
            }
        }
        return std::nullopt;
    }

    static void say_timed_out(attempt_result& attempt)
    {
        attempt.outcome = database::outcome::timed_out;
        attempt.reason = "ran longer than its own time limit";
    }

    // Whether Boost.Test has caught a signal in it.
    static bool judge_by_signal(evidence const& known, attempt_result& attempt)
    {
        std::optional<int> number;
        std::vector<log_message> const* messages = nullptr;
        if (known.logged != nullptr && known.logged->caught_signal) {
            number = known.logged->caught_signal;
            messages = &known.logged->messages;
        } else if (known.readable != nullptr) {
            messages = &known.readable->messages;
            for (auto const& message : *messages) {
                if (auto const caught = caught_signal(message.text);
                    caught && message.severity == log_message::level::fatal_error) {
                    number = caught;
                }
            }
        }
        if (!number) {
            return false;
        }
        if (*number == SIGALRM) {
            say_timed_out(attempt);
        } else {
            attempt.outcome = database::outcome::crashed;
            attempt.reason = describe_signal(*number, *messages);
        }
        return true;
    }

    // ---- By the lines of the readable log ----

    bool judge_by_lines(evidence const& known, database::test_record const& record,
                        attempt_result& attempt) const
    {
        if (known.readable == nullptr) {
            return false;
        }
        if (is_broken_ && is_running(*known.readable)) {
            return false;
        }
        bool has_fatal = false;
        for (auto const& message : known.readable->messages) {
            has_fatal |= message.severity == log_message::level::fatal_error;
            attempt.failed_assertions += message.severity >= log_message::level::error ? 1 : 0;
        }
        attempt.assertions = attempt.failed_assertions;
        if (is_running(*known.readable)) {
            attempt.outcome = database::outcome::crashed;
            auto const how = describe_status(traces_.end.status);
            attempt.reason =
                WIFSIGNALED(traces_.end.status) ? how : "the test called exit: the process " + how;
        } else if (!judge_by_signal(known, attempt)) {
            attempt.outcome = has_fatal || attempt.failed_assertions > record.expected_failures
                                  ? database::outcome::failed
                                  : database::outcome::passed;
        }
        return true;
    }

    // Whether the process may have died of what an earlier test of the batch had done to it: Boost.Test has
    // jumped out of the handler of a signal then, out of another thread's stack even, and gone on. (What a
    // dependency does, which is not of the batch, it would do again.)
    bool is_broken() const
    {
        auto const& cases = traces_.readable.cases();
        bool const has_died_in_test = !traces_.report.is_complete && WIFSIGNALED(traces_.end.status) &&
                                      !cases.empty() && is_running(cases.back());
        if (!has_died_in_test) {
            return false;
        }
        auto const& last = cases.back().path;
        return std::any_of(batch_.begin(), batch_.end(), [&](test_index test) {
            auto const known = evidence_of(tests_[test].test.path);
            attempt_result ignored;
            return known.readable != nullptr && known.path != last && judge_by_signal(known, ignored);
        });
    }

    // A case that has not ended and is not the last has lost its last line: a test may close what it is
    // written to.
    bool is_running(readable_case const& one) const
    {
        return !one.has_ended && &one == &traces_.readable.cases().back();
    }

    // ---- What else there is to say ----

    void complete(attempt_result& attempt) const
    {
        auto const known = evidence_of(tests_[attempt.test].test.path);
        if (known.readable != nullptr) {
            attempt.messages = known.readable->messages;
            attempt.last_checkpoint = known.readable->last_checkpoint;
            attempt.duration = known.readable->duration;
            attempt.output_size = known.readable->output_size;
        }
        if (known.logged != nullptr) {
            attempt.messages = known.logged->messages;
            attempt.last_checkpoint = known.logged->last_checkpoint;
            attempt.duration = std::max(attempt.duration, known.logged->duration);
        }
        if (known.readable != nullptr && database::is_failure(attempt.outcome)) {
            attempt.output = known.readable->output;
            remove_messages(attempt.output, attempt.messages);
            attempt.output_size -= known.readable->output.size() - attempt.output.size();
        }
        if (attempt.outcome == database::outcome::failed || attempt.outcome == database::outcome::passed) {
            attempt.last_checkpoint = {};
        }
    }

    // The fixture of a suite is set up for the test that comes next.
    void blame_fixture(batch_outcome& outcome) const
    {
        std::string suite;
        if (fatal_ != nullptr) {
            suite = fatal_->is_suite ? fatal_->path : "";
        } else if (!traces_.report.is_complete && traces_.end.failure.empty() &&
                   (traces_.readable.cases().empty() || !is_running(traces_.readable.cases().back()))) {
            suite = traces_.readable.open_suite();
        }
        auto const next =
            std::find_if(outcome.not_begun.begin(), outcome.not_begun.end(), [&](test_index test) {
                return !suite.empty() && is_below(tests_[test].test.path, suite);
            });
        if (next == outcome.not_begun.end()) {
            return;
        }
        attempt_result attempt;
        attempt.test = *next;
        attempt.outcome = database::outcome::crashed;
        attempt.reason = outcome.why;
        attempt.remarks.push_back("it happened while the fixture of suite \"" + suite + "\" was at work");
        outcome.attempts.push_back(std::move(attempt));
        outcome.not_begun.erase(next);
    }

    std::string dependency_died_in() const
    {
        std::string path;
        if (fatal_ != nullptr) {
            path = fatal_->is_suite ? "" : fatal_->path;
        } else if (auto const& cases = traces_.readable.cases();
                   !traces_.report.is_complete && !cases.empty() && is_running(cases.back())) {
            path = cases.back().path;
        }
        bool const is_of_batch = std::any_of(batch_.begin(), batch_.end(),
                                             [&](test_index test) { return tests_[test].test.path == path; });
        return is_of_batch ? "" : path;
    }

    void sort(std::vector<attempt_result>& attempts) const
    {
        std::map<std::string_view, std::size_t> ranks;
        for (auto const& unit : traces_.log) {
            ranks.emplace(unit.path, ranks.size());
        }
        for (auto const& one : traces_.readable.cases()) {
            ranks.emplace(one.path, ranks.size());
        }
        auto const rank_of = [&](attempt_result const& attempt) {
            auto const found = ranks.find(tests_[attempt.test].test.path);
            return found == ranks.end() ? ranks.size() : found->second;
        };
        std::stable_sort(attempts.begin(), attempts.end(),
                         [&](auto const& a, auto const& b) { return rank_of(a) < rank_of(b); });
    }

    void look_outside(batch_outcome& outcome) const
    {
        if (!traces_.report.is_complete) {
            add_outside(outcome, text_of_errors(traces_.readable.outside()));
        }
        for (auto const& unit : traces_.log) {
            if (unit.is_suite) {
                add_outside(outcome, text_of_errors(named(unit.messages, unit.path)));
            }
        }
        // Where tests are left, the end of the process is told with them.
        if (outcome.not_begun.empty() && traces_.end.failure.empty() && !is_explained(outcome.has_crashed)) {
            add_outside(outcome, (WIFSIGNALED(traces_.end.status) ? "the process was " : "the process ") +
                                     describe_status(traces_.end.status) + " after its tests");
        }
    }

    // The place may be unknown, and the name of the suite all that there is to go by.
    static std::vector<log_message> named(std::vector<log_message> messages, std::string const& suite)
    {
        for (auto& message : messages) {
            message.text = (suite.empty() ? "" : "in \"" + suite + "\": ") + message.text;
        }
        return messages;
    }

    static void add_outside(batch_outcome& outcome, std::string text)
    {
        if (!text.empty()) {
            outcome.outside.push_back(std::move(text));
        }
    }

    bool is_explained(bool has_crashed) const
    {
        int const status = traces_.end.status;
        if (traces_.report.is_complete) {
            auto const* const all = find(traces_.report.suites, "");
            bool const has_passed = all == nullptr || all->result == "passed";
            return WIFEXITED(status) && (WEXITSTATUS(status) == 0 || !has_passed);
        }
        return has_crashed || (WIFEXITED(status) &&
                               (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == boost::exit_test_failure ||
                                WEXITSTATUS(status) == boost::exit_exception_failure));
    }

    std::vector<test_item> const& tests_;
    std::vector<test_index> const& batch_;
    batch_traces const& traces_;
    std::map<std::string, logged_unit const*> logged_{};
    std::map<std::string, readable_case const*> readable_{};
    logged_unit const* fatal_ = nullptr; // where the run was broken off
    bool is_broken_ = false;             // the running test is not to blame
};

} // namespace

batch_outcome judge_batch(std::vector<test_item> const& tests, std::vector<test_index> const& batch,
                          batch_traces const& traces)
{
    return judge(tests, batch, traces).result();
}

} // namespace testmon::runner
