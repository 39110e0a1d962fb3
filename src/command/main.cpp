// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "command_line.hpp"
#include "coordinate.hpp"
#include "exit_code.hpp"

#ifdef TESTMON_WITH_DATABASE
#include "database.hpp"
#include "database_exit_code.hpp"
#endif

#include <testmon/version.hpp>
#include <testmon/xdist_coordination/coordination_error.hpp>

#include <boost/program_options/options_description.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace
{

using namespace testmon::command;

boost::program_options::options_description program_options()
{
    boost::program_options::options_description options("Options");
    options.add_options()("help", "show help")("version", "show the version");
    return options;
}

struct program_command {
    char const* name;
    char const* summary;
    exit_code (*run)(std::vector<std::string> const& words);
};

#ifndef TESTMON_WITH_DATABASE
exit_code database(std::vector<std::string> const&)
{
    throw usage_error("this testmon was built without the database");
}
#endif

// One without a summary is not listed.
constexpr program_command commands[] = {
    {"coordinate", "Take part in a run as its controller or as a worker.", coordinate},
#ifdef TESTMON_WITH_DATABASE
    {"database", "Show what is recorded of the tests, and look after the file that holds it.", database},
#else
    {"database", nullptr, database},
#endif
};

std::string commands_text()
{
    std::string text;
    for (auto const& one : commands) {
        if (one.summary != nullptr) {
            auto name = std::string(one.name);
            name.resize(sizeof("coordinate") - 1, ' ');
            text += "  " + name + "  " + one.summary + "\n";
        }
    }
    return text;
}

exit_code run(std::vector<std::string> const& words)
{
    auto const split = split_at_first_operand(words, program_options());
    auto const options = parse_words(split.before, program_options()).options;
    if (options.count("help") != 0) {
        std::cout << "Usage: testmon COMMAND ...\n\n"
                     "Parallel test runs that start from one prepared state.\n\n"
                     "Commands:\n"
                  << commands_text() << "\n"
                  << program_options() << "\n\"testmon COMMAND --help\" tells more of a command.\n";
        return exit_code::done;
    }
    if (options.count("version") != 0) {
        std::cout << "testmon " TESTMON_VERSION_STRING "\n";
        return exit_code::done;
    }
    if (split.from_there.empty()) {
        throw usage_error("a command is missing");
    }
    auto const& name = split.from_there.front();
    for (auto const& one : commands) {
        if (one.name == name) {
            return one.run({split.from_there.begin() + 1, split.from_there.end()});
        }
    }
    throw usage_error("\"" + name + "\" is no command");
}

// One line in one write, whatever the message holds: a reason or a name may have line ends, and two processes
// with the same standard error may complain at the same instant.
void complain(std::string text)
{
    for (char& c : text) {
        c = c == '\n' || c == '\r' ? ' ' : c;
    }
    std::cerr << "testmon: " + text + "\n";
}

} // namespace

int main(int argc, char** argv)
{
    auto result = exit_code::state;
    try {
        result = run({argv + 1, argv + argc});
        if (!std::cout.flush()) {
            complain("cannot write to standard output");
            result = exit_code::state;
        }
    } catch (usage_error const& e) {
        complain(std::string(e.what()) + "; see \"testmon --help\"");
        result = exit_code::usage;
    } catch (testmon::xdist_coordination::coordination_error const& e) {
        complain(e.what());
        result = exit_code_of(e.code());
#ifdef TESTMON_WITH_DATABASE
    } catch (testmon::database::database_error const& e) {
        complain(e.what());
        result = exit_code_of(e);
#endif
    } catch (std::exception const& e) {
        complain(e.what());
    }
    return static_cast<int>(result);
}
