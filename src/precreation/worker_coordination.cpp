// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/precreation/worker_coordination.hpp>

#include "published_tests.hpp"

#include <testmon/xdist_coordination/coordination_error.hpp>

#include <chrono>
#include <stdexcept>
#include <utility>

namespace testmon::precreation
{

namespace xdist = xdist_coordination;

namespace
{

[[noreturn]] void refuse(xdist::coordination_manager const& manager, xdist::coordination_state const& state,
                         std::string const& what)
{
    xdist::error_details details;
    details.path = manager.directory().native();
    details.operation = "read";
    details.pid = state.controller_pid();
    details.message = "the state in " + details.path + " is of a controller without a database: " + what;
    xdist::throw_coordination_error(xdist::errc::invalid_state, std::move(details));
}

// What the controller_precreation of the other side publishes, and any other controller need not.
void check(xdist::coordination_manager const& manager, xdist::coordination_state const& state)
{
    if (state.database_path().empty()) {
        refuse(manager, state, "\"database_path\" is empty");
    }
    auto const* run = state.extra().if_contains(run_id_key);
    if (run == nullptr || !run->is_int64()) {
        refuse(manager, state, std::string("\"") + run_id_key + "\" is not a whole number");
    }
    auto const* elsewhere = state.extra().if_contains(in_database_key);
    if (elsewhere == nullptr || !elsewhere->is_bool()) {
        refuse(manager, state, std::string("\"") + in_database_key + "\" is neither true nor false");
    }
}

} // namespace

struct worker_coordination::impl {
    impl(boost::filesystem::path const& root, std::string id, xdist::xdist_config config,
         xdist::manager_options options)
        : manager(root, std::move(config), std::move(options)), worker_id(std::move(id))
    {
        if (!xdist::is_valid_id(worker_id)) {
            xdist::error_details details;
            details.message =
                "the worker id is \"" + worker_id + "\"; allowed is [A-Za-z0-9][A-Za-z0-9_.-]{0,63}";
            xdist::throw_coordination_error(xdist::errc::invalid_argument, std::move(details));
        }
    }

    xdist::coordination_state const& ready_state() const
    {
        if (!state) {
            throw std::logic_error(
                "the worker is not initialized: wait_and_initialize has not returned a state");
        }
        return *state;
    }

    database::read_only_database open() const
    {
        return database::read_only_database(
            ready_state().database_path(),
            std::chrono::duration_cast<std::chrono::milliseconds>(manager.config().worker_timeout));
    }

    xdist::coordination_manager manager;
    std::string worker_id;
    std::optional<xdist::coordination_state> state{};
    std::optional<database::read_only_database> for_look_ups{};
};

worker_coordination::worker_coordination(boost::filesystem::path const& root, std::string worker_id)
    : worker_coordination(root, std::move(worker_id), xdist::xdist_config::from_environment())
{
}

worker_coordination::worker_coordination(boost::filesystem::path const& root, std::string worker_id,
                                         xdist::xdist_config config, xdist::manager_options options)
    : impl_(std::make_unique<impl>(root, std::move(worker_id), std::move(config), std::move(options)))
{
}

worker_coordination::~worker_coordination() = default;
worker_coordination::worker_coordination(worker_coordination&&) noexcept = default;
worker_coordination& worker_coordination::operator=(worker_coordination&&) noexcept = default;

bool worker_coordination::is_enabled() const noexcept
{
    return impl_->manager.config().controller_precreation;
}

std::optional<xdist::coordination_state>
worker_coordination::wait_and_initialize(xdist::wait_for_controller_options const& options)
{
    if (!is_enabled()) {
        return std::nullopt;
    }
    auto state = impl_->manager.wait_for_controller(impl_->worker_id, options);
    check(impl_->manager, state);
    impl_->for_look_ups.reset();
    impl_->state = std::move(state);
    return impl_->state;
}

bool worker_coordination::is_ready() const noexcept
{
    return impl_->state.has_value();
}

std::int64_t worker_coordination::environment_id() const
{
    return impl_->ready_state().environment_id();
}

boost::filesystem::path worker_coordination::database_path() const
{
    return impl_->ready_state().database_path();
}

std::int64_t worker_coordination::run_id() const
{
    return impl_->ready_state().extra().at(run_id_key).as_int64();
}

std::optional<std::int64_t> worker_coordination::precreated(std::string_view key) const
{
    auto const& state = impl_->ready_state();
    if (state.extra().at(in_database_key).as_bool()) {
        if (!impl_->for_look_ups) {
            impl_->for_look_ups = impl_->open();
        }
        return impl_->for_look_ups->find_test(state.environment_id(), key);
    }
    auto const* entries = state.precreated_entries().if_object();
    auto const* found = entries == nullptr ? nullptr : entries->if_contains(key);
    return found != nullptr && found->is_int64() ? std::optional(found->get_int64()) : std::nullopt;
}

database::read_only_database worker_coordination::open_database() const
{
    return impl_->open();
}

void worker_coordination::leave()
{
    if (is_ready()) {
        impl_->manager.leave(impl_->worker_id);
    }
}

} // namespace testmon::precreation
