// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "boost_test_arguments.hpp"

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

} // namespace

std::vector<std::string> without_reporting_arguments(std::vector<std::string> const& arguments)
{
    std::vector<std::string> result;
    std::size_t i = 0;
    while (i < arguments.size() && arguments[i] != "--") {
        auto const one = read(arguments[i]);
        std::size_t words = 1;
        if (i + 1 < arguments.size()) {
            auto const& next = arguments[i + 1];
            if (one.takes_next || (one.may_take_next && !starts_with(next, "-"))) {
                words = 2;
            }
        }
        for (; words != 0; --words, ++i) {
            if (one.of == nullptr || !one.of->is_ours) {
                result.push_back(arguments[i]);
            }
        }
    }
    result.insert(result.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i), arguments.end());
    return result;
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
