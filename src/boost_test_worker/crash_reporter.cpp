// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "crash_reporter.hpp"

#include <boost/test/unit_test_log_formatter.hpp>

#include <algorithm>
#include <csignal>
#include <cstring>

namespace testmon::boost_test
{

namespace
{

// What a signal handler needs cannot be handed to it.
channel* runner_of_signals = nullptr;
boost::unit_test::log_checkpoint_data const* last_checkpoint = nullptr;
std::uint32_t volatile running_test = no_case;

constexpr int fatal_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTERM};

// The message is put together by hand: the process may have died in the middle of an allocation.
void report(std::uint32_t signal) noexcept
{
    constexpr std::size_t longest_path = 1024;
    char bytes[sizeof(std::uint32_t) * 4 + 1 + longest_path + sizeof(std::uint64_t)];
    char* end = bytes + sizeof(std::uint32_t);
    auto const append = [&end](void const* data, std::size_t size) {
        std::memcpy(end, data, size);
        end += size;
    };
    auto const type = message_type::dying;
    std::uint32_t const test = running_test;
    std::uint32_t path_size = 0;
    std::uint64_t line = 0;
    char const* path = "";
    if (last_checkpoint != nullptr && !last_checkpoint->m_file_name.is_empty()) {
        path = last_checkpoint->m_file_name.begin();
        path_size = static_cast<std::uint32_t>(std::min(last_checkpoint->m_file_name.size(), longest_path));
        line = last_checkpoint->m_line_num;
    }
    append(&type, sizeof type);
    append(&test, sizeof test);
    append(&signal, sizeof signal);
    append(&path_size, sizeof path_size);
    append(path, path_size);
    append(&line, sizeof line);
    auto const size =
        static_cast<std::uint32_t>(end - bytes - static_cast<std::ptrdiff_t>(sizeof(std::uint32_t)));
    std::memcpy(bytes, &size, sizeof size);
    runner_of_signals->send_now(bytes, static_cast<std::size_t>(end - bytes));
}

// It was installed with SA_RESETHAND: what comes next kills. A fault comes again by itself, the rest is
// raised.
void on_fatal_signal(int number)
{
    if (!is_forked_copy()) {
        report(static_cast<std::uint32_t>(number));
    }
    ::raise(number);
}

} // namespace

crash_reporter::crash_reporter(channel& runner)
{
    runner_of_signals = &runner;
}

crash_reporter::~crash_reporter()
{
    if (running_test != no_case && !is_forked_copy()) {
        report(0);
    }
}

void crash_reporter::watch_signals(boost::unit_test::log_checkpoint_data const* checkpoint)
{
    last_checkpoint = checkpoint;
    struct ::sigaction ours {
    };
    ours.sa_handler = on_fatal_signal;
    ours.sa_flags = static_cast<int>(SA_RESETHAND | SA_ONSTACK);
    ::sigemptyset(&ours.sa_mask);
    for (int const number : fatal_signals) {
        struct ::sigaction theirs {
        };
        if (::sigaction(number, nullptr, &theirs) == 0 && theirs.sa_handler == SIG_DFL) {
            ::sigaction(number, &ours, nullptr);
        }
    }
}

void crash_reporter::test_begins(std::uint32_t number) noexcept
{
    running_test = number;
}

void crash_reporter::test_ends() noexcept
{
    running_test = no_case;
}

} // namespace testmon::boost_test
