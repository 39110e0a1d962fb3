// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Behaves as the variable TESTMON_SAMPLE_WAY says.
#define BOOST_TEST_DYN_LINK
#define BOOST_TEST_NO_MAIN
#define BOOST_TEST_ALTERNATIVE_INIT_API
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace utf = boost::unit_test;

namespace
{

std::string variable(char const* name)
{
    auto const* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

[[noreturn]] void hang()
{
    for (;;) {
        ::pause();
    }
}

// What goes wrong before main().
struct before_main {
    before_main()
    {
        auto const way = variable("TESTMON_SAMPLE_WAY");
        if (way == "exit before main") {
            std::cerr << "no licence\nfor this\tprogram\n";
            ::_exit(3);
        }
        if (way == "exit with 0 before main") {
            std::cerr << "nothing to do\n";
            ::_exit(0);
        }
        if (way == "long complaint") {
            for (int i = 0; i < 1000; ++i) {
                std::cerr << "complaint " << i << '\n';
            }
            ::_exit(4);
        }
        if (way == "crash") {
            std::cerr << "about to crash\n";
            std::signal(SIGSEGV, SIG_DFL);
            std::raise(SIGSEGV);
        }
        if (way == "hang") {
            hang();
        }
        if (way == "close standard error and hang") {
            ::close(STDERR_FILENO);
            hang();
        }
        if (way == "flood") {
            std::array<char, 65536> noise{};
            noise.fill('x');
            while (::write(STDERR_FILENO, noise.data(), noise.size()) > 0) {
            }
        }
        if (way == "noise") {
            std::cout << "digraph G {rankdir=LR;\n" << std::flush;
            std::cerr << "digraph G {rankdir=LR;\nown -> graph;\n}\nand no end of line";
        }
    }
} const first_of_all;

void at_the_end()
{
    auto const way = variable("TESTMON_SAMPLE_WAY");
    if (way == "noise") {
        std::cerr << "no leaks\n}\n}\n";
    }
    if (way == "hang at the end") {
        hang();
    }
    if (way == "fail at the end") {
        std::cerr << "leaks\n";
        ::_exit(23);
    }
}

// A process that keeps standard error open. It ends with its process group, or when the pipe at
// TESTMON_SAMPLE_PIPE, which the test holds, ends.
void leave_a_process(bool in_own_session)
{
    if (auto const child = ::fork(); child != 0) {
        // Until it has its session, it would end with this process' group.
        while (in_own_session && ::getsid(child) != child) {
        }
        return;
    }
    if (in_own_session) {
        ::setsid();
    }
    char byte = 0;
    while (::read(std::stoi(variable("TESTMON_SAMPLE_PIPE")), &byte, 1) > 0) {
    }
    ::_exit(0);
}

std::string descriptors()
{
    std::vector<int> open;
    auto* const directory = ::opendir("/proc/self/fd");
    while (auto const* entry = ::readdir(directory)) {
        int const number = std::atoi(entry->d_name);
        if (entry->d_name[0] != '.' && number != ::dirfd(directory)) {
            open.push_back(number);
        }
    }
    ::closedir(directory);
    std::sort(open.begin(), open.end());
    std::string text;
    for (int const number : open) {
        text += " " + std::to_string(number);
    }
    return text;
}

bool is_dev_null(int descriptor)
{
    struct ::stat opened {
    };
    struct ::stat null {
    };
    return ::fstat(descriptor, &opened) == 0 && ::stat("/dev/null", &null) == 0 &&
           opened.st_rdev == null.st_rdev && S_ISCHR(opened.st_mode);
}

// What it was started with, as names of tests.
void add_surroundings(std::vector<std::string>& names)
{
    char byte = 0;
    names.push_back("input: " + std::to_string(::read(STDIN_FILENO, &byte, 1)));
    names.emplace_back(is_dev_null(STDIN_FILENO) ? "input is null" : "input is something");
    names.emplace_back(is_dev_null(STDOUT_FILENO) ? "output is null" : "output is something");
    names.push_back("descriptors:" + descriptors());
    names.emplace_back(::getpgrp() == ::getpid() ? "own group" : "another's group");
    ::sigset_t blocked;
    ::sigprocmask(SIG_BLOCK, nullptr, &blocked);
    names.emplace_back(::sigisemptyset(&blocked) != 0 ? "no signal blocked" : "a signal blocked");
    for (int const number : {SIGPIPE, SIGCHLD}) {
        struct ::sigaction action {
        };
        ::sigaction(number, nullptr, &action);
        names.emplace_back(std::to_string(number) +
                           (action.sa_handler == SIG_DFL ? " has its default" : " has a handler"));
    }
    std::array<char, 4096> directory{};
    names.push_back(std::string("in ") + ::getcwd(directory.data(), directory.size()));
    for (char** entry = environ; *entry != nullptr; ++entry) {
        std::string const text = *entry;
        if (text.rfind("BOOST_TEST_", 0) == 0) {
            names.push_back(text);
        }
    }
}

bool init()
{
    auto const way = variable("TESTMON_SAMPLE_WAY");
    auto& master = utf::framework::master_test_suite();
    std::vector<std::string> names{"a test"};
    if (way == "leave a process") {
        leave_a_process(false);
    } else if (way == "leave a process in a session") {
        leave_a_process(true);
    } else if (way == "surroundings") {
        add_surroundings(names);
    } else if (way == "throw") {
        throw std::runtime_error("no database");
    } else if (way == "arguments") {
        names.assign(master.argv + 1, master.argv + master.argc);
    }
    for (auto const& name : names) {
        master.add(new utf::test_case(name, [] {}));
    }
    return true;
}

} // namespace

int main(int argc, char* argv[])
{
    std::atexit(&at_the_end);
    return utf::unit_test_main(&init, argc, argv);
}
