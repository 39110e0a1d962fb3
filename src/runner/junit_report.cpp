// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "junit_report.hpp"

#include "junit_document.hpp"
#include "output_excerpt.hpp"

#include <sstream>
#include <string>

namespace testmon::runner
{

junit_report::junit_report(boost::filesystem::path const& file) : output_(file) {}

void junit_report::run_started(run_overview const& overview)
{
    overview_ = overview;
    is_each_ = overview.distribution == "each";
}

void junit_report::attempt_finished(attempt_result const& attempt)
{
    constexpr std::size_t longest_output = 65536;
    auto& one = cases_[{attempt.test, is_each_ ? attempt.worker : 0}];
    one.duration = attempt.duration;
    one.is_flaky = verdict_of(attempt) == verdict::flaky;
    if (attempt.outcome == database::outcome::passed && attempt.remarks.empty()) {
        return;
    }
    auto& kept = one.attempts.emplace_back(attempt);
    kept.output = output_excerpt(attempt.output, attempt.output_size, longest_output);
    kept.output_size = kept.output.size();
}

void junit_report::failed_outside_tests(worker_index worker, std::string const& text)
{
    outside_.emplace_back(worker, text);
}

void junit_report::run_finished(run_result const& result)
{
    pugi::xml_document document;
    fill_junit_document(document, overview_, result, cases_, outside_);
    std::ostringstream text;
    document.save(text, "  ", pugi::format_indent, pugi::encoding_utf8);
    output_.write(text.str());
    output_.commit();
}

} // namespace testmon::runner
