// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "run_directory.hpp"

#include "bell.hpp"
#include "file_names.hpp"
#include "roster_file.hpp"
#include "state_document.hpp"
#include "temporary_name.hpp"

#include <testmon/xdist_coordination/coordination_error.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace testmon::xdist_coordination
{

namespace
{

namespace json = boost::json;
using boost::filesystem::path;
using std::chrono::nanoseconds;

constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;

std::string read_document(path const& where, file_descriptor const& file, std::int64_t size)
{
    if (size > static_cast<std::int64_t>(largest_document)) {
        error_details details;
        details.path = where.native();
        details.operation = "read";
        details.message = "refused to read " + where.native() + ": it is " + std::to_string(size) +
                          " bytes long; allowed are " + std::to_string(largest_document);
        throw_coordination_error(errc::invalid_state, std::move(details));
    }
    std::string text(static_cast<std::size_t>(size), '\0');
    text.resize(read_at(file, where, text.data(), text.size(), 0));
    return text;
}

// A controller of another language gives its pid alone. If the process that has it now was started after the
// file was written, it is not the one that wrote it.
bool is_younger_than(std::int64_t pid, std::int64_t modified)
{
    constexpr std::int64_t tolerance = 2 * nanoseconds_per_second;
    auto const process = identify_process(pid);
    auto const modified_since_boot = nanoseconds_since_boot() - (wall_clock_nanoseconds() - modified);
    return process && ticks_to_nanoseconds(process->start_time) > modified_since_boot + tolerance;
}

nanoseconds age_of(coordination_state const& state)
{
    if (state.is_native()) {
        return nanoseconds(nanoseconds_since_boot() - state.published_since_boot());
    }
    // All that there is to go by. A clock that was set back makes it younger, never a leftover.
    double const seconds = static_cast<double>(wall_clock_nanoseconds()) / 1e9 - state.timestamp();
    constexpr double longest = 1e9;
    return nanoseconds(static_cast<nanoseconds::rep>(std::clamp(seconds, 0.0, longest) * 1e9));
}

// The time before which a marker cannot be an answer to the state. Where the wall clock has been set back
// since the publication, the markers' times have gone back with it.
std::int64_t least_marker_time(coordination_state const& state, std::int64_t state_modified)
{
    if (!state.is_native()) {
        return state_modified;
    }
    auto const published = static_cast<std::int64_t>(state.timestamp() * 1e9);
    auto const wall_clock_step =
        (wall_clock_nanoseconds() - nanoseconds_since_boot()) - (published - state.published_since_boot());
    return state_modified + std::min<std::int64_t>(wall_clock_step, 0);
}

// What a worker that uses this library says of itself in its marker. A marker may be empty, and may hold
// anything.
void read_identity(path const& where, file_descriptor const& file, std::int64_t size, worker_entry& entry)
{
    constexpr std::int64_t largest_marker = 4096;
    if (size == 0 || size > largest_marker) {
        return;
    }
    boost::system::error_code ec;
    auto const document = json::parse(read_document(where, file, size), ec);
    auto const* object = ec ? nullptr : document.if_object();
    if (object == nullptr) {
        return;
    }
    auto const number = [&](char const* key) -> std::int64_t {
        auto const* value = object->if_contains(key);
        auto const* integer = value == nullptr ? nullptr : value->if_int64();
        return integer == nullptr ? 0 : *integer;
    };
    entry.process = {number("pid"), static_cast<std::uint64_t>(number("start_time")),
                     static_cast<std::uint64_t>(number("pid_namespace"))};
    auto const* left = object->if_contains("left");
    entry.left = left != nullptr && left->is_bool() && left->get_bool();
}

} // namespace

run_directory::run_directory(path directory, path parent)
    : directory_(std::move(directory)), parent_(std::move(parent)), state_file_(directory_ / state_file_name),
      roster_file_(directory_ / roster_file_name), lock_file_(directory_ / lock_file_name),
      publication_bell_(directory_ / publication_bell_name),
      acknowledgment_bell_(directory_ / acknowledgment_bell_name)
{
}

path run_directory::marker_file(std::string_view worker_id) const
{
    return directory_ / marker_file_name(worker_id);
}

void run_directory::ensure() const
{
    if (parent_.empty()) {
        ensure_trusted_directory(directory_);
        return;
    }
    // The clean-up of another run removes the parent when that leaves it empty, perhaps between our two
    // steps.
    constexpr int most_tries = 100;
    for (int tries = 1;; ++tries) {
        ensure_trusted_directory(parent_);
        try {
            ensure_trusted_directory(directory_);
            return;
        } catch (coordination_file_error const& e) {
            if (e.code().value() != ENOENT || tries == most_tries) {
                throw;
            }
        }
    }
}

bool run_directory::check() const
{
    return (parent_.empty() || check_trusted_directory(parent_)) && check_trusted_directory(directory_);
}

std::optional<published_state> run_directory::read_state() const
{
    file_signature signature;
    auto const file = open_trusted_file(state_file_, false, &signature);
    if (!file) {
        return std::nullopt;
    }
    auto const text = read_document(state_file_, *file, signature.size);
    published_state result{state_document::parse(text, state_file_.native(), signature.modified)};
    auto const& state = result.state;
    result.controller = {state.controller_pid(), state.controller_start_time(), state.pid_namespace()};
    result.of_this_boot = !state.is_native() || state.boot_id() == boot_id();
    if (!state.is_native() && is_younger_than(state.controller_pid(), signature.modified)) {
        result.controller.start_time = 1; // no process that can take part was started then
    }
    refresh_age(result);
    result.liveness = probe(result.controller);
    return result;
}

void run_directory::refresh_age(published_state& published)
{
    published.age = age_of(published.state);
}

std::vector<worker_entry> run_directory::read_markers(coordination_state const& state) const
{
    std::vector<worker_entry> result;
    auto const published = signature_of(state_file_);
    if (!published) {
        return result;
    }
    auto const least = least_marker_time(state, published->modified);
    for (auto const& name : list_directory(directory_)) {
        auto id = marked_worker(name);
        if (!id) {
            continue;
        }
        file_signature signature;
        auto const where = directory_ / name;
        auto const file = open_trusted_file(where, false, &signature);
        if (!file || signature.modified < least) {
            continue;
        }
        worker_entry entry;
        entry.id = std::move(*id);
        entry.acknowledged = true;
        entry.since = signature.modified;
        read_identity(where, *file, signature.size, entry);
        result.push_back(std::move(entry));
    }
    std::sort(result.begin(), result.end(), [](auto const& a, auto const& b) { return a.id < b.id; });
    return result;
}

run_directory::marker_files run_directory::list_markers() const
{
    marker_files result;
    for (auto& name : list_directory(directory_)) {
        auto const signature = marked_worker(name) ? signature_of(directory_ / name) : std::nullopt;
        if (signature) {
            result.emplace_back(std::move(name), *signature);
        }
    }
    return result;
}

void run_directory::remove_markers(record_lock const&, marker_files const& markers) const
{
    for (auto const& [name, signature] : markers) {
        if (signature_of(directory_ / name) == signature) {
            remove_own(name);
        }
    }
}

void run_directory::write_marker(std::string_view worker_id, process_identity const& worker, bool has_left,
                                 std::int64_t modified) const
{
    json::object document;
    document["worker_id"] = worker_id;
    document["pid"] = worker.pid;
    document["start_time"] = worker.start_time;
    document["pid_namespace"] = worker.pid_namespace;
    document["left"] = has_left;
    auto const marker = marker_file(worker_id);
    auto const temporary = directory_ / temporary_name();
    write_new_file(temporary, json::serialize(document) + "\n");
    // Its own time, and not that of the clock, which may be behind, or at a later publication.
    std::timespec const times[2] = {{0, UTIME_OMIT},
                                    {modified / nanoseconds_per_second, modified % nanoseconds_per_second}};
    if (::utimensat(AT_FDCWD, temporary.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0) {
        throw_file_error(errno, "set the time of", temporary);
    }
    replace_file(temporary, marker);
}

bool run_directory::remove_own(std::string_view name) const
{
    auto const where = directory_ / std::string(name);
    struct ::stat status {
    };
    if (::lstat(where.c_str(), &status) != 0) {
        return false;
    }
    bool const is_bell = name == publication_bell_name || name == acknowledgment_bell_name;
    bool const is_own_kind = is_bell ? S_ISFIFO(status.st_mode) : S_ISREG(status.st_mode);
    // A link, or another user's file, under a name of ours was not made by us.
    return is_own_kind && status.st_uid == ::geteuid() && remove_file(where);
}

void run_directory::remove_temporaries(record_lock const&) const
{
    for (auto const& name : list_directory(directory_)) {
        if (std::string_view(name).substr(0, sizeof(temporary_prefix) - 1) == temporary_prefix) {
            remove_own(name);
        }
    }
}

void run_directory::remove(record_lock lock) const
{
    // The state first: whoever comes in the middle finds no run rather than half of one.
    remove_own(state_file_name);
    remove_own(roster_file_name);
    ring_bell(publication_bell_);
    ring_bell(acknowledgment_bell_);
    for (auto const& name : list_directory(directory_)) {
        if (name != lock_file_name && is_own_file_name(name)) {
            remove_own(name);
        }
    }
    remove_own(lock_file_name);
    {
        record_lock const released(std::move(lock));
    }
    record_lock::close_unused();
    if (remove_empty_directory(directory_) && !parent_.empty()) {
        remove_empty_directory(parent_);
    }
}

void run_directory::remove_if_unused() const
{
    if (!check() || has_listeners(publication_bell_)) {
        return;
    }
    remove_own(publication_bell_name);
    if (remove_empty_directory(directory_) && !parent_.empty()) {
        remove_empty_directory(parent_);
    }
}

bool run_directory::sweep() const
{
    if (!check_trusted_directory(directory_)) {
        return false;
    }
    auto const names = list_directory(directory_);
    if (!std::all_of(names.begin(), names.end(), [](auto const& name) { return is_own_file_name(name); })) {
        return false;
    }
    if (names.empty()) {
        return false; // whose it is, nothing tells
    }
    if (has_listeners(publication_bell_) || has_listeners(acknowledgment_bell_)) {
        return false;
    }
    // Before a lock is made: what lives, or is not ours to judge, is not touched.
    if (has_living_processes()) {
        return false;
    }
    // A run that is being changed is in use: do not wait for it.
    bool const has_lock = signature_of(lock_file_).has_value();
    auto lock = has_lock ? record_lock::try_acquire(lock_file_)
                         : record_lock::acquire(lock_file_, std::chrono::steady_clock::now(),
                                                record_lock::missing_file::create);
    if (!lock || has_living_processes()) {
        return false;
    }
    remove(std::move(*lock));
    return true;
}

bool run_directory::has_living_processes() const
{
    class roster_file const roster(roster_file_, false);
    if (roster.state() == roster_file::validity::valid) {
        auto const lives = [](process_identity const& process) {
            return process.pid > 0 && probe(process) != process_liveness::dead;
        };
        auto const workers = roster.records();
        if (lives(roster.header().controller()) ||
            std::any_of(workers.begin(), workers.end(), [&](auto const& worker) {
                return worker.has_left == 0 && lives(worker.identity());
            })) {
            return true;
        }
    }
    auto const published = read_state();
    return published && published->of_this_boot && published->liveness != process_liveness::dead;
}

std::vector<std::string> run_directory::sweep_siblings() const
{
    auto const& shared = parent_.empty() ? directory_ : parent_;
    std::vector<std::string> swept;
    for (auto const& name : list_directory(shared)) {
        auto const sibling = shared / name;
        struct ::stat status {
        };
        if (sibling == directory_ || !is_valid_id(name) || is_own_file_name(name) ||
            ::lstat(sibling.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
            continue;
        }
        try {
            if (run_directory(sibling, {}).sweep()) {
                swept.push_back(name);
            }
        } catch (coordination_error const&) {
            // Someone else's, damaged or busy: it is not ours to judge, and no reason to fail.
        }
    }
    return swept;
}

} // namespace testmon::xdist_coordination
