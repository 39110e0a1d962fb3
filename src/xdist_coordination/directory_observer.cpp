// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "directory_observer.hpp"

#include "bell.hpp"
#include "failpoint.hpp"

#include <testmon/xdist_coordination/coordination_error.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <iterator>

#include <poll.h>

namespace testmon::xdist_coordination
{

namespace
{

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// A directory's time has the grain of the kernel's tick: a file that comes within the same tick leaves it as
// it is.
constexpr nanoseconds coarsest_tick = 20ms;

// How often a process without a descriptor is looked at, to notice its death within 50 ms.
constexpr nanoseconds longest_blind_pause = 40ms;

// How often the controller is woken at most while acknowledgments pour in.
constexpr nanoseconds least_wake_distance = 1ms;

bool is_full(boost::system::error_code const& code)
{
    return code.value() == ENOSPC || code.value() == EDQUOT;
}

} // namespace

directory_observer::directory_observer(backend const& owner, run_directory const& files, backend::side who,
                                       bool prepare)
    : owner_(owner), files_(files), who_(who), prepare_(prepare)
{
}

directory_observer::~directory_observer()
{
    bell_.reset();
    if (!prepare_ || who_ != backend::side::worker) {
        return;
    }
    try {
        // The bell of a run of ours goes with the run. Beside a controller of another language, or where no
        // controller came, the workers made it and remove it.
        if (!signature_of(files_.roster_file())) {
            files_.remove_if_unused();
        }
    } catch (coordination_error const& e) {
        owner_.debug(std::string("left behind: ") + e.what());
    }
}

boost::filesystem::path const& directory_observer::bell_path() const
{
    return who_ == backend::side::worker ? files_.publication_bell() : files_.acknowledgment_bell();
}

void directory_observer::listen()
{
    if (!prepare_ || (bell_ && is_bell_current(bell_, bell_path()))) {
        return;
    }
    int reason = 0;
    try {
        // Workers may come first and make what is missing. A controller's wait makes nothing in a run that is
        // over, nor beside a controller of another language: there is no roster, and nobody rings.
        if (who_ == backend::side::worker) {
            files_.ensure();
        } else if (!files_.check() || !signature_of(files_.state_file()) ||
                   !signature_of(files_.roster_file())) {
            return;
        }
        bell_ = listen_to_bell(bell_path());
        reason = bell_ ? 0 : errno;
    } catch (coordination_file_error const& e) {
        if (!is_full(e.code())) {
            throw;
        }
        reason = e.code().value();
    }
    if (reason != 0 && !reported_polling_) {
        reported_polling_ = true;
        owner_.warn("no wake-ups in " + files_.directory().native() + " (" + std::strerror(reason) +
                    "): polling the files instead");
    }
}

bool directory_observer::change_detector::look(boost::filesystem::path const& path)
{
    auto const signature = signature_of(path);
    bool const changed = !signature || signature != settled_;
    bool const is_settled =
        signature && wall_clock_nanoseconds() - signature->modified > coarsest_tick.count();
    settled_ = is_settled ? signature : std::nullopt;
    return changed;
}

bool directory_observer::change_detector::may_differ(boost::filesystem::path const& path) const
{
    return !settled_ || signature_of(path) != settled_;
}

void directory_observer::begin_look()
{
    watch_.begin_pass();
    asked_for_next_change_ = false;
    directory_changed_ = directory_.look(files_.directory());
    if (who_ == backend::side::controller) {
        roster_.look(files_.roster_file());
    }
}

bool directory_observer::may_have_changed()
{
    // States, markers and rosters come by rename, which changes the directory. Beside a controller of another
    // language there is no roster, and then its detector always says yes.
    return watch_.must_poll() || !markers_.empty() || directory_.may_differ(files_.directory()) ||
           (who_ == backend::side::controller && roster_.may_differ(files_.roster_file()));
}

published_state const* directory_observer::published()
{
    auto const signature = signature_of(files_.state_file());
    if (!signature) {
        files_.check(); // that nothing is in it does not make it ours
        published_.reset();
        state_signature_.reset();
        return nullptr;
    }
    if (signature == state_signature_ && published_) {
        run_directory::refresh_age(*published_);
        published_->liveness = watch_.look_at(published_->controller);
        return &*published_;
    }
    if (!files_.check()) {
        return nullptr;
    }
    published_ = files_.read_state();
    state_signature_ = signature;
    if (!published_) {
        return nullptr;
    }
    return &*published_;
}

std::optional<run_claim> directory_observer::claim()
{
    roster_file const roster(files_.roster_file(), false);
    if (roster.state() != roster_file::validity::valid) {
        return std::nullopt;
    }
    run_claim result;
    result.controller = roster.header().controller();
    result.liveness = watch_.look_at(result.controller);
    result.age = nanoseconds(nanoseconds_since_boot() - roster.header().claimed_since_boot);
    result.claimed_at = roster.header().claimed_at;
    return result;
}

void directory_observer::repair_if_abandoned(roster_file const& roster)
{
    auto const& header = roster.header();
    if (header.changing == 0) {
        abandoned_change_.reset();
        return;
    }
    if (abandoned_change_ != header.changes) {
        abandoned_change_ = header.changes; // most likely it goes on right now
        return;
    }
    if (auto const lock = record_lock::try_acquire(files_.lock_file())) {
        roster_file writable(files_.roster_file(), true);
        if (writable.state() == roster_file::validity::valid) {
            writable.repair(*lock);
        }
    }
}

bool directory_observer::has_roster_changed(roster_file const& roster, std::uint64_t generation)
{
    auto const& header = roster.header();
    bool const changed =
        header.changes != seen_changes_ || header.token() != seen_run_ || generation != seen_generation_;
    seen_changes_ = header.changes;
    seen_run_ = header.token();
    seen_generation_ = generation;
    return changed;
}

std::vector<worker_entry> const& directory_observer::workers(coordination_state const* state)
{
    bool changed = false;
    bool const has_roster = state == nullptr || state->is_native();
    roster_file const roster(files_.roster_file(), false);
    if (has_roster) {
        roster.require_undamaged();
    }
    if (has_roster && roster.state() == roster_file::validity::valid) {
        repair_if_abandoned(roster);
        if (has_roster_changed(roster, state == nullptr ? 0 : state->generation())) {
            changed = true;
            auto const& header = roster.header();
            bool const is_counted = state != nullptr && header.token() == state->run_id() &&
                                    header.generation == state->generation();
            roster_workers_.clear();
            for (auto const& record : roster.records()) {
                roster_workers_.push_back({record.worker_id(), record.identity(),
                                           is_counted && record.acknowledged_round == header.round,
                                           record.has_left != 0, record.since});
            }
            auto const by_id = [](auto const& a, auto const& b) { return a.id < b.id; };
            std::sort(roster_workers_.begin(), roster_workers_.end(), by_id);
        }
    } else {
        changed = !roster_workers_.empty();
        roster_workers_.clear();
        seen_run_.clear();
    }
    // A marker that is there already may be written again without a change of the directory.
    if (state != nullptr && (directory_changed_ || !markers_.empty())) {
        markers_ = files_.read_markers(*state);
        changed = true;
    }
    if (!changed) {
        return workers_;
    }
    // A worker may be in both: what the roster says of it goes before its marker, unless only the marker
    // answers.
    workers_ = roster_workers_;
    for (auto const& marker : markers_) {
        auto const place = std::lower_bound(workers_.begin(), workers_.end(), marker,
                                            [](auto const& a, auto const& b) { return a.id < b.id; });
        if (place == workers_.end() || place->id != marker.id) {
            workers_.insert(place, marker);
        } else if (!place->acknowledged) {
            *place = marker;
        }
    }
    return workers_;
}

// Asks to be woken at the next change, or at the last acknowledgment only if the one before was a moment ago.
// Returns false if there is a reason to look at once.
bool directory_observer::ask_for_wake(std::uint64_t expected, bool at_next_change)
{
    roster_file roster(files_.roster_file(), true);
    if (roster.state() != roster_file::validity::valid) {
        return true;
    }
    roster.await(expected, at_next_change ? seen_changes_ + 1 : 0);
    // Whoever had read the old value has made the change by now, or reads the new one afterwards.
    roster.refresh();
    bool const changed = roster.header().changes != seen_changes_;
    return !changed || !(at_next_change || roster.header().acknowledged >= expected);
}

bool directory_observer::sleep_until(steady_time until, wait_cancellation const* cancellation,
                                     std::uint64_t expected)
{
    // What was asked for once stands until it comes true.
    if (expected != 0 && !seen_run_.empty() && !asked_for_next_change_) {
        bool const at_next_change = owner_.now() - last_wake_ >= least_wake_distance;
        if (!ask_for_wake(expected, at_next_change)) {
            last_wake_ = owner_.now();
            return true;
        }
        asked_for_next_change_ = at_next_change;
        until = at_next_change ? until : std::min(until, last_wake_ + least_wake_distance);
    }
    std::array<::pollfd, 3> sources{};
    sources[0] = {bell_.get(), POLLIN, 0};
    sources[1] = {watch_.descriptor(), POLLIN, 0};
    sources[2] = {cancellation == nullptr ? -1 : cancellation->native_handle(), POLLIN, 0};
    auto pause = std::max<nanoseconds>(until - owner_.now(), 0ns);
    if (watch_.must_poll()) {
        pause = std::min(pause, longest_blind_pause);
    }
    auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(pause);
    std::timespec const timeout{static_cast<std::time_t>(seconds.count()),
                                static_cast<long>((pause - seconds).count())};
    int count = failpoint("sleep");
    if (count != 0) {
        errno = count;
        count = -1;
    } else {
        count = ::ppoll(sources.data(), sources.size(), &timeout, nullptr);
    }
    // A signal handler that ran is no reason to look, but looking is harmless.
    if (count > 0 && sources[0].revents != 0) {
        bell_.reset(); // heard: the next `listen` begins anew
    }
    if (count != 0) {
        last_wake_ = owner_.now();
    }
    return count != 0;
}

} // namespace testmon::xdist_coordination
