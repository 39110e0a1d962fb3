// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "command_line.hpp"
#include "coordinate.hpp"
#include "exit_code.hpp"

#ifdef TESTMON_WITH_DATABASE
#include "database.hpp"
#include "database_exit_code.hpp"
#include "run.hpp"
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
    int (*run)(std::vector<std::string> const& words);
};

using words = std::vector<std::string> const&;

#ifndef TESTMON_WITH_DATABASE
exit_code database(words)
{
    throw usage_error("this testmon was built without the database");
}
int run_tests(words)
{
    throw usage_error("this testmon was built without the database, which a run needs");
}
#endif

int run_coordinate(words given)
{
    return static_cast<int>(coordinate(given));
}

int run_database(words given)
{
    return static_cast<int>(database(given));
}

// One without a summary is not listed.
constexpr program_command commands[] = {
#ifdef TESTMON_WITH_DATABASE
    {"run", "Run the tests of a Boost.Test executable on several workers.", run_tests},
    {"database", "Show what is recorded of the tests, and look after the file that holds it.", run_database},
#else
    {"run", nullptr, run_tests},
    {"database", nullptr, run_database},
#endif
    {"coordinate", "Take part in a run as its controller or as a worker.", run_coordinate},
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

// `help` is set to the command that tells of what was given.
int run(words given, std::string& help)
{
    auto const split = split_at_first_operand(given, program_options());
    auto const options = parse_words(split.before, program_options()).options;
    if (options.count("help") != 0) {
        std::cout << "Usage: testmon COMMAND ...\n\n"
                     "Parallel test runs that start from one prepared state.\n\n"
                     "Commands:\n"
                  << commands_text() << "\n"
                  << program_options() << "\n\"testmon COMMAND --help\" tells more of a command.\n";
        return static_cast<int>(exit_code::done);
    }
    if (options.count("version") != 0) {
        std::cout << "testmon " TESTMON_VERSION_STRING "\n";
        return static_cast<int>(exit_code::done);
    }
    if (split.from_there.empty()) {
        throw usage_error("a command is missing");
    }
    auto const& name = split.from_there.front();
    for (auto const& one : commands) {
        if (one.name == name) {
            help = "testmon " + name + " --help";
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
    auto trouble = exit_code::state;
    std::string help = "testmon --help";
    try {
        int const result = run({argv + 1, argv + argc}, help);
        if (std::cout.flush()) {
            return result;
        }
        complain("cannot write to standard output");
    } catch (usage_error const& e) {
        complain(std::string(e.what()) + "; see \"" + help + '"');
        trouble = exit_code::usage;
    } catch (testmon::xdist_coordination::coordination_error const& e) {
        complain(e.what());
        trouble = exit_code_of(e.code());
#ifdef TESTMON_WITH_DATABASE
    } catch (testmon::database::database_error const& e) {
        complain(e.what());
        trouble = exit_code_of(e);
#endif
    } catch (std::exception const& e) {
        complain(e.what());
    }
    return static_cast<int>(trouble);
}
