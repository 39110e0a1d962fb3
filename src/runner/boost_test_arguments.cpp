// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "boost_test_arguments.hpp"

#include "test_command.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace testmon::runner
{

namespace
{

struct parameter {
    std::string_view name;
    char letter;             // '\0': it has no short form
    bool has_optional_value; // all flags have, since "yes" may be left out
    bool is_ours;            // the runner says it
    std::string_view variable;
};

// All of them, since a name may be cut until it fits two.
constexpr std::array<parameter, 28> parameters{{
    {"auto_start_dbg", 'd', true, true, "BOOST_TEST_AUTO_START_DBG"},
    {"break_exec_path", '\0', false, false, ""},
    {"build_info", 'i', true, true, "BOOST_TEST_BUILD_INFO"},
    {"catch_system_errors", 's', true, true, "BOOST_TEST_CATCH_SYSTEM_ERRORS"},
    {"color_output", 'x', true, true, "BOOST_TEST_COLOR_OUTPUT"},
    {"detect_fp_exceptions", '\0', true, false, ""},
    {"detect_memory_leaks", '\0', true, false, ""},
    {"help", '\0', true, false, ""},
    {"list_content", '\0', true, true, "BOOST_TEST_LIST_CONTENT"},
    {"list_labels", '\0', true, true, "BOOST_TEST_LIST_LABELS"},
    {"log_format", 'f', false, true, "BOOST_TEST_LOG_FORMAT"},
    {"log_level", 'l', false, true, "BOOST_TEST_LOG_LEVEL"},
    {"log_sink", 'k', false, true, "BOOST_TEST_LOG_SINK"},
    {"logger", '\0', false, true, "BOOST_TEST_LOGGER"},
    {"output_format", 'o', false, true, "BOOST_TEST_OUTPUT_FORMAT"},
    {"random", '\0', true, true, "BOOST_TEST_RANDOM"},
    {"report_format", 'm', false, true, "BOOST_TEST_REPORT_FORMAT"},
    {"report_level", 'r', false, true, "BOOST_TEST_REPORT_LEVEL"},
    {"report_memory_leaks_to", '\0', false, false, ""},
    {"report_sink", 'e', false, true, "BOOST_TEST_REPORT_SINK"},
    {"result_code", 'c', true, true, "BOOST_TEST_RESULT_CODE"},
    {"run_test", 't', false, true, "BOOST_TEST_RUN_FILTERS"},
    {"save_pattern", '\0', true, false, ""},
    {"show_progress", 'p', true, true, "BOOST_TEST_SHOW_PROGRESS"},
    {"usage", '?', true, false, ""},
    {"use_alt_stack", '\0', true, false, ""},
    {"version", '\0', true, false, ""},
    {"wait_for_debugger", 'w', true, true, "BOOST_TEST_WAIT_FOR_DEBUGGER"},
}};

bool starts_with(std::string_view text, std::string_view beginning)
{
    return text.substr(0, beginning.size()) == beginning;
}

// Returns: the only parameter that begins with it; none: nullptr. No name begins with another.
parameter const* parameter_of_name(std::string_view name)
{
    if (starts_with(name, "no_")) {
        name.remove_prefix(3);
    }
    parameter const* found = nullptr;
    for (auto const& one : parameters) {
        if (!name.empty() && starts_with(one.name, name)) {
            if (found != nullptr) {
                return nullptr;
            }
            found = &one;
        }
    }
    return found;
}

parameter const* parameter_of_letter(std::string_view letter)
{
    auto const found = std::find_if(parameters.begin(), parameters.end(), [&](parameter const& one) {
        return letter.size() == 1 && one.letter == letter[0];
    });
    return found == parameters.end() ? nullptr : &*found;
}

// What an argument is to Boost.Test.
struct reading {
    parameter const* of = nullptr; // nullptr: no parameter
    bool takes_next = false;       // its value is the next word, if there is one
    bool may_take_next = false;    // so it is, unless that looks like another argument
};

reading read(std::string_view word)
{
    reading result;
    if (starts_with(word, "--")) {
        word.remove_prefix(2);
        auto const equals = word.find('=');
        result.of = parameter_of_name(word.substr(0, equals));
        result.takes_next = equals != std::string_view::npos && equals + 1 == word.size();
    } else if (starts_with(word, "-")) {
        result.of = parameter_of_letter(word.substr(1));
        result.takes_next = result.of != nullptr && !result.of->has_optional_value;
        result.may_take_next = result.of != nullptr && !result.takes_next;
    }
    return result;
}

// An argument of a command, with its value.
struct argument {
    parameter const* of; // nullptr: of none
    std::size_t begin;   // in the words of the command
    std::size_t end;
};

// Those of Boost.Test, and what it would refuse.
std::vector<argument> arguments_of(std::vector<std::string> const& command)
{
    std::vector<argument> result;
    for (auto i = executable_of(command) + 1; i < command.size() && command[i] != "--";) {
        auto const one = read(command[i]);
        bool const has_next = i + 1 < command.size();
        bool const takes_next =
            has_next && (one.takes_next || (one.may_take_next && !starts_with(command[i + 1], "-")));
        auto const end = i + (takes_next ? 2 : 1);
        result.push_back({one.of, i, end});
        i = end;
    }
    return result;
}

template <class Predicate>
std::vector<std::string> without(std::vector<std::string> const& command, Predicate const& is_to_go)
{
    std::vector<std::string> result;
    std::size_t taken = 0;
    for (auto const& one : arguments_of(command)) {
        if (one.of != nullptr && is_to_go(*one.of)) {
            result.insert(result.end(), command.begin() + static_cast<std::ptrdiff_t>(taken),
                          command.begin() + static_cast<std::ptrdiff_t>(one.begin));
            taken = one.end;
        }
    }
    result.insert(result.end(), command.begin() + static_cast<std::ptrdiff_t>(taken), command.end());
    return result;
}

} // namespace

std::vector<std::string> without_reporting_arguments(std::vector<std::string> const& command)
{
    return without(command, [](parameter const& one) { return one.is_ours; });
}

std::vector<std::string> without_report_sink(std::vector<std::string> const& command)
{
    return without(command, [](parameter const& one) { return one.name == "report_sink"; });
}

std::string argument_that_runs_no_test(std::vector<std::string> const& command)
{
    constexpr std::array<std::string_view, 5> names{"help", "list_content", "list_labels", "usage",
                                                    "version"};
    for (auto const& one : arguments_of(command)) {
        if (one.of != nullptr && std::find(names.begin(), names.end(), one.of->name) != names.end()) {
            return command[one.begin];
        }
    }
    return "";
}

std::vector<std::string> without_reporting_variables(std::vector<std::string> const& environment)
{
    std::vector<std::string> result;
    std::copy_if(
        environment.begin(), environment.end(), std::back_inserter(result), [](std::string const& entry) {
            std::string_view const name = std::string_view(entry).substr(0, entry.find('='));
            return std::none_of(parameters.begin(), parameters.end(),
                                [&](parameter const& one) { return one.is_ours && one.variable == name; });
        });
    return result;
}

} // namespace testmon::runner
