// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "subcommand.hpp"

#include "command_line.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <iostream>
#include <string_view>
#include <utility>

namespace testmon::command
{

namespace
{

namespace po = boost::program_options;

bool takes_many(subcommand const& which)
{
    constexpr std::string_view dots = "...";
    std::string_view const operand = which.operand;
    return operand.size() > dots.size() && operand.substr(operand.size() - dots.size()) == dots;
}

po::options_description options_of(subcommand_group const& group, subcommand const& which)
{
    auto const all = group.other_options();
    po::options_description chosen(std::string("Options of ") + which.name);
    for (auto const& option : all.options()) {
        auto const is_it = [&](char const* name) { return option->long_name() == name; };
        if (std::any_of(which.options.begin(), which.options.end(), is_it)) {
            chosen.add(option);
        }
    }
    return chosen;
}

std::string usage_of(subcommand_group const& group, subcommand const& which)
{
    return std::string("testmon ") + group.name + " " + which.name + (*which.operand == '\0' ? "" : " ") +
           which.operand;
}

void print_general_help(subcommand_group const& group)
{
    std::cout << "Usage: testmon " << group.name << " " << group.usage << " SUBCOMMAND ...\n\n"
              << group.description << "\nSubcommands:\n";
    std::size_t width = 0;
    for (auto const& one : group.subcommands) {
        width = std::max(width, std::string(one.name).size() + 1 + std::string(one.operand).size());
    }
    for (auto const& one : group.subcommands) {
        auto name = std::string(one.name) + " " + one.operand;
        name.resize(width, ' ');
        std::cout << "  " << name << "  " << one.summary << "\n";
    }
    std::cout << "\n"
              << group.common_options() << "\n"
              << group.exit_codes << "\"testmon " << group.name
              << " SUBCOMMAND --help\" tells more of a subcommand.\n";
}

void print_help(subcommand_group const& group, subcommand const& which)
{
    std::cout << "Usage: " << usage_of(group, which) << " [options]\n\n" << which.summary << "\n";
    if (!which.options.empty()) {
        std::cout << "\n" << options_of(group, which);
    }
    std::cout << "\n" << group.common_options();
}

void check_operands(subcommand_group const& group, subcommand const& which,
                    std::vector<std::string> const& operands)
{
    std::size_t const wanted = *which.operand == '\0' ? 0 : 1;
    if (operands.size() == wanted || (operands.size() > wanted && takes_many(which))) {
        return;
    }
    auto const problem = operands.size() < wanted ? std::string(which.operand) + " is missing"
                                                  : "\"" + operands[wanted] + "\" is one word too many";
    throw usage_error(problem + "; the usage is \"" + usage_of(group, which) + "\"");
}

} // namespace

std::optional<std::string> subcommand_call::text_of(char const* option) const
{
    auto const found = options.find(option);
    return found == options.end() ? std::nullopt : std::optional(found->second.as<std::string>());
}

std::string subcommand_call::root() const
{
    auto directory = text_of(root_name).value_or(".");
    if (directory.empty()) {
        throw usage_error("--root is \"\"; allowed is the path of a directory");
    }
    return directory;
}

void print(boost::json::value const& document)
{
    std::cout << boost::json::serialize(document) << "\n";
}

void print_if_json(subcommand_call const& call, boost::json::value const& document)
{
    if (call.as_json()) {
        print(document);
    }
}

exit_code run_subcommand(subcommand_group const& group, std::vector<std::string> const& words)
{
    auto const split = split_at_first_operand(words, group.common_options());
    if (split.from_there.empty()) {
        if (parse_words(split.before, group.common_options()).options.count(help_name) == 0) {
            throw usage_error(std::string(group.name) + " needs a subcommand");
        }
        print_general_help(group);
        return exit_code::done;
    }
    auto const& name = split.from_there.front();
    auto const which = std::find_if(group.subcommands.begin(), group.subcommands.end(),
                                    [&](auto const& one) { return one.name == name; });
    if (which == group.subcommands.end()) {
        throw usage_error("\"" + name + "\" is no subcommand of " + group.name);
    }
    // Options of every subcommand may stand on either side of its name.
    auto rest = split.before;
    rest.insert(rest.end(), split.from_there.begin() + 1, split.from_there.end());
    auto all_options = options_of(group, *which);
    all_options.add(group.common_options());
    auto parsed = parse_words(rest, all_options);
    if (parsed.options.count(help_name) != 0) {
        print_help(group, *which);
        return exit_code::done;
    }
    check_operands(group, *which, parsed.operands);
    subcommand_call call{std::move(parsed.options), std::move(parsed.operands)};
    return which->run(call);
}

} // namespace testmon::command
