// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "log_formatter.hpp"

#include <boost/test/execution_monitor.hpp>
#include <boost/test/unit_test_log.hpp>

#include <algorithm>

namespace testmon::boost_test
{

namespace
{

std::string string_of(boost::unit_test::const_string value)
{
    return std::string(value.begin(), value.end());
}

log_severity severity_of(boost::unit_test::unit_test_log_formatter::log_entry_types type)
{
    using formatter = boost::unit_test::unit_test_log_formatter;
    switch (type) {
    case formatter::BOOST_UTL_ET_INFO:
    case formatter::BOOST_UTL_ET_MESSAGE:
        return log_severity::message;
    case formatter::BOOST_UTL_ET_WARNING:
        return log_severity::warning;
    case formatter::BOOST_UTL_ET_ERROR:
        return log_severity::error;
    case formatter::BOOST_UTL_ET_FATAL_ERROR:
        break;
    }
    return log_severity::fatal_error;
}

} // namespace

void log_formatter::install()
{
    using namespace boost::unit_test;
    // It takes over the level that the user asked for. Errors are told whatever that is.
    unit_test_log.set_formatter(this);
    unit_test_log.set_threshold_level(std::min(get_log_level(), log_all_errors));
    unit_test_log.configure();
    // Boost.Test hands out its note of the last check with an exception only: so it is handed one.
    looks_for_checkpoint_ = true;
    unit_test_log.exception_caught(boost::execution_exception(boost::execution_exception::user_fatal_error,
                                                              "", boost::execution_exception::location()));
    looks_for_checkpoint_ = false;
}

void log_formatter::log_exception_start(stream&, boost::unit_test::log_checkpoint_data const& checkpoint,
                                        boost::execution_exception const& exception)
{
    checkpoint_ = &checkpoint;
    auto const& place = exception.where();
    entry_.severity = log_severity::fatal_error;
    entry_.file = string_of(place.m_file_name);
    entry_.line = place.m_line_num;
    entry_.text = string_of(exception.what());
    if (!checkpoint.m_file_name.is_empty()) {
        entry_.context.push_back("last checkpoint: " + string_of(checkpoint.m_file_name) + '(' +
                                 std::to_string(checkpoint.m_line_num) + ')' +
                                 (checkpoint.m_message.empty() ? "" : ": " + checkpoint.m_message));
    }
}

void log_formatter::log_entry_start(stream&, boost::unit_test::log_entry_data const& data,
                                    log_entry_types type)
{
    entry_.severity = severity_of(type);
    entry_.file = data.m_file_name;
    entry_.line = data.m_line_num;
}

void log_formatter::finish()
{
    if (!looks_for_checkpoint_) {
        take_(entry_);
    }
    entry_ = {};
}

} // namespace testmon::boost_test
