// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_RECORD_LOCK_HPP
#define TESTMON_SRC_XDIST_COORDINATION_RECORD_LOCK_HPP

#include <boost/filesystem/path.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace testmon::xdist_coordination
{

/// Holds the lock of a run: of all threads of all processes one at a time. Released by the destructor, and by
/// the kernel when the process dies.
///
/// The lock is a Boost.Interprocess `file_lock`, a POSIX record lock, on a file that nothing else opens.
/// Record locks belong to the process, so that two threads would both get it; a table of the process keyed by
/// device and inode makes the threads take turns. A forked child has a table of its own, and owns none of its
/// parent's locks.
class record_lock
{
  public:
    /// What to do if there is no file to lock.
    enum class missing_file { create, give_up };

    /// Takes the lock.
    ///
    /// Returns: none if its file, or the directory of that, does not exist (any more) and is not to be
    /// created. Errors: `coordination_timeout` once `deadline` has passed, `coordination_file_error`.
    static std::optional<record_lock> acquire(boost::filesystem::path const& lock_file,
                                              std::chrono::steady_clock::time_point deadline,
                                              missing_file if_missing);

    /// As `acquire`, but does not wait and does not create the file. Returns: none also if someone holds the
    /// lock.
    static std::optional<record_lock> try_acquire(boost::filesystem::path const& lock_file);

    /// Closes the lock files that this process has open and does not need: they are kept open for the next
    /// time.
    static void close_unused();

    record_lock(record_lock&& other) noexcept;
    record_lock& operator=(record_lock&&) = delete;
    ~record_lock();

  private:
    struct shared_lock;
    class table;
    explicit record_lock(std::shared_ptr<shared_lock> held) noexcept;
    static std::optional<record_lock> acquire_existing(boost::filesystem::path const& lock_file,
                                                       std::chrono::steady_clock::time_point deadline,
                                                       bool& absent, bool& busy);

    std::shared_ptr<shared_lock> held_;
    int owner_;
};

} // namespace testmon::xdist_coordination

#endif
