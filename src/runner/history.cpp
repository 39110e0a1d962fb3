// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "history.hpp"

#include <testmon/database/read_only_database.hpp>

#include <boost/filesystem/operations.hpp>

#include <string>
#include <utility>

namespace testmon::runner
{

past_runs::past_runs(boost::filesystem::path const& database,
                     database::environment_description const& environment)
{
    boost::system::error_code ignored;
    if (!boost::filesystem::exists(database, ignored) || boost::filesystem::is_empty(database, ignored)) {
        return;
    }
    database::read_only_database const opened(database);
    auto const found = opened.find_environment(environment);
    if (!found) {
        return;
    }
    auto known = opened.tests(found->id);
    by_path_.reserve(known.size());
    for (auto& one : known) {
        if (!one.never_ran()) {
            auto& what = by_path_[std::move(one.test.path)];
            what.last_outcome = *one.last_outcome;
            if (one.mean_duration.count() > 0) {
                what.expected = one.mean_duration;
            }
        }
    }
}

void past_runs::tell(std::vector<test_item>& tests) const
{
    for (auto& item : tests) {
        if (auto const found = by_path_.find(item.test.path); found != by_path_.end()) {
            item.last_outcome = found->second.last_outcome;
            item.expected = found->second.expected;
        }
    }
}

void history_recorder::add(attempt_result const& attempt, std::int64_t test_id)
{
    database::execution one;
    one.test_id = test_id;
    one.outcome = attempt.outcome;
    one.duration = attempt.duration;
    one.assertions = attempt.assertions;
    one.worker = "gw" + std::to_string(attempt.worker);
    one.attempt = attempt.attempt;
    one.started = attempt.started;
    waiting_.push_back(std::move(one));
}

void history_recorder::record_some(steady_time now)
{
    constexpr std::size_t much = 1000;
    constexpr std::chrono::seconds a_while{1};
    if (waiting_.size() >= much || (!waiting_.empty() && now - last_ >= a_while)) {
        last_ = now; // if it fails, it is not tried at once again
        record_all();
    }
}

void history_recorder::record_all()
{
    if (!waiting_.empty()) {
        database_.record(run_id_, waiting_);
        waiting_.clear();
    }
}

} // namespace testmon::runner
