// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "failpoint.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace testmon::xdist_coordination
{

namespace
{

struct armed_step {
    std::string step;
    unsigned long at = 1; // 0: every time
    std::string action;
    std::atomic<unsigned long> reached{0};

    armed_step(std::string_view name, std::string_view when, std::string_view what) : step(name), action(what)
    {
        if (!when.empty()) {
            at = when == "every" ? 0 : std::strtoul(std::string(when).c_str(), nullptr, 10);
        }
    }
};

// Leaked on purpose: steps are reached until the process ends.
std::vector<armed_step*> const& armed_steps()
{
    static auto const* const steps = [] {
        auto* result = new std::vector<armed_step*>;
        char const* const variable = ::secure_getenv("TESTMON_XDIST_FAILPOINT");
        std::string_view rest = variable == nullptr ? "" : variable;
        while (!rest.empty()) {
            auto const item = rest.substr(0, rest.find(','));
            rest.remove_prefix(item.size() < rest.size() ? item.size() + 1 : rest.size());
            auto const equals = item.find('=');
            if (equals == std::string_view::npos) {
                continue;
            }
            auto const where = item.substr(0, equals);
            auto const at = where.find('@');
            result->push_back(new armed_step(where.substr(0, at),
                                             at == std::string_view::npos ? "" : where.substr(at + 1),
                                             item.substr(equals + 1)));
        }
        return result;
    }();
    return *steps;
}

} // namespace

int failpoint(char const* step) noexcept
{
    for (auto* const armed : armed_steps()) {
        if (armed->step != step && armed->step != "any") {
            continue;
        }
        auto const count = ++armed->reached;
        if (armed->at != 0 && armed->at != count) {
            continue;
        }
        if (armed->action == "kill") {
            ::kill(::getpid(), SIGKILL);
        } else if (armed->action == "stop") {
            ::kill(::getpid(), SIGSTOP);
        } else {
            return std::atoi(armed->action.c_str());
        }
    }
    return 0;
}

} // namespace testmon::xdist_coordination
