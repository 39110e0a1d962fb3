// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "boost_test_xml.hpp"

#include <pugixml.hpp>

#include <array>
#include <csignal>
#include <utility>

namespace testmon::runner
{

namespace
{

// Names keep their line breaks.
constexpr unsigned as_it_is = pugi::parse_cdata | pugi::parse_escapes;

bool starts_with(std::string_view text, std::string_view beginning)
{
    return text.substr(0, beginning.size()) == beginning;
}

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

std::string path_of(pugi::xml_node unit, std::string const& parent)
{
    std::string const name = unit.attribute("name").value();
    return parent.empty() ? name : parent + '/' + name;
}

// ---- The report ----

void take_reported(pugi::xml_node unit, std::string const& path, test_report& report)
{
    reported_unit result;
    result.result = unit.attribute("result").value();
    result.assertions_passed = unit.attribute("assertions_passed").as_llong();
    result.assertions_failed = unit.attribute("assertions_failed").as_llong();
    bool const is_suite = unit.name() == std::string_view("TestSuite");
    (is_suite ? report.suites : report.cases)[path] = std::move(result);
    for (auto const child : unit.children()) {
        take_reported(child, path_of(child, path), report);
    }
}

// ---- The log ----

source_place place_of(pugi::xml_node node)
{
    return {node.attribute("file").value(), node.attribute("line").as_llong()};
}

// Boost.Test breaks a text that holds the end of a CDATA section into several.
std::string text_of(pugi::xml_node node)
{
    std::string text;
    for (auto const child : node.children()) {
        if (child.type() == pugi::node_cdata || child.type() == pugi::node_pcdata) {
            text += child.value();
        }
    }
    return text;
}

log_message message_of(pugi::xml_node node, log_message::level severity)
{
    log_message message;
    message.severity = severity;
    message.place = place_of(node);
    message.text = text_of(node);
    for (auto const frame : node.child("Context").children("Frame")) {
        message.context.push_back(text_of(frame));
    }
    return message;
}

void take_exception(pugi::xml_node node, logged_unit& unit)
{
    auto message = message_of(node, log_message::level::fatal_error);
    unit.last_checkpoint = {};
    if (auto const checkpoint = node.child("LastCheckpoint")) {
        unit.last_checkpoint = place_of(checkpoint);
        auto const what = text_of(checkpoint);
        message.context.insert(message.context.begin(), "last checkpoint: " + unit.last_checkpoint.file +
                                                            '(' + std::to_string(unit.last_checkpoint.line) +
                                                            ')' + (what.empty() ? "" : ": " + what));
    }
    if (auto const number = caught_signal(message.text)) {
        unit.caught_signal = number;
    }
    unit.messages.push_back(std::move(message));
}

void take_logged(pugi::xml_node node, std::string const& path, test_log& log)
{
    using level = log_message::level;
    constexpr std::array<std::pair<std::string_view, level>, 5> levels{{{"Info", level::message},
                                                                        {"Message", level::message},
                                                                        {"Warning", level::warning},
                                                                        {"Error", level::error},
                                                                        {"FatalError", level::fatal_error}}};
    auto const reason = node.attribute("reason");
    if (node.attribute("skipped") && reason.value() == std::string_view("disabled")) {
        return;
    }
    auto const index = log.size();
    logged_unit unit;
    unit.path = path;
    unit.is_suite = node.name() == std::string_view("TestSuite");
    if (node.attribute("skipped")) {
        unit.why_skipped = reason.value();
    }
    log.push_back(std::move(unit));
    for (auto const child : node.children()) {
        std::string_view const name = child.name();
        if (name == "TestSuite" || name == "TestCase") {
            take_logged(child, path_of(child, path), log);
        } else if (name == "Exception") {
            take_exception(child, log[index]);
        } else if (name == "TestingTime") {
            log[index].duration = std::chrono::microseconds(child.text().as_llong());
        }
        for (auto const& [tag, severity] : levels) {
            if (name == tag) {
                log[index].messages.push_back(message_of(child, severity));
            }
        }
    }
}

} // namespace

test_report parse_test_report(std::string_view xml)
{
    pugi::xml_document document;
    test_report report;
    if (!document.load_buffer(xml.data(), xml.size(), as_it_is, pugi::encoding_utf8)) {
        return report;
    }
    if (auto const all = document.child("TestResult").child("TestSuite")) {
        take_reported(all, "", report);
        report.is_complete = true;
    }
    return report;
}

test_log parse_test_log(std::string_view xml)
{
    pugi::xml_document document;
    document.load_buffer(xml.data(), xml.size(), as_it_is, pugi::encoding_utf8);
    test_log log;
    if (auto const all = document.child("TestLog").child("TestSuite")) {
        take_logged(all, "", log);
    }
    return log;
}

std::optional<int> caught_signal(std::string_view exception)
{
    // Without the prefix "signal: ", and beginning with the type of the exception, are those of C++.
    if (starts_with(exception, "memory access violation at address: ")) {
        bool const is_bus = contains(exception, "invalid address alignment") ||
                            contains(exception, "non-existent physical address") ||
                            contains(exception, "object specific hardware error");
        return is_bus ? SIGBUS : SIGSEGV;
    }
    constexpr std::string_view prefix = "signal: ";
    if (!starts_with(exception, prefix)) {
        return std::nullopt;
    }
    exception.remove_prefix(prefix.size());
    constexpr std::array<std::pair<std::string_view, int>, 21> beginnings{{
        {"SIGSEGV", SIGSEGV},
        {"SIGABRT", SIGABRT},
        {"SIGALRM", SIGALRM},
        {"SIGFPE", SIGFPE},
        {"SIGILL", SIGILL},
        {"SIGPOLL", SIGPOLL},
        {"illegal opcode", SIGILL},
        {"illegal trap", SIGILL},
        {"illegal operand", SIGILL},
        {"illegal addressing mode", SIGILL},
        {"privileged ", SIGILL},
        {"internal stack error", SIGILL},
        {"co-processor error", SIGILL},
        {"integer ", SIGFPE},
        {"floating point ", SIGFPE},
        {"invalid floating point ", SIGFPE},
        {"subscript out of range", SIGFPE},
        {"generated by kill()", 0},
        {"sent by sigqueue()", 0},
        {"the expiration of a timer", 0},
        {"generated by the ", 0},
    }};
    for (auto const& [beginning, number] : beginnings) {
        if (starts_with(exception, beginning)) {
            return number;
        }
    }
    return 0;
}

bool ends_run(int caught_signal) noexcept
{
    return caught_signal == SIGSEGV || caught_signal == SIGBUS || caught_signal == SIGILL;
}

} // namespace testmon::runner
