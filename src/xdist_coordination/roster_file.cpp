// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "roster_file.hpp"

#include "failpoint.hpp"
#include "file_names.hpp"
#include "temporary_name.hpp"

#include <testmon/xdist_coordination/coordination_error.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <type_traits>
#include <utility>

namespace testmon::xdist_coordination
{

namespace
{

using boost::filesystem::path;

constexpr std::array<char, 8> magic{'T', 'M', 'O', 'N', 'A', 'C', 'K', '\n'};
constexpr std::uint32_t format_version = 1;
constexpr std::size_t bucket_count = 1024;
using bucket_table = std::array<std::uint32_t, bucket_count>; // 1 + index of the first record; 0: none
constexpr std::int64_t buckets_offset = 512;
constexpr std::int64_t records_offset = 8192;
constexpr std::uint64_t most_records = 1'000'000;

static_assert(std::is_trivially_copyable_v<roster_header> && sizeof(roster_header) == 200);
static_assert(std::is_trivially_copyable_v<roster_record> && sizeof(roster_record) == 128);
static_assert(buckets_offset + static_cast<std::int64_t>(sizeof(bucket_table)) <= records_offset);

constexpr std::size_t tail_begin = offsetof(roster_header, generation);
constexpr std::size_t awaited_size = sizeof(roster_header) - offsetof(roster_header, awaited_count);
constexpr std::size_t tail_size = offsetof(roster_header, awaited_count) - tail_begin;

std::int64_t record_offset(std::uint64_t index)
{
    return records_offset + static_cast<std::int64_t>(index * sizeof(roster_record));
}

// FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ (public domain).
std::size_t bucket_of(std::string_view id)
{
    std::uint64_t hash = 14695981039346656037U;
    for (char const c : id) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    }
    return static_cast<std::size_t>(hash % bucket_count);
}

std::int64_t bucket_offset(std::size_t bucket)
{
    return buckets_offset + static_cast<std::int64_t>(bucket * sizeof(std::uint32_t));
}

template <std::size_t Size>
std::string text_of(char const (&field)[Size])
{
    return {field, std::find(field, field + Size, '\0')};
}

template <std::size_t Size>
void set_text(char (&field)[Size], std::string_view text)
{
    std::memset(field, 0, Size);
    std::memcpy(field, text.data(), std::min(Size, text.size()));
}

void assign(roster_record& record, process_identity const& worker)
{
    record.pid = worker.pid;
    record.start_time = worker.start_time;
    record.pid_namespace = worker.pid_namespace;
    record.has_left = 0;
}

} // namespace

std::string roster_header::token() const
{
    return text_of(run_token);
}

std::string roster_record::worker_id() const
{
    return text_of(id);
}

void roster_file::create(record_lock const&, path const& where, process_identity const& controller,
                         std::string const& run_token, std::uint64_t last_generation)
{
    roster_header header;
    std::copy(magic.begin(), magic.end(), header.magic);
    header.format_version = format_version;
    header.record_size = sizeof(roster_record);
    set_text(header.boot_id, xdist_coordination::boot_id());
    set_text(header.run_token, run_token);
    header.controller_pid = controller.pid;
    header.controller_start_time = controller.start_time;
    header.controller_pid_namespace = controller.pid_namespace;
    header.claimed_since_boot = nanoseconds_since_boot();
    header.claimed_at = wall_clock_nanoseconds();
    header.generation = last_generation;
    header.round = 1;
    std::string content(static_cast<std::size_t>(records_offset), '\0');
    std::memcpy(content.data(), &header, sizeof header);
    auto const temporary = where.parent_path() / temporary_name();
    write_new_file(temporary, content);
    replace_file(temporary, where);
}

roster_file::roster_file(path where, bool writable) : path_(std::move(where))
{
    auto opened = open_trusted_file(path_, writable);
    if (!opened) {
        return;
    }
    file_ = std::move(*opened);
    refresh();
    // Only after the header, since the file may grow in between.
    auto const size = size_of(file_, path_);
    bool const is_ours = size >= records_offset && std::equal(magic.begin(), magic.end(), header_.magic) &&
                         header_.format_version == format_version &&
                         header_.record_size == sizeof(roster_record) && header_.controller_pid > 0 &&
                         header_.records <= most_records && header_.acknowledged <= header_.records &&
                         record_offset(header_.records) <= size;
    if (!is_ours) {
        state_ = validity::damaged;
    } else {
        state_ =
            text_of(header_.boot_id) == xdist_coordination::boot_id() ? validity::valid : validity::leftover;
    }
}

void roster_file::refresh()
{
    // Without the lock, a read may see one half of a change: until two in a row are the same.
    constexpr int most_reads = 100;
    read_at(file_, path_, &header_, sizeof header_, 0);
    for (int reads = 1; reads < most_reads; ++reads) {
        auto const before = header_;
        read_at(file_, path_, &header_, sizeof header_, 0);
        if (std::memcmp(&before, &header_, sizeof header_) == 0) {
            return;
        }
    }
}

void roster_file::require_valid() const
{
    if (state_ == validity::valid) {
        return;
    }
    error_details details;
    details.path = path_.native();
    details.operation = "read";
    details.message =
        path_.native() +
        " is not the file of acknowledgments that this library wrote; the controller can publish anew, "
        "or \"testmon coordinate cleanup\" removes what is there";
    throw_coordination_error(errc::damaged_roster, std::move(details));
}

void roster_file::require_undamaged() const
{
    if (state_ == validity::damaged) {
        require_valid();
    }
}

void roster_file::refresh_and_repair(record_lock const& lock)
{
    refresh();
    if (header_.changing != 0) {
        repair(lock);
    }
}

void roster_file::begin_change(record_lock const& lock)
{
    refresh_and_repair(lock);
    header_.changing = 1;
    write_at(file_, path_, &header_.changing, sizeof header_.changing, offsetof(roster_header, changing));
    failpoint("roster-changing");
}

void roster_file::finish_change()
{
    failpoint("roster-written");
    ++header_.changes;
    header_.changing = 0;
    write_at(file_, path_, reinterpret_cast<char const*>(&header_) + tail_begin, tail_size,
             static_cast<std::int64_t>(tail_begin));
    failpoint("roster-counted");
}

void roster_file::repair(record_lock const&)
{
    refresh();
    if (header_.changing == 0) {
        return;
    }
    bucket_table buckets{};
    auto all = records();
    header_.records = all.size();
    header_.acknowledged = 0;
    for (std::uint32_t index = 0; index < all.size(); ++index) {
        auto& record = all[index];
        auto& bucket = buckets[bucket_of(record.worker_id())];
        if (record.next != bucket) {
            record.next = bucket;
            write_record(index, record);
        }
        bucket = index + 1;
        header_.acknowledged += record.acknowledged_round == header_.round ? 1U : 0U;
    }
    write_at(file_, path_, buckets.data(), sizeof buckets, buckets_offset);
    finish_change();
}

std::optional<std::uint32_t> roster_file::find(std::string_view id, roster_record& record) const
{
    std::uint32_t link = 0;
    read_at(file_, path_, &link, sizeof link, bucket_offset(bucket_of(id)));
    for (std::uint64_t steps = 0; link != 0; ++steps) {
        std::uint32_t const index = link - 1;
        if (index >= header_.records || steps > header_.records ||
            read_at(file_, path_, &record, sizeof record, record_offset(index)) != sizeof record) {
            error_details details;
            details.path = path_.native();
            details.operation = "read";
            details.message =
                path_.native() + " is damaged: its table does not lead to its records; publish anew";
            throw_coordination_error(errc::damaged_roster, std::move(details));
        }
        if (record.worker_id() == id) {
            return index;
        }
        link = record.next;
    }
    record = {};
    return std::nullopt;
}

void roster_file::write_record(std::uint32_t index, roster_record const& record)
{
    write_at(file_, path_, &record, sizeof record, record_offset(index));
}

std::uint32_t roster_file::append(std::string_view id, roster_record& record)
{
    if (header_.records >= most_records) {
        throw_file_error(EFBIG, "add a worker to", path_);
    }
    auto const index = static_cast<std::uint32_t>(header_.records);
    set_text(record.id, id);
    auto const bucket = bucket_offset(bucket_of(id));
    read_at(file_, path_, &record.next, sizeof record.next, bucket);
    write_record(index, record);
    failpoint("roster-appended");
    std::uint32_t const link = index + 1;
    write_at(file_, path_, &link, sizeof link, bucket);
    ++header_.records;
    return index;
}

void roster_file::begin_round(record_lock const& lock, std::uint64_t generation)
{
    begin_change(lock);
    header_.generation = generation;
    ++header_.round;
    header_.acknowledged = 0;
    finish_change();
}

void roster_file::upsert(record_lock const& lock, std::string_view id, process_identity const& worker,
                         bool acknowledged)
{
    refresh_and_repair(lock);
    roster_record record;
    auto const known = find(id, record);
    bool const same_process = known && record.identity() == worker && record.has_left == 0;
    bool const counted = known && record.acknowledged_round == header_.round;
    // Another process under the id, that does not acknowledge yet, takes the place of one that had.
    bool const counts_now = acknowledged || (counted && same_process);
    if (same_process && counted == counts_now) {
        return;
    }
    begin_change(lock);
    assign(record, worker);
    record.acknowledged_round = counts_now ? header_.round : 0;
    record.since = wall_clock_nanoseconds();
    if (known) {
        write_record(*known, record);
    } else {
        append(id, record);
    }
    header_.acknowledged += counts_now ? 1U : 0U;
    header_.acknowledged -= counted ? 1U : 0U;
    finish_change();
}

void roster_file::announce(record_lock const& lock, std::string_view id, process_identity const& worker)
{
    upsert(lock, id, worker, false);
}

void roster_file::acknowledge(record_lock const& lock, std::string_view id, process_identity const& worker)
{
    upsert(lock, id, worker, true);
}

std::optional<std::uint32_t> roster_file::find_present(record_lock const& lock, std::string_view id,
                                                       process_identity const& worker, roster_record& record)
{
    refresh_and_repair(lock);
    auto const known = find(id, record);
    bool const is_present = known && record.identity() == worker && record.has_left == 0;
    return is_present ? known : std::nullopt;
}

bool roster_file::leave(record_lock const& lock, std::string_view id, process_identity const& worker)
{
    roster_record record;
    auto const present = find_present(lock, id, worker, record);
    if (!present) {
        return false;
    }
    begin_change(lock);
    record.has_left = 1;
    record.since = wall_clock_nanoseconds();
    write_record(*present, record);
    finish_change();
    return true;
}

bool roster_file::withdraw(record_lock const& lock, std::string_view id, process_identity const& worker)
{
    roster_record record;
    auto const present = find_present(lock, id, worker, record);
    if (!present) {
        return false;
    }
    begin_change(lock);
    header_.acknowledged -= record.acknowledged_round == header_.round ? 1U : 0U;
    record.acknowledged_round = 0;
    record.pid = 0; // known by name, without a process until it is started again
    record.start_time = 0;
    record.since = wall_clock_nanoseconds();
    write_record(*present, record);
    finish_change();
    return true;
}

std::vector<roster_record> roster_file::records() const
{
    std::vector<roster_record> result(static_cast<std::size_t>(std::min(header_.records, most_records)));
    auto const got =
        read_at(file_, path_, result.data(), result.size() * sizeof(roster_record), records_offset);
    result.resize(got / sizeof(roster_record));
    return result;
}

void roster_file::await(std::uint64_t count, std::uint64_t change)
{
    if (header_.awaited_count == count && header_.awaited_change == change) {
        return;
    }
    header_.awaited_count = count;
    header_.awaited_change = change;
    write_at(file_, path_, &header_.awaited_count, awaited_size, offsetof(roster_header, awaited_count));
}

bool roster_file::is_awaited() const
{
    roster_header now;
    read_at(file_, path_, &now.awaited_count, awaited_size, offsetof(roster_header, awaited_count));
    bool const counts = now.awaited_count != 0 && header_.acknowledged >= now.awaited_count;
    return counts || (now.awaited_change != 0 && header_.changes >= now.awaited_change);
}

} // namespace testmon::xdist_coordination
