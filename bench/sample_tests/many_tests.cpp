// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
//
// What bench_database_runner runs. The environment says how many tests there are, and whether they do
// anything: built once for each way in which an executable can be run by testmon.
#define BOOST_TEST_MODULE many_tests
#ifdef TESTMON_BENCH_HEADER_ONLY
#include <boost/test/included/unit_test.hpp>
#else
#include <boost/test/unit_test.hpp>
#endif

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

namespace
{

namespace ut = boost::unit_test;

char const* setting(char const* name)
{
    auto const* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

// The first test of a process appends when it has begun. The clock is that of all processes.
void tell_beginning()
{
    static std::string file = setting("TESTMON_BENCH_BEGINNINGS");
    if (file.empty()) {
        return;
    }
    auto const now = std::chrono::steady_clock::now().time_since_epoch();
    auto const line = std::to_string(std::chrono::nanoseconds(now).count()) + "\n";
    int const out = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    BOOST_TEST(::write(out, line.data(), line.size()) == static_cast<::ssize_t>(line.size()));
    ::close(out);
    file.clear();
}

struct many_tests {
    many_tests()
    {
        constexpr int in_suite = 100;
        auto const count = std::atoi(setting("TESTMON_BENCH_TESTS"));
        bool const sleeps = *setting("TESTMON_BENCH_SLEEPING") != '\0';
        ut::test_suite* suite = nullptr;
        for (int i = 0; i < count; ++i) {
            if (i % in_suite == 0) {
                suite = new ut::test_suite("suite_" + std::to_string(i / in_suite), __FILE__, __LINE__);
                ut::framework::current_auto_test_suite().add(suite);
            }
            // A permutation of 1 ms to `count` ms, as long as that has not 73 as a factor.
            std::chrono::milliseconds const length(sleeps ? 1 + i * 73 % count : 0);
            suite->add(ut::make_test_case([length] { run(length); },
                                          "a_test_with_a_name_of_usual_length_" + std::to_string(i), __FILE__,
                                          static_cast<std::size_t>(i)));
        }
    }

    static void run(std::chrono::milliseconds length)
    {
        tell_beginning();
        if (length.count() != 0) {
            std::this_thread::sleep_for(length);
        }
        BOOST_TEST(length.count() >= 0);
    }
};

many_tests const registered;

} // namespace
