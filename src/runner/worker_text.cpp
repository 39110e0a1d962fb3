// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "worker_text.hpp"

#include "worker.hpp"

#include <cstring>

#include <sys/wait.h>

namespace testmon::runner
{

namespace
{

std::string text_of(log_message const& message)
{
    std::string result = message.place.file;
    if (!result.empty()) {
        result += '(' + std::to_string(message.place.line) + "): ";
    }
    result +=
        (message.severity == log_message::level::fatal_error ? "fatal error: " : "error: ") + message.text;
    for (auto const& frame : message.context) {
        result += "\n    " + frame;
    }
    return result;
}

} // namespace

std::string describe_status(int status)
{
    if (WIFSIGNALED(status)) {
        int const number = WTERMSIG(status);
        return "killed by signal " + std::to_string(number) + " (" + ::strsignal(number) + ")";
    }
    return "exited with code " + std::to_string(WEXITSTATUS(status));
}

std::string text_of_errors(std::vector<log_message> const& messages)
{
    std::string text;
    for (auto const& message : messages) {
        if (message.severity >= log_message::level::error) {
            text += (text.empty() ? "" : "\n") + text_of(message);
        }
    }
    return text;
}

std::string text_of_left(std::vector<left_process> const& left)
{
    std::string text = "left " + std::to_string(left.size()) +
                       (left.size() == 1 ? " process" : " processes") + " behind, killed since:";
    for (auto const& process : left) {
        text += ' ' + std::to_string(process.pid) + " (" + process.name + ")";
    }
    return text;
}

std::string with_output(std::string const& text, std::string const& output)
{
    return output.empty() ? text : text + "\nthe end of its output:\n" + output;
}

} // namespace testmon::runner
