// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "history.hpp"

#include <testmon/database/read_only_database.hpp>

#include <boost/filesystem/operations.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace testmon::runner
{

database::known_tests read_history(boost::filesystem::path const& database,
                                   database::environment_description const& environment)
{
    boost::system::error_code ignored;
    if (!boost::filesystem::exists(database, ignored) || boost::filesystem::is_empty(database, ignored)) {
        return {};
    }
    return database::read_only_database(database).read_known_tests(environment);
}

void tell_history(std::vector<test_item>& tests, database::known_tests const& known)
{
    for (auto& item : tests) {
        auto const found = known.find(item.test.path);
        if (found && !found->vanished) {
            item.last_outcome = found->last_outcome;
            item.expected = found->mean_duration;
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
