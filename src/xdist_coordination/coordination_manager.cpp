// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/xdist_coordination/coordination_manager.hpp>

#include "backend.hpp"
#include "directory_backend.hpp"
#include "rendezvous.hpp"
#include "worker_wait.hpp"

#include <boost/filesystem/operations.hpp>

#include <utility>

namespace testmon::xdist_coordination
{

namespace
{

// The form of an operation that reports through an error_code: runs the throwing one and takes down what it
// throws.
template <typename Operation>
auto report(boost::system::error_code& ec, error_details* details, Operation operation)
    -> decltype(operation())
{
    ec.clear();
    if (details != nullptr) {
        *details = {};
    }
    try {
        return operation();
    } catch (coordination_error const& e) {
        ec = e.code();
        if (details != nullptr) {
            *details = e.details();
        }
    }
    return decltype(operation())();
}

// The form that throws: the error gets the place of the call that the user wrote.
template <typename Operation>
auto locate(boost::source_location const& where, Operation operation) -> decltype(operation())
{
    try {
        return operation();
    } catch (coordination_error const& e) {
        throw_coordination_error(e.code(), e.details(), where);
    }
}

std::unique_ptr<backend> make_backend(boost::filesystem::path const& root, xdist_config config,
                                      manager_options options)
{
    config.validate();
    if (!options.log && config.debug) {
        options.log = standard_error_log(log_level::debug);
    }
    // Absolute, so that a test that changes the working directory stays in its run.
    auto const directory = boost::filesystem::absolute(root);
    auto result = std::make_unique<directory_backend>(directory, std::move(config), options.acting_for,
                                                      std::move(options.log));
    for (auto const& name : result->config().unknown_variables) {
        result->debug("the environment variable " + name + " is not known");
    }
    return result;
}

void abort_run(backend& where, std::string const& reason)
{
    if (reason.empty()) {
        error_details details;
        details.message = "the reason of an abort is empty; allowed is any text that says why";
        throw_coordination_error(errc::invalid_argument, std::move(details));
    }
    where.publish({}, &reason);
}

void acknowledge(backend& where, std::string_view worker_id, coordination_state const& state)
{
    require_valid_worker_id(worker_id);
    where.acknowledge(worker_id, state, where.now() + where.config().worker_timeout);
}

void acknowledge_published(backend& where, std::string_view worker_id)
{
    require_valid_worker_id(worker_id); // before anything is read
    acknowledge(where, worker_id, read_controller_state(where));
}

} // namespace

coordination_manager::coordination_manager(boost::filesystem::path const& root)
    : coordination_manager(root, xdist_config::from_environment())
{
}

coordination_manager::coordination_manager(boost::filesystem::path const& root, xdist_config config,
                                           manager_options options)
    : backend_(make_backend(root, std::move(config), std::move(options)))
{
}

coordination_manager::~coordination_manager() = default;
coordination_manager::coordination_manager(coordination_manager&&) noexcept = default;
coordination_manager& coordination_manager::operator=(coordination_manager&&) noexcept = default;

xdist_config const& coordination_manager::config() const noexcept
{
    return backend_->config();
}

boost::filesystem::path const& coordination_manager::directory() const noexcept
{
    return backend_->directory();
}

void coordination_manager::begin_run(boost::source_location const& where)
{
    return locate(where, [&] { return backend_->begin_run(); });
}

void coordination_manager::begin_run(boost::system::error_code& ec, error_details* details)
{
    return report(ec, details, [&] { return begin_run(); });
}

coordination_state coordination_manager::write_controller_state(state_data const& data,
                                                                boost::source_location const& where)
{
    return locate(where, [&] { return backend_->publish(data, nullptr); });
}

coordination_state coordination_manager::write_controller_state(state_data const& data,
                                                                boost::system::error_code& ec,
                                                                error_details* details)
{
    return report(ec, details, [&] { return write_controller_state(data); });
}

std::size_t coordination_manager::wait_for_workers(std::size_t count, wait_for_workers_options const& options,
                                                   boost::source_location const& where)
{
    return locate(where, [&] { return xdist_coordination::wait_for_workers(*backend_, count, options); });
}

std::size_t coordination_manager::wait_for_workers(std::size_t count, wait_for_workers_options const& options,
                                                   boost::system::error_code& ec, error_details* details)
{
    return report(ec, details, [&] { return wait_for_workers(count, options); });
}

std::vector<std::string> coordination_manager::ready_workers(boost::source_location const& where)
{
    return locate(where, [&] { return xdist_coordination::ready_workers(*backend_); });
}

std::vector<std::string> coordination_manager::ready_workers(boost::system::error_code& ec,
                                                             error_details* details)
{
    return report(ec, details, [&] { return ready_workers(); });
}

void coordination_manager::reset_worker_acknowledgments(boost::source_location const& where)
{
    return locate(where, [&] { return backend_->reset_acknowledgments(); });
}

void coordination_manager::reset_worker_acknowledgments(boost::system::error_code& ec, error_details* details)
{
    return report(ec, details, [&] { return reset_worker_acknowledgments(); });
}

void coordination_manager::abort(std::string const& reason, boost::source_location const& where)
{
    return locate(where, [&] { return abort_run(*backend_, reason); });
}

void coordination_manager::abort(std::string const& reason, boost::system::error_code& ec,
                                 error_details* details)
{
    return report(ec, details, [&] { return abort(reason); });
}

void coordination_manager::cleanup(boost::source_location const& where)
{
    return locate(where, [&] { return backend_->cleanup(); });
}

void coordination_manager::cleanup(boost::system::error_code& ec, error_details* details)
{
    return report(ec, details, [&] { return cleanup(); });
}

coordination_state coordination_manager::read_controller_state(boost::source_location const& where)
{
    return locate(where, [&] { return xdist_coordination::read_controller_state(*backend_); });
}

coordination_state coordination_manager::read_controller_state(boost::system::error_code& ec,
                                                               error_details* details)
{
    return report(ec, details, [&] { return read_controller_state(); });
}

coordination_state coordination_manager::wait_for_controller(std::string_view worker_id,
                                                             wait_for_controller_options const& options,
                                                             boost::source_location const& where)
{
    return locate(where,
                  [&] { return xdist_coordination::wait_for_controller(*backend_, worker_id, options); });
}

coordination_state coordination_manager::wait_for_controller(std::string_view worker_id,
                                                             wait_for_controller_options const& options,
                                                             boost::system::error_code& ec,
                                                             error_details* details)
{
    return report(ec, details, [&] { return wait_for_controller(worker_id, options); });
}

void coordination_manager::acknowledge_worker_ready(std::string_view worker_id,
                                                    boost::source_location const& where)
{
    return locate(where, [&] { return acknowledge_published(*backend_, worker_id); });
}

void coordination_manager::acknowledge_worker_ready(std::string_view worker_id, boost::system::error_code& ec,
                                                    error_details* details)
{
    return report(ec, details, [&] { return acknowledge_worker_ready(worker_id); });
}

void coordination_manager::acknowledge_worker_ready(std::string_view worker_id,
                                                    coordination_state const& state,
                                                    boost::source_location const& where)
{
    return locate(where, [&] { return acknowledge(*backend_, worker_id, state); });
}

void coordination_manager::acknowledge_worker_ready(std::string_view worker_id,
                                                    coordination_state const& state,
                                                    boost::system::error_code& ec, error_details* details)
{
    return report(ec, details, [&] { return acknowledge_worker_ready(worker_id, state); });
}

void coordination_manager::leave(std::string_view worker_id, boost::source_location const& where)
{
    return locate(where, [&] {
        require_valid_worker_id(worker_id);
        backend_->leave(worker_id);
    });
}

void coordination_manager::leave(std::string_view worker_id, boost::system::error_code& ec,
                                 error_details* details)
{
    return report(ec, details, [&] { return leave(worker_id); });
}

coordination_status coordination_manager::status(boost::source_location const& where)
{
    return locate(where, [&] { return read_status(*backend_); });
}

coordination_status coordination_manager::status(boost::system::error_code& ec, error_details* details)
{
    return report(ec, details, [&] { return status(); });
}

bool coordination_manager::wait_for_change(coordination_status const& seen, std::chrono::nanoseconds timeout,
                                           wait_cancellation const* cancellation,
                                           boost::source_location const& where)
{
    return locate(
        where, [&] { return xdist_coordination::wait_for_change(*backend_, seen, timeout, cancellation); });
}

} // namespace testmon::xdist_coordination
