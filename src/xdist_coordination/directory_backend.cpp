// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "directory_backend.hpp"

#include "bell.hpp"
#include "decisions.hpp"
#include "directory_observer.hpp"
#include "failpoint.hpp"
#include "run_errors.hpp"
#include "state_document.hpp"
#include "temporary_name.hpp"

#include <testmon/xdist_coordination/coordination_error.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <unistd.h>

namespace testmon::xdist_coordination
{

namespace
{

using boost::filesystem::path;
using std::chrono::nanoseconds;

// Without the parts that are "."; one that is ".." stays, since what it means depends on links.
path tidy(path const& from)
{
    path result;
    for (auto const& part : from) {
        if (part != ".") {
            result /= part;
        }
    }
    return result;
}

run_directory files_of(xdist_config const& config, path const& root)
{
    auto const parent = config.run_id.empty() ? path() : config.coordination_directory(root);
    return {tidy(config.run_directory(root)), tidy(parent)};
}

} // namespace

directory_backend::directory_backend(path const& root, xdist_config config, std::int64_t acting_for,
                                     log_function log)
    : config_(std::move(config)), files_(files_of(config_, root)), log_(std::move(log))
{
    if (acting_for != 0) {
        auto const process = identify_process(acting_for);
        if (!process) {
            error_details details;
            details.pid = acting_for;
            details.message = "there is no living process " + std::to_string(acting_for) + " to act for";
            throw_coordination_error(errc::invalid_argument, std::move(details));
        }
        acting_for_ = *process;
    }
}

process_identity directory_backend::participant() const
{
    return acting_for_.pid != 0 ? acting_for_ : own_identity();
}

void directory_backend::debug(std::string const& message) const
{
    if (log_) {
        log_(log_level::debug, message);
    }
}

void directory_backend::warn(std::string const& message) const
{
    if (log_) {
        log_(log_level::warning, message);
    }
}

record_lock directory_backend::lock_for_controller() const
{
    auto const deadline = default_deadline();
    refuse_foreign_controller();
    for (;;) {
        files_.ensure();
        // None: another run's clean-up removed the directory in between.
        if (auto lock =
                record_lock::acquire(files_.lock_file(), deadline, record_lock::missing_file::create)) {
            return std::move(*lock);
        }
    }
}

std::optional<record_lock> directory_backend::lock_existing(steady_time deadline,
                                                            record_lock::missing_file if_missing) const
{
    if (!files_.check()) {
        return std::nullopt;
    }
    return record_lock::acquire(files_.lock_file(), deadline, if_missing);
}

std::uint64_t directory_backend::refuse_other_controller(record_lock const&) const
{
    auto const self = participant();
    std::uint64_t last_generation = 0;
    roster_file const roster(files_.roster_file(), false);
    if (roster.state() == roster_file::validity::valid || roster.state() == roster_file::validity::leftover) {
        auto const controller = roster.header().controller();
        claim_facts facts;
        facts.exists = true;
        // A shell may become the last command of its script: then the controller is this very process.
        facts.is_own = controller == self || controller == own_identity();
        facts.of_this_boot = roster.state() == roster_file::validity::valid;
        facts.controller = probe(controller);
        facts.age = nanoseconds(nanoseconds_since_boot() - roster.header().claimed_since_boot);
        if (decide_claim(facts, config_.state_max_age) == claim_action::refuse) {
            throw_another_controller(files_.directory(), controller.pid);
        }
        last_generation = roster.header().generation;
    }
    try {
        last_generation = std::max(last_generation, refuse_other_publisher());
    } catch (invalid_coordination_state const& e) {
        warn(std::string("ignored a leftover: ") + e.what());
    }
    return last_generation;
}

std::uint64_t directory_backend::refuse_other_publisher() const
{
    auto const published = files_.read_state();
    if (!published) {
        return 0;
    }
    claim_facts facts;
    facts.exists = true;
    facts.is_own = published->controller.pid == participant().pid || published->controller.pid == ::getpid();
    facts.of_this_boot = published->of_this_boot;
    facts.controller = published->liveness;
    facts.age = published->age;
    bool const is_native = published->state.is_native();
    // All that tells of a pid that was used again after a controller of another language is the age.
    bool const foreign_and_old = !is_native && published->age > config_.state_max_age;
    if (decide_claim(facts, config_.state_max_age) == claim_action::refuse && !foreign_and_old) {
        throw_another_controller(files_.directory(), published->controller.pid);
    }
    return is_native ? published->state.generation() : 0;
}

void directory_backend::refuse_foreign_controller() const
{
    if (!files_.check() || signature_of(files_.lock_file())) {
        return;
    }
    try {
        refuse_other_publisher();
    } catch (invalid_coordination_state const&) {
        // A leftover, of which a warning is given once it is replaced.
    }
}

directory_backend::claimed_run directory_backend::claim(record_lock const& lock)
{
    auto const last_generation = refuse_other_controller(lock);
    {
        roster_file roster(files_.roster_file(), true);
        if (roster.state() == roster_file::validity::valid && roster.header().controller() == participant()) {
            return {std::move(roster), last_generation};
        }
    }
    // What a killed run left: its state, which nobody may take for ours, and what it had not finished.
    remove_file(files_.state_file());
    files_.remove_temporaries(lock);
    files_.remove_markers(lock, files_.list_markers());
    roster_file::create(lock, files_.roster_file(), participant(), random_token(), last_generation);
    for (auto const& swept : files_.sweep_siblings()) {
        debug("removed what the killed run " + swept + " left");
    }
    debug("process " + std::to_string(participant().pid) + " is the controller of the run in " +
          files_.directory().native());
    return {roster_file(files_.roster_file(), true), last_generation};
}

void directory_backend::begin_run()
{
    {
        auto const lock = lock_for_controller();
        claim(lock);
    }
    ring_bell(files_.publication_bell());
}

coordination_state directory_backend::publish(state_data const& data, std::string const* abort_reason)
{
    state_document::check(data, abort_reason); // before anything is touched
    coordination_state result = [&] {
        auto const lock = lock_for_controller();
        auto run = claim(lock);
        publication by;
        by.controller = participant();
        by.run_id = run.roster.header().token();
        by.generation = run.last_generation + 1;
        auto const text = state_document::serialize(state_document::compose(data, by, abort_reason));
        auto const temporary = files_.directory() / temporary_name();
        write_new_file(temporary, text);
        failpoint("state-written");
        // Those that are there answer the state before, which stays published if this fails.
        auto const markers = files_.list_markers();
        replace_file(temporary, files_.state_file());
        files_.remove_markers(lock, markers);
        failpoint("state-published");
        // If this is not reached, the first worker that acknowledges the new generation does it.
        run.roster.begin_round(lock, by.generation);
        return state_document::parse(text, files_.state_file().native(), 0);
    }();
    ring_bell(files_.publication_bell());
    ring_bell(files_.acknowledgment_bell());
    debug((abort_reason == nullptr ? "published generation " : "aborted with generation ") +
          std::to_string(result.generation()) + " in " + files_.directory().native());
    return result;
}

void directory_backend::reset_acknowledgments()
{
    refuse_foreign_controller();
    // Nothing is made where there is no run.
    auto const if_missing = signature_of(files_.state_file()) ? record_lock::missing_file::create
                                                              : record_lock::missing_file::give_up;
    auto const lock = lock_existing(default_deadline(), if_missing);
    if (!lock) {
        throw_not_published(files_.directory());
    }
    refuse_other_controller(*lock);
    auto const published = files_.read_state();
    if (!published) {
        throw_not_published(files_.directory());
    }
    files_.remove_markers(*lock, files_.list_markers());
    if (published->state.is_native()) {
        roster_file roster(files_.roster_file(), true);
        roster.require_valid();
        roster.begin_round(*lock, published->state.generation());
    }
}

void directory_backend::cleanup()
{
    refuse_foreign_controller();
    auto lock = lock_existing(default_deadline(), record_lock::missing_file::create);
    if (!lock) {
        return;
    }
    refuse_other_controller(*lock);
    files_.remove(std::move(*lock));
    debug("removed the run in " + files_.directory().native());
}

void directory_backend::announce(std::string_view worker_id, steady_time deadline)
{
    bool must_ring = false;
    {
        auto const lock = lock_existing(deadline);
        if (!lock) {
            return;
        }
        roster_file roster(files_.roster_file(), true);
        if (roster.state() == roster_file::validity::absent) {
            return;
        }
        roster.require_valid();
        roster.announce(*lock, worker_id, participant());
        must_ring = roster.is_awaited();
    }
    if (must_ring) {
        ring_bell(files_.acknowledgment_bell());
    }
}

void directory_backend::acknowledge(std::string_view worker_id, coordination_state const& state,
                                    steady_time deadline)
{
    if (!state.is_native()) {
        auto const answered = static_cast<std::int64_t>(state.generation());
        auto const published = signature_of(files_.state_file());
        if (!published || published->modified != answered) {
            throw_superseded(files_.directory(), state);
        }
        // Newer than the state that it answers, and older than any that may have come since.
        constexpr std::int64_t a_little = 1'000'000;
        files_.write_marker(worker_id, participant(), false, answered + a_little);
        debug("worker " + std::string(worker_id) + " acknowledged with a marker");
        return;
    }
    bool must_ring = false;
    {
        auto const lock = lock_existing(deadline);
        if (!lock) {
            throw_run_ended(files_.directory());
        }
        roster_file roster(files_.roster_file(), true);
        if (roster.state() == roster_file::validity::absent) {
            throw_run_ended(files_.directory());
        }
        roster.require_valid();
        if (roster.header().token() != state.run_id() || roster.header().generation > state.generation()) {
            throw_superseded(files_.directory(), state);
        }
        if (roster.header().generation < state.generation()) {
            roster.begin_round(*lock, state.generation()); // the controller was killed before it came to that
        }
        roster.acknowledge(*lock, worker_id, participant());
        must_ring = roster.is_awaited();
    }
    if (must_ring) {
        ring_bell(files_.acknowledgment_bell());
    }
    debug("worker " + std::string(worker_id) + " acknowledged generation " +
          std::to_string(state.generation()));
}

void directory_backend::leave(std::string_view worker_id)
{
    if (!files_.check()) {
        return;
    }
    auto const published = files_.read_state();
    if (published && !published->state.is_native()) {
        // With its old time: it answers the state that it has answered.
        if (auto const marker = signature_of(files_.marker_file(worker_id))) {
            files_.write_marker(worker_id, participant(), true, marker->modified);
        }
        return;
    }
    if (!signature_of(files_.roster_file())) {
        return;
    }
    bool must_ring = false;
    {
        auto const lock = lock_existing(default_deadline());
        roster_file roster(files_.roster_file(), true);
        if (!lock || roster.state() != roster_file::validity::valid) {
            return;
        }
        must_ring = roster.leave(*lock, worker_id, participant()) && roster.is_awaited();
    }
    if (must_ring) {
        ring_bell(files_.acknowledgment_bell());
    }
    debug("worker " + std::string(worker_id) + " left in order");
}

std::vector<worker_entry> directory_backend::withdraw(std::vector<worker_entry> const& dead,
                                                      coordination_state const& state, steady_time deadline)
{
    // Beside a controller of another language there is no roster, and nothing to lock.
    bool const has_roster = signature_of(files_.roster_file()).has_value();
    std::optional<record_lock> lock;
    try {
        if (auto taken = has_roster ? lock_existing(deadline) : std::nullopt) {
            lock.emplace(std::move(*taken));
        }
    } catch (coordination_timeout const& e) {
        warn(std::string("deaths are reported again at the next wait: ") + e.what());
        return dead;
    }
    roster_file roster(files_.roster_file(), true);
    bool const in_use = lock && roster.state() == roster_file::validity::valid;
    auto const markers = files_.read_markers(state);
    std::vector<worker_entry> really_dead;
    for (auto const& worker : dead) {
        bool const was_in_roster = in_use && roster.withdraw(*lock, worker.id, worker.process);
        // A marker counts until it is removed, unless the worker was started again and wrote another one.
        bool const has_marker = std::any_of(markers.begin(), markers.end(), [&](auto const& marker) {
            return marker.id == worker.id && marker.process == worker.process;
        });
        bool const had_marker = has_marker && remove_file(files_.marker_file(worker.id));
        if (was_in_roster || had_marker) {
            really_dead.push_back(worker);
        }
    }
    return really_dead;
}

std::unique_ptr<run_observer> directory_backend::observe(side who, bool prepare)
{
    return std::make_unique<directory_observer>(*this, files_, who, prepare);
}

} // namespace testmon::xdist_coordination
