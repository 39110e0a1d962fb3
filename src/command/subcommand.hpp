// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_SUBCOMMAND_HPP
#define TESTMON_SRC_COMMAND_SUBCOMMAND_HPP

#include "exit_code.hpp"

#include <boost/json/value.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace testmon::command
{

/// The names of the options that every command has for all of its subcommands.
constexpr char help_name[] = "help";
constexpr char json_name[] = "json";
constexpr char root_name[] = "root";

/// What a subcommand is handed.
struct subcommand_call {
    boost::program_options::variables_map options;
    std::vector<std::string> operands;

    bool as_json() const { return has(json_name); }
    bool has(char const* option) const { return options.count(option) != 0; }
    std::optional<std::string> text_of(char const* option) const;
    /// What --root says. Errors: `usage_error` if it is empty.
    std::string root() const;
};

/// Prints one JSON document, on a line of its own.
void print(boost::json::value const& document);
void print_if_json(subcommand_call const& call, boost::json::value const& document);

struct subcommand {
    char const* name;
    /// Of the one operand that it takes; of one or more, if it ends with "..."; empty: it takes none.
    char const* operand;
    char const* summary;
    std::vector<char const*> options; ///< the names of those that not every subcommand has
    std::function<exit_code(subcommand_call&)> run;
};

/// A command of the program that consists of subcommands.
struct subcommand_group {
    char const* name;
    char const* usage;       ///< what follows the name, up to the subcommand
    char const* description; ///< whole lines
    char const* exit_codes;  ///< lines; a sentence is appended to the last one
    std::vector<subcommand> subcommands;
    std::function<boost::program_options::options_description()> common_options;
    /// All that the subcommands take beside the common ones.
    std::function<boost::program_options::options_description()> other_options;
};

/// Runs the subcommand that the words name, or prints help. Errors: `usage_error`, and whatever the
/// subcommand throws.
exit_code run_subcommand(subcommand_group const& group, std::vector<std::string> const& words);

} // namespace testmon::command

#endif
