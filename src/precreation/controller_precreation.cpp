// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/precreation/controller_precreation.hpp>

#include "../database/utf8.hpp"
#include "../xdist_coordination/trusted_file.hpp"
#include "one_line.hpp"
#include "published_tests.hpp"

#include <testmon/database/data_file.hpp>
#include <testmon/database/error.hpp>
#include <testmon/database/read_only_database.hpp>
#include <testmon/xdist_coordination/coordination_error.hpp>

#include <boost/filesystem/operations.hpp>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace testmon::precreation
{

namespace xdist = xdist_coordination;

struct controller_precreation::impl {
    impl(boost::filesystem::path where, xdist::xdist_config config, xdist::manager_options options)
        : root(std::move(where)), manager(root, std::move(config), std::move(options))
    {
    }

    bool is_enabled() const { return manager.config().controller_precreation; }

    void require_prepared() const
    {
        if (!writer) {
            throw std::logic_error("no workers were prepared for, or the run was cleaned up");
        }
    }

    void end_run()
    {
        if (writer) {
            auto ended = std::move(*writer);
            writer.reset();
            try {
                ended.end_run(registered.run_id);
            } catch (database::database_error const& e) {
                if (e.code() != database::errc::not_found) { // pruned meanwhile: there is nothing to end
                    throw;
                }
            }
        }
    }

    // Returns: nothing if this process may not be the controller or may not write. `prepare` says so later.
    bool open_ahead()
    {
        boost::system::error_code ec;
        manager.begin_run(ec);
        if (ec) {
            return false;
        }
        try {
            opened_ahead.emplace(open());
            file_opened_ahead = xdist::signature_of(opened_ahead->path());
            return true;
        } catch (database::database_error const& e) {
            if (e.code() == database::errc::read_only) {
                return false;
            }
            throw;
        }
    }

    // Returns: what was opened ahead, unless the file was replaced meanwhile.
    database::read_write_database opened()
    {
        auto ahead = std::exchange(opened_ahead, std::nullopt);
        if (ahead) {
            auto const now = xdist::signature_of(ahead->path());
            if (now && file_opened_ahead && now->device == file_opened_ahead->device &&
                now->inode == file_opened_ahead->inode) {
                return std::move(*ahead);
            }
            ahead.reset(); // first: closing it gives up the locks of another that uses the same log
        }
        return open();
    }

    database::read_write_database open() const
    {
        // Half of what workers wait: they shall learn who holds the lock before their own time is over.
        auto const patience =
            std::chrono::duration_cast<std::chrono::milliseconds>(manager.config().worker_timeout / 2);
        return database::read_write_database(database::data_file(root), patience);
    }

    xdist::coordination_state prepare(preparation const& what, test_range const& tests)
    {
        end_run(); // of an earlier preparation
        auto writing = opened();
        database::run_description run;
        run.workers = what.workers;
        run.uuid = what.run_uuid;
        registered = writing.register_run(what.environment, run, tests, what.extent);

        xdist::state_data data;
        data.environment_id = registered.environment_id;
        data.database_path = writing.path().native();
        data.expected_workers = what.workers;
        data.extra = what.extra;
        data.extra[run_id_key] = registered.run_id;
        publish_tests(data, tests, registered, what.extent);
        auto state = manager.write_controller_state(data);
        expected_workers = what.workers;
        writer = std::move(writing);
        return state;
    }

    // What fails in this, workers learn.
    template <class Step>
    auto telling_workers(Step const& step)
    {
        try {
            return step();
        } catch (std::exception const& e) {
            tell_workers(e.what());
            throw;
        } catch (...) {
            tell_workers("");
            throw;
        }
    }

    // Best effort: the failure itself is what the caller has to know. What a test executable has printed may
    // be anything.
    void tell_workers(std::string_view what)
    {
        constexpr std::size_t longest = 4000;
        auto const reason = beginning_on_one_line(database::valid_utf8(what), longest);
        boost::system::error_code ignored;
        manager.abort(reason.empty() ? "the preparation failed" : reason, ignored);
    }

    boost::filesystem::path root;
    xdist::coordination_manager manager;
    std::optional<database::read_write_database> opened_ahead{};
    std::optional<xdist::file_signature> file_opened_ahead{};
    std::optional<database::read_write_database> writer{};
    database::registration registered{};
    std::uint32_t expected_workers = 0;
};

controller_precreation::controller_precreation(boost::filesystem::path const& root)
    : controller_precreation(root, xdist::xdist_config::from_environment())
{
}

controller_precreation::controller_precreation(boost::filesystem::path const& root,
                                               xdist::xdist_config config, xdist::manager_options options)
    : impl_(std::make_unique<impl>(root, std::move(config), std::move(options)))
{
}

controller_precreation::~controller_precreation() = default;
controller_precreation::controller_precreation(controller_precreation&&) noexcept = default;
controller_precreation& controller_precreation::operator=(controller_precreation&&) noexcept = default;

bool controller_precreation::is_enabled() const noexcept
{
    return impl_->is_enabled();
}

database::known_tests controller_precreation::read_ahead(database::environment_description const& environment)
{
    if (!is_enabled()) {
        return {};
    }
    auto const file = database::data_file(impl_->root);
    boost::system::error_code ec;
    if (boost::filesystem::status(file, ec).type() == boost::filesystem::file_not_found) {
        return {};
    }
    return impl_->telling_workers([&] {
        return impl_->open_ahead() ? impl_->opened_ahead->read_ahead(environment)
                                   : database::read_only_database(file).read_known_tests(environment);
    });
}

std::optional<xdist::coordination_state> controller_precreation::collect_and_prepare(
    preparation const& what, std::function<std::vector<database::test_record>()> const& collect)
{
    std::vector<database::test_record> tests;
    return prepare(what, [&] {
        tests = collect();
        return test_range(tests);
    });
}

std::optional<xdist::coordination_state>
controller_precreation::prepare(preparation const& what, std::function<test_range()> const& collect)
{
    if (!is_enabled()) {
        return std::nullopt;
    }
    impl_->manager.begin_run(); // another controller's run is none to abort
    return impl_->telling_workers([&] { return std::optional(impl_->prepare(what, collect())); });
}

std::size_t controller_precreation::wait_for_workers(xdist::wait_for_workers_options const& options)
{
    return is_enabled() ? impl_->manager.wait_for_workers(impl_->expected_workers, options) : 0;
}

void controller_precreation::abort(std::string const& reason)
{
    if (is_enabled()) {
        impl_->manager.abort(reason);
    }
}

void controller_precreation::cleanup()
{
    if (!is_enabled()) {
        return;
    }
    impl_->opened_ahead.reset();
    std::exception_ptr failure;
    try {
        impl_->end_run();
    } catch (...) {
        failure = std::current_exception(); // the workers must not wait for that
    }
    impl_->manager.cleanup();
    if (failure) {
        std::rethrow_exception(failure);
    }
}

database::read_write_database& controller_precreation::database()
{
    impl_->require_prepared();
    return *impl_->writer;
}

database::registration const& controller_precreation::registered() const
{
    impl_->require_prepared();
    return impl_->registered;
}

xdist::coordination_manager& controller_precreation::manager()
{
    return impl_->manager;
}

} // namespace testmon::precreation
