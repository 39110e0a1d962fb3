// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/sleeping_process.hpp"

#include "support/foreign_state.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include <sys/syscall.h>
#include <sys/wait.h>

namespace testmon::test
{

void wait_until_asleep(child_process const& process)
{
    auto const file = "/proc/" + std::to_string(process.pid()) + "/syscall";
    auto const sleeping = std::to_string(SYS_ppoll) + " ";
    for (auto const end = std::chrono::steady_clock::now() + child_process::patience;
         std::chrono::steady_clock::now() < end && !process.has_ended(); std::this_thread::yield()) {
        auto const text = text_of(file);
        if (text.empty() || text.compare(0, sleeping.size(), sleeping) == 0) {
            return;
        }
    }
    throw std::runtime_error("process " + std::to_string(process.pid()) +
                             " does not come to wait; its errors: " + process.errors());
}

void wait_until_stopped(child_process const& process)
{
    ::siginfo_t info{};
    constexpr int what = WSTOPPED | WEXITED | WNOWAIT;
    if (::waitid(P_PID, static_cast<::id_t>(process.pid()), &info, what) != 0 ||
        info.si_code != CLD_STOPPED) {
        throw std::runtime_error("process " + std::to_string(process.pid()) + " was not stopped");
    }
}

std::uint64_t times_asleep(child_process const& process)
{
    std::string const name = "\nvoluntary_ctxt_switches:";
    auto const status = text_of("/proc/" + std::to_string(process.pid()) + "/status");
    auto const place = status.find(name);
    return place == std::string::npos ? 0 : std::stoull(status.substr(place + name.size()));
}

} // namespace testmon::test
