// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "status_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace testmon::command
{

namespace
{

using xdist_coordination::coordination_status;
using xdist_coordination::process_liveness;
using stage = coordination_status::worker_stage;

std::string clock_time(double since)
{
    auto const seconds = static_cast<std::time_t>(since);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
    return text.data();
}

std::string since_text(double since, double now)
{
    auto const ago = std::max(0.0, std::floor(now - since));
    return "since " + clock_time(since) + " (" + std::to_string(static_cast<long long>(ago)) + " s)";
}

std::string process_text(std::int64_t pid, process_liveness liveness)
{
    if (pid <= 0) {
        return "process not known";
    }
    return "process " + std::to_string(pid) + " (" + to_string(liveness) + ")";
}

// A dead worker is what a person looks for first, whatever it had done before.
std::string worker_word(coordination_status::worker_status const& worker)
{
    bool const died = worker.liveness == process_liveness::dead && worker.stage != stage::left;
    return died ? "dead" : to_string(worker.stage);
}

std::string controller_text(coordination_status::controller_status const& controller, double now)
{
    std::string text = "controller: " + process_text(controller.pid, controller.liveness);
    if (controller.abort_reason) {
        text += ", aborted: " + *controller.abort_reason;
    } else if (!controller.published) {
        text += ", preparing";
    } else if (controller.native) {
        text += ", published generation " + std::to_string(controller.generation);
    } else {
        text += ", published without this library";
    }
    return text + ", " + since_text(controller.since, now) + "\n";
}

} // namespace

std::string status_text(coordination_status const& status, double now)
{
    std::string text = "run: " + status.directory + "\n";
    if (!status.controller) {
        return text + "controller: none\n";
    }
    text += controller_text(*status.controller, now);
    auto const count = [&](char const* word) {
        return std::to_string(std::count_if(status.workers.begin(), status.workers.end(),
                                            [&](auto const& worker) { return worker_word(worker) == word; }));
    };
    auto const expected = status.controller->expected_workers;
    text += "workers: " + std::to_string(status.acknowledged) +
            (expected == 0 ? "" : " of " + std::to_string(expected)) + " acknowledged; " + count("ready") +
            " ready, " + count("missing") + " missing, " + count("dead") + " dead, " + count("left") +
            " left\n";
    std::size_t width = 0;
    for (auto const& worker : status.workers) {
        width = std::max(width, worker.worker_id.size());
    }
    for (auto const& worker : status.workers) {
        // What became of a worker that has left is nobody's business.
        auto const process = worker.stage == stage::left ? "process " + std::to_string(worker.pid)
                                                         : process_text(worker.pid, worker.liveness);
        auto word = worker_word(worker);
        word.resize(std::max(word.size(), sizeof("missing") - 1), ' ');
        text += "  " + worker.worker_id + std::string(width - worker.worker_id.size(), ' ') + "  " + word +
                "  " + process + ", " + since_text(worker.since, now) + "\n";
    }
    if (expected > status.workers.size()) {
        text +=
            "  " + std::to_string(expected - status.workers.size()) + " more expected, not announced yet\n";
    }
    return text;
}

} // namespace testmon::command
