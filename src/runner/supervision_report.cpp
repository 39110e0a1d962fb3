// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "supervision_report.hpp"

#include <cstdlib>

namespace testmon::runner
{

namespace
{

std::string field(std::string const& text)
{
    return text + '\0';
}

class field_reader
{
  public:
    explicit field_reader(std::string_view text) : rest_(text) {}

    std::string next()
    {
        auto const end = rest_.find('\0');
        is_complete_ = is_complete_ && end != std::string_view::npos;
        if (!is_complete_) {
            return {};
        }
        std::string result(rest_.substr(0, end));
        rest_.remove_prefix(end + 1);
        return result;
    }
    int next_number() { return std::atoi(next().c_str()); }
    bool is_complete() const noexcept { return is_complete_; }

  private:
    std::string_view rest_;
    bool is_complete_ = true;
};

} // namespace

std::string pid_report(::pid_t pid)
{
    return field(std::to_string(pid));
}

std::string end_report(process_end const& end)
{
    auto result =
        field(end.failure) + field(std::to_string(end.status)) + field(std::to_string(end.left.size()));
    for (auto const& process : end.left) {
        result +=
            field(std::to_string(process.pid)) + field(process.name) + field(process.survives ? "1" : "0");
    }
    return result;
}

std::optional<::pid_t> parse_pid(std::string_view received)
{
    field_reader fields(received);
    auto const pid = fields.next_number();
    return fields.is_complete() ? std::optional<::pid_t>(pid) : std::nullopt;
}

std::optional<process_end> parse_end(std::string_view received)
{
    field_reader fields(received);
    fields.next(); // the pid
    process_end end;
    end.failure = fields.next();
    end.status = fields.next_number();
    for (auto left = fields.next_number(); left > 0 && fields.is_complete(); --left) {
        left_process process;
        process.pid = fields.next_number();
        process.name = fields.next();
        process.survives = fields.next_number() != 0;
        end.left.push_back(std::move(process));
    }
    return fields.is_complete() ? std::optional<process_end>(std::move(end)) : std::nullopt;
}

} // namespace testmon::runner
