// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/every_operation.hpp"

#include <chrono>

namespace testmon::test
{

namespace
{

using namespace xdist_coordination;
using manager = coordination_manager;
using code = boost::system::error_code;

wait_for_workers_options look_for_workers()
{
    wait_for_workers_options options;
    options.timeout = std::chrono::nanoseconds(0);
    return options;
}

wait_for_controller_options look_for_controller()
{
    wait_for_controller_options options;
    options.timeout = std::chrono::nanoseconds(0);
    return options;
}

constexpr unsigned first_line = __LINE__;

std::vector<manager_operation> make_operations()
{
    return {
        {"begin_run", [](manager& m) { m.begin_run(); },
         [](manager& m, code& ec, error_details* d) { m.begin_run(ec, d); }},
        {"write_controller_state", [](manager& m) { m.write_controller_state({}); },
         [](manager& m, code& ec, error_details* d) { m.write_controller_state({}, ec, d); }},
        {"wait_for_workers", [](manager& m) { m.wait_for_workers(1, look_for_workers()); },
         [](manager& m, code& ec, error_details* d) { m.wait_for_workers(1, look_for_workers(), ec, d); }},
        {"ready_workers", [](manager& m) { m.ready_workers(); },
         [](manager& m, code& ec, error_details* d) { m.ready_workers(ec, d); }},
        {"reset_worker_acknowledgments", [](manager& m) { m.reset_worker_acknowledgments(); },
         [](manager& m, code& ec, error_details* d) { m.reset_worker_acknowledgments(ec, d); }},
        {"abort", [](manager& m) { m.abort("why not"); },
         [](manager& m, code& ec, error_details* d) { m.abort("why not", ec, d); }},
        {"cleanup", [](manager& m) { m.cleanup(); },
         [](manager& m, code& ec, error_details* d) { m.cleanup(ec, d); }},
        {"read_controller_state", [](manager& m) { m.read_controller_state(); },
         [](manager& m, code& ec, error_details* d) { m.read_controller_state(ec, d); }},
        {"wait_for_controller", [](manager& m) { m.wait_for_controller("gw0", look_for_controller()); },
         [](manager& m, code& ec, error_details* d) {
             m.wait_for_controller("gw0", look_for_controller(), ec, d);
         }},
        {"acknowledge_worker_ready", [](manager& m) { m.acknowledge_worker_ready("gw0"); },
         [](manager& m, code& ec, error_details* d) { m.acknowledge_worker_ready("gw0", ec, d); }},
        {"leave", [](manager& m) { m.leave("gw0"); },
         [](manager& m, code& ec, error_details* d) { m.leave("gw0", ec, d); }},
        {"status", [](manager& m) { m.status(); },
         [](manager& m, code& ec, error_details* d) { m.status(ec, d); }},
    };
}

constexpr unsigned last_line = __LINE__;

} // namespace

std::vector<manager_operation> const& every_operation()
{
    static auto const all = make_operations();
    return all;
}

call_site place_of_every_operation()
{
    return {"every_operation.cpp", first_line, last_line};
}

} // namespace testmon::test
