// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_ROSTER_FILE_HPP
#define TESTMON_SRC_XDIST_COORDINATION_ROSTER_FILE_HPP

#include "process_identity.hpp"
#include "record_lock.hpp"
#include "trusted_file.hpp"

#include <boost/filesystem/path.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::xdist_coordination
{

/// The first part of the file: whose run it is, and how many workers have acknowledged. As it is on disk.
struct roster_header {
    char magic[8] = {};
    std::uint32_t format_version = 0;
    std::uint32_t record_size = 0;
    char boot_id[40] = {};
    char run_token[40] = {};
    std::int64_t controller_pid = 0;
    std::uint64_t controller_start_time = 0;
    std::uint64_t controller_pid_namespace = 0;
    std::int64_t claimed_since_boot = 0;
    std::int64_t claimed_at = 0; // nanoseconds since 1970-01-01 UTC

    // Rewritten together at the end of every change, in one write that cannot be torn by a kill.
    std::uint64_t generation = 0;   // of the publication that is acknowledged
    std::uint64_t round = 0;        // grows with each generation and each reset
    std::uint64_t records = 0;      // how many follow
    std::uint64_t changes = 0;      // grows with every change
    std::uint64_t acknowledged = 0; // how many have acknowledged in this round: the counter
    std::uint64_t changing = 0;     // 1 while a change is under way, and after a kill in its middle

    // Written by the waiting controller without the lock; see `await`.
    std::uint64_t awaited_count = 0;  // of acknowledgments
    std::uint64_t awaited_change = 0; // number of the change

    process_identity controller() const
    {
        return {controller_pid, controller_start_time, controller_pid_namespace};
    }
    std::string token() const;
};

/// One worker, as it is on disk.
struct roster_record {
    char id[64] = {}; // ends with the first 0, or with the array
    std::int64_t pid = 0;
    std::uint64_t start_time = 0;
    std::uint64_t pid_namespace = 0;
    std::uint64_t acknowledged_round = 0; // 0: never
    std::int64_t since = 0;               // nanoseconds since 1970-01-01 UTC: the last step
    std::uint32_t next = 0;               // 1 + index of the next record of the same bucket; 0: none
    std::uint32_t has_left = 0;
    std::uint64_t unused[2] = {};

    std::string worker_id() const;
    process_identity identity() const { return {pid, start_time, pid_namespace}; }
};

/// The acknowledgment counter and the workers behind it: one small file of a header, a hash table and a
/// record for each worker. It is changed under the lock of the run only; reading needs no lock. A change that
/// a kill cut short is completed by the next process that takes the lock: the count is then counted anew from
/// the records.
///
/// Complexity: every change costs the same however many workers there are.
class roster_file
{
  public:
    /// What can be said of a file that should be a roster.
    enum class validity {
        valid,
        absent,
        leftover, ///< of an earlier boot
        damaged,
    };

    /// Puts a new roster, without workers, in the place of whatever was there.
    static void create(record_lock const&, boost::filesystem::path const& path,
                       process_identity const& controller, std::string const& run_token,
                       std::uint64_t last_generation);

    /// Opens the file; look at `state` before anything else.
    explicit roster_file(boost::filesystem::path path, bool writable);

    validity state() const noexcept { return state_; }
    /// As it was when it was last read.
    roster_header const& header() const noexcept { return header_; }
    /// Reads the header again.
    void refresh();
    /// Throws `errc::damaged_roster` unless the file is valid.
    void require_valid() const;
    /// Throws it for a damaged file only.
    void require_undamaged() const;

    // ---- Changes, under the lock; `refresh` is implied ----

    /// Begins a round without acknowledgments.
    void begin_round(record_lock const&, std::uint64_t generation);
    /// Notes that a worker takes part. A worker of the same id is replaced if it is another process.
    void announce(record_lock const&, std::string_view id, process_identity const& worker);
    /// Notes that a worker takes part and has acknowledged; it counts once.
    void acknowledge(record_lock const&, std::string_view id, process_identity const& worker);
    /// Notes that a worker has left. One that is not known, or another process under its id, is left alone.
    /// Returns: whether it was noted.
    bool leave(record_lock const&, std::string_view id, process_identity const& worker);
    /// Takes a dead worker out of the count, if it is still this process.
    /// Returns: whether it was.
    bool withdraw(record_lock const&, std::string_view id, process_identity const& worker);
    /// Completes a change that was cut short.
    void repair(record_lock const&);

    // ---- Without the lock ----

    /// All records.
    std::vector<roster_record> records() const;
    /// Asks whoever brings the counter to `count`, or makes change number `change`, to ring the controller's
    /// bell.
    void await(std::uint64_t count, std::uint64_t change);
    /// Whether the last change was asked for. To be called after the change: the one who asks looks for
    /// changes after asking, so that one of the two sees the other.
    bool is_awaited() const;

  private:
    void begin_change(record_lock const&);
    void finish_change();
    void refresh_and_repair(record_lock const&);
    std::optional<std::uint32_t> find(std::string_view id, roster_record& record) const;
    // Finds a worker that is this process and has not left.
    std::optional<std::uint32_t> find_present(record_lock const&, std::string_view id,
                                              process_identity const& worker, roster_record& record);
    void write_record(std::uint32_t index, roster_record const& record);
    std::uint32_t append(std::string_view id, roster_record& record);
    void upsert(record_lock const&, std::string_view id, process_identity const& worker, bool acknowledged);

    boost::filesystem::path path_;
    file_descriptor file_{};
    validity state_ = validity::absent;
    roster_header header_{};
};

} // namespace testmon::xdist_coordination

#endif
