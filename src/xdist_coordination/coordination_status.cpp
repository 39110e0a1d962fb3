// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/xdist_coordination/coordination_status.hpp>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <utility>

namespace testmon::xdist_coordination
{

char const* to_string(process_liveness value) noexcept
{
    switch (value) {
    case process_liveness::alive:
        return "alive";
    case process_liveness::dead:
        return "dead";
    case process_liveness::unknown:
        break;
    }
    return "unknown";
}

char const* to_string(coordination_status::worker_stage value) noexcept
{
    switch (value) {
    case coordination_status::worker_stage::ready:
        return "ready";
    case coordination_status::worker_stage::left:
        return "left";
    case coordination_status::worker_stage::missing:
        break;
    }
    return "missing";
}

boost::json::object coordination_status::to_json() const
{
    boost::json::object document;
    document["directory"] = directory;
    if (controller) {
        boost::json::object entry;
        entry["pid"] = controller->pid;
        entry["liveness"] = to_string(controller->liveness);
        entry["published"] = controller->published;
        entry["native"] = controller->native;
        entry["since"] = controller->since;
        entry["generation"] = controller->generation;
        entry["expected_workers"] = controller->expected_workers;
        entry["aborted"] = controller->abort_reason ? boost::json::value(*controller->abort_reason) : nullptr;
        document["controller"] = std::move(entry);
    } else {
        document["controller"] = nullptr;
    }
    boost::json::array list;
    for (auto const& worker : workers) {
        boost::json::object entry;
        entry["worker_id"] = worker.worker_id;
        entry["pid"] = worker.pid;
        entry["liveness"] = to_string(worker.liveness);
        entry["stage"] = to_string(worker.stage);
        entry["since"] = worker.since;
        list.push_back(std::move(entry));
    }
    document["workers"] = std::move(list);
    document["acknowledged"] = acknowledged;
    return document;
}

} // namespace testmon::xdist_coordination
