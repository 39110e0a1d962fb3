// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_BOOST_TEST_WORKER_LOG_FORMATTER_HPP
#define TESTMON_SRC_BOOST_TEST_WORKER_LOG_FORMATTER_HPP

#include <boost/test/unit_test_log_formatter.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace testmon::boost_test
{

enum class log_severity : std::uint8_t { message, warning, error, fatal_error };

struct log_entry {
    log_severity severity = log_severity::error;
    std::string file{};
    std::uint64_t line = 0;
    std::string text{};
    std::vector<std::string> context{};
};

/// Takes Boost.Test's log apart instead of writing it.
class log_formatter : public boost::unit_test::unit_test_log_formatter
{
  public:
    explicit log_formatter(std::function<void(log_entry const&)> take) : take_(std::move(take)) {}

    /// Makes this the only log of the process; it belongs to Boost.Test from then on.
    void install();
    /// Where Boost.Test notes the last check that was made; it stays there. Preconditions: `install`.
    boost::unit_test::log_checkpoint_data const* checkpoint() const noexcept { return checkpoint_; }

  private:
    using stream = std::ostream;
    using unit = boost::unit_test::test_unit;
    using level = boost::unit_test::log_level;
    using text = boost::unit_test::const_string;

    void log_start(stream&, boost::unit_test::counter_t) override {}
    void log_finish(stream&) override {}
    void log_build_info(stream&, bool) override {}
    void test_unit_start(stream&, unit const&) override {}
    void test_unit_finish(stream&, unit const&, unsigned long) override {}
    void log_exception_start(stream&, boost::unit_test::log_checkpoint_data const& checkpoint,
                             boost::execution_exception const& exception) override;
    void log_exception_finish(stream&) override { finish(); }
    void log_entry_start(stream&, boost::unit_test::log_entry_data const& data,
                         log_entry_types type) override;
    using unit_test_log_formatter::log_entry_value;
    void log_entry_value(stream&, text value) override { entry_.text.append(value.begin(), value.end()); }
    void log_entry_finish(stream&) override { finish(); }
    void entry_context_start(stream&, level) override {}
    void log_entry_context(stream&, level, text value) override
    {
        entry_.context.emplace_back(value.begin(), value.end());
    }
    void entry_context_finish(stream&, level) override {}

    void finish();

    std::function<void(log_entry const&)> take_;
    log_entry entry_{};
    boost::unit_test::log_checkpoint_data const* checkpoint_ = nullptr;
    bool looks_for_checkpoint_ = false;
};

} // namespace testmon::boost_test

#endif
