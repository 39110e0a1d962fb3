// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// Each misbehaviour is a test of its own, in a suite with innocent ones around it, which record that they
// have run, and fail if the surroundings are not what they were at the start.
#define BOOST_TEST_MODULE torture
#include "boost_test.hpp"

#include "record.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <thread>

#include <sys/stat.h>

namespace utf = boost::unit_test;

namespace
{

std::string working_directory()
{
    char path[PATH_MAX] = "";
    return ::getcwd(path, sizeof path) == nullptr ? "" : path;
}

std::string const first_directory = working_directory();

void be_innocent()
{
    sample::record(utf::framework::current_test_case().full_name());
    BOOST_TEST(working_directory() == first_directory);
    ::sigset_t blocked;
    ::sigprocmask(SIG_SETMASK, nullptr, &blocked);
    for (int const number : {SIGTERM, SIGUSR1, SIGCHLD}) {
        BOOST_TEST(::sigismember(&blocked, number) == 0);
    }
    for (int const descriptor : {0, 1, 2}) {
        BOOST_TEST(::fcntl(descriptor, F_GETFD) >= 0);
    }
    std::cout << "said by an innocent one" << std::endl;
    BOOST_TEST(std::cout.good());
}

void close_from(int first)
{
    for (int descriptor = first; descriptor < 4096; ++descriptor) {
        ::close(descriptor);
    }
}

[[noreturn]] void hang()
{
    for (;;) {
        ::pause();
    }
}

// A frame that is used after the call, so that it is not made a loop.
int recurse(int depth) // NOLINT
{
    char volatile frame[4096];
    frame[0] = static_cast<char>(depth);
    int const below = depth < 0 ? 0 : recurse(depth + 1);
    return below + frame[0];
}

} // namespace

// A misbehaviour between two innocent tests.
#define MISBEHAVIOUR(name)                                                                                   \
    BOOST_AUTO_TEST_SUITE(name)                                                                              \
    BOOST_AUTO_TEST_CASE(before)                                                                             \
    {                                                                                                        \
        be_innocent();                                                                                       \
    }                                                                                                        \
    void misbehave();                                                                                        \
    BOOST_AUTO_TEST_CASE(itself)                                                                             \
    {                                                                                                        \
        sample::record(utf::framework::current_test_case().full_name());                                     \
        BOOST_TEST_CHECKPOINT("about to misbehave");                                                         \
        std::cout << "last words of " #name << std::endl;                                                    \
        misbehave();                                                                                         \
    }                                                                                                        \
    BOOST_AUTO_TEST_CASE(after)                                                                              \
    {                                                                                                        \
        be_innocent();                                                                                       \
    }                                                                                                        \
    BOOST_AUTO_TEST_SUITE_END()                                                                              \
    void name::misbehave()

MISBEHAVIOUR(reads_nowhere)
{
    int const volatile* volatile nowhere = nullptr;
    BOOST_TEST(*nowhere == 0);
}

MISBEHAVIOUR(aborts)
{
    std::abort();
}

MISBEHAVIOUR(divides)
{
    ::raise(SIGFPE);
}

MISBEHAVIOUR(kills_itself)
{
    ::raise(SIGKILL);
}

MISBEHAVIOUR(recurses)
{
    BOOST_TEST(recurse(1) == 0);
}

MISBEHAVIOUR(throws_in_a_thread)
{
    std::thread([] { throw 1; }).join();
}

MISBEHAVIOUR(exits_with_0)
{
    std::exit(0);
}

MISBEHAVIOUR(exits_with_3)
{
    std::exit(3);
}

MISBEHAVIOUR(exits_at_once)
{
    ::_exit(0);
}

MISBEHAVIOUR(closes_others)
{
    close_from(3);
}

MISBEHAVIOUR(closes_all)
{
    close_from(0);
}

MISBEHAVIOUR(closes_output)
{
    ::close(STDOUT_FILENO);
    std::cout << "to nobody" << std::endl;
}

MISBEHAVIOUR(writes_everywhere)
{
    std::string const nonsense(64, '\x7f');
    for (int descriptor = 3; descriptor < 4096; ++descriptor) {
        if (::write(descriptor, nonsense.data(), nonsense.size()) < 0) {
            continue;
        }
    }
}

MISBEHAVIOUR(leaves_a_child)
{
    if (::fork() == 0) {
        hang();
    }
}

MISBEHAVIOUR(leaves_a_daemon)
{
    auto const child = ::fork();
    if (child == 0) {
        ::setsid();
        if (::fork() == 0) {
            hang();
        }
        ::_exit(0);
    }
}

MISBEHAVIOUR(kills_its_parent)
{
    ::kill(::getppid(), SIGKILL);
    hang(); // it does not outlive it
}

MISBEHAVIOUR(returns_twice)
{
    if (::fork() == 0) {
        std::cout << "this is the copy" << std::endl;
    }
}

MISBEHAVIOUR(throws_in_a_copy)
{
    if (::fork() == 0) {
        BOOST_TEST_REQUIRE(1 == 2);
    }
}

MISBEHAVIOUR(exits_in_a_copy)
{
    if (::fork() == 0) {
        std::exit(5);
    }
}

MISBEHAVIOUR(blocks_signals)
{
    ::sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, nullptr);
}

MISBEHAVIOUR(goes_elsewhere)
{
    BOOST_TEST(::chdir("/") == 0);
}

MISBEHAVIOUR(goes_where_nothing_is)
{
    char name[] = "/tmp/sample-XXXXXX";
    BOOST_TEST_REQUIRE(::mkdtemp(name) != nullptr);
    BOOST_TEST(::chdir(name) == 0);
    BOOST_TEST(::rmdir(name) == 0);
}

MISBEHAVIOUR(redirects_output)
{
    BOOST_TEST_REQUIRE(std::freopen("/dev/null", "w", stdout) != nullptr);
}

MISBEHAVIOUR(writes_100_mb)
{
    std::string const line(1023, 'x');
    for (int i = 0; i < 100 * 1024; ++i) {
        std::cout << line << '\n';
    }
    std::cout << "the very end" << std::endl;
    BOOST_TEST(1 == 2);
}

// The next two need --timeout.
MISBEHAVIOUR(hangs)
{
    hang();
}

MISBEHAVIOUR(hangs_in_earnest)
{
    ::signal(SIGTERM, SIG_IGN);
    hang();
}

BOOST_AUTO_TEST_SUITE(too_long)

BOOST_AUTO_TEST_CASE(before)
{
    be_innocent();
}

BOOST_AUTO_TEST_CASE(itself, *utf::timeout(1))
{
    sample::record("too_long/itself");
    hang();
}

BOOST_AUTO_TEST_CASE(after)
{
    be_innocent();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(crowd)

BOOST_DATA_TEST_CASE(of_innocent_ones, utf::data::xrange(100))
{
    BOOST_TEST(sample >= 0);
    be_innocent();
}

BOOST_AUTO_TEST_SUITE_END()
