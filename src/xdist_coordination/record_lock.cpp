// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "record_lock.hpp"

#include "failpoint.hpp"
#include "per_process.hpp"
#include "trusted_file.hpp"

#include <testmon/xdist_coordination/coordination_error.hpp>

#include <boost/interprocess/exceptions.hpp>
#include <boost/interprocess/sync/file_lock.hpp>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace testmon::xdist_coordination
{

namespace
{

using boost::filesystem::path;
using steady_clock = std::chrono::steady_clock;
using file_key = std::pair<std::uint64_t, std::uint64_t>; // device, inode

// Boost opens the file without O_CLOEXEC and keeps the descriptor to itself: find it by what it refers to. (A
// thread that execs between the two calls still passes it on, but not the lock, which never goes to a child.)
void close_on_exec(file_key const& key)
{
    std::string const directory = "/proc/self/fd";
    for (auto const& name : list_directory(directory)) {
        // By name and not by descriptor, which may be another thread's and be closed at this moment.
        struct ::stat status {
        };
        if (::stat((directory + "/" + name).c_str(), &status) != 0 || status.st_dev != key.first ||
            status.st_ino != key.second) {
            continue;
        }
        int const descriptor = std::atoi(name.c_str());
        if (::fcntl(descriptor, F_GETFD) == 0) {
            ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
        }
    }
}

// Pauses between tries, at random up to a limit that doubles. A thousand waiters that try at short intervals
// would keep the one that holds the lock from running at all
// (https://en.wikipedia.org/wiki/Exponential_backoff).
class lock_pauses
{
  public:
    std::chrono::microseconds next()
    {
        auto const pause = std::uniform_int_distribution<std::int64_t>(limit_ / 2, limit_)(random_);
        constexpr std::int64_t longest = 32'000;
        limit_ = std::min(2 * limit_, longest);
        return std::chrono::microseconds(pause);
    }

  private:
    std::int64_t limit_ = 60;
    std::minstd_rand random_{static_cast<std::minstd_rand::result_type>(
        ::getpid() ^ steady_clock::now().time_since_epoch().count())};
};

} // namespace

struct record_lock::shared_lock {
    std::mutex mutex{};
    std::condition_variable released{};
    bool taken = false; // by a thread of this process
    boost::interprocess::file_lock file{};
};

class record_lock::table
{
  public:
    std::shared_ptr<shared_lock> find_or_open(file_descriptor const& named, file_key const& key)
    {
        std::lock_guard<std::mutex> const guard(mutex_);
        if (auto const found = locks_.find(key); found != locks_.end()) {
            return found->second;
        }
        auto result = std::make_shared<shared_lock>();
        // Through /proc, so that Boost opens the very file that was checked, whatever has its name now.
        std::string const same_file = "/proc/self/fd/" + std::to_string(named.get());
        result->file = boost::interprocess::file_lock(same_file.c_str());
        close_on_exec(key);
        drop_unused(); // files of runs that are over would pile up
        locks_[key] = result;
        return result;
    }

    void close_unused()
    {
        std::lock_guard<std::mutex> const guard(mutex_);
        drop_unused();
    }

    static table& of_this_process()
    {
        static per_process<table> tables;
        return tables.get();
    }

  private:
    // An entry that only the table knows holds no lock, and closing its descriptor can give up none.
    void drop_unused()
    {
        for (auto entry = locks_.begin(); entry != locks_.end();) {
            bool const is_used = entry->second.use_count() > 1;
            entry = is_used ? std::next(entry) : locks_.erase(entry);
        }
    }

    std::mutex mutex_{};
    std::map<file_key, std::shared_ptr<shared_lock>> locks_{};
};

record_lock::record_lock(std::shared_ptr<shared_lock> held) noexcept
    : held_(std::move(held)), owner_(::getpid())
{
}

void record_lock::close_unused()
{
    table::of_this_process().close_unused();
}

record_lock::record_lock(record_lock&& other) noexcept : held_(std::move(other.held_)), owner_(other.owner_)
{
}

record_lock::~record_lock()
{
    // A child that was forked while the lock was held inherits this object, but not the lock.
    if (held_ == nullptr || owner_ != ::getpid()) {
        return;
    }
    failpoint("unlock");
    try {
        held_->file.unlock();
    } catch (boost::interprocess::interprocess_exception const&) {
        // Unlocking a file that is open cannot fail; if it does, the kernel still unlocks when the process
        // ends.
    }
    {
        std::lock_guard<std::mutex> const guard(held_->mutex);
        held_->taken = false;
    }
    held_->released.notify_one();
}

std::optional<record_lock> record_lock::acquire_existing(path const& lock_file,
                                                         steady_clock::time_point deadline, bool& absent,
                                                         bool& busy)
{
    absent = false;
    busy = false;
    file_signature named{};
    auto const handle = open_trusted_path(lock_file, named);
    if (!handle) {
        absent = true;
        return std::nullopt;
    }
    std::shared_ptr<shared_lock> lock;
    try {
        lock = table::of_this_process().find_or_open(*handle, {named.device, named.inode});
    } catch (boost::interprocess::interprocess_exception const& e) {
        throw_file_error(e.get_native_error(), "open", lock_file);
    }
    {
        std::unique_lock<std::mutex> guard(lock->mutex);
        if (!lock->released.wait_until(guard, deadline, [&] { return !lock->taken; })) {
            busy = true;
            return std::nullopt;
        }
        lock->taken = true;
    }
    // From here on the destructor gives back what was taken; unlocking what was not locked is harmless.
    record_lock result(lock);
    try {
        if (int const injected = failpoint("lock"); injected != 0) {
            throw boost::interprocess::interprocess_exception(boost::interprocess::error_info(injected));
        }
        // Boost's timed_lock reads the wall clock, and lock() never ends while a stopped process holds the
        // lock.
        for (lock_pauses pauses; !lock->file.try_lock();) {
            auto const now = steady_clock::now();
            if (now >= deadline) {
                busy = true;
                return std::nullopt;
            }
            std::this_thread::sleep_for(std::min<steady_clock::duration>(pauses.next(), deadline - now));
        }
    } catch (boost::interprocess::interprocess_exception const& e) {
        int const error_number = static_cast<int>(e.get_native_error());
        if (error_number == ENOLCK || error_number == EOPNOTSUPP || error_number == ENOSYS ||
            error_number == EINVAL) {
            error_details details;
            details.path = lock_file.native();
            details.operation = "lock";
            details.message = "the file system of " + lock_file.native() +
                              " does not lock files; set TESTMON_XDIST_DIR to a directory on a local disk";
            throw_coordination_error(errc::locks_unsupported, std::move(details));
        }
        throw_file_error(error_number, "lock", lock_file);
    }
    failpoint("locked");
    // Whoever ended the run removed the file while holding its lock: what we have locked then is nobody's any
    // more.
    auto const current = signature_of(lock_file);
    absent = !current || current->device != named.device || current->inode != named.inode;
    if (absent) {
        return std::nullopt;
    }
    return result;
}

std::optional<record_lock> record_lock::acquire(path const& lock_file, steady_clock::time_point deadline,
                                                missing_file if_missing)
{
    for (;;) {
        bool absent = false;
        bool busy = false;
        if (auto lock = acquire_existing(lock_file, deadline, absent, busy)) {
            return lock;
        }
        if (busy || steady_clock::now() >= deadline + std::chrono::seconds(1)) {
            error_details details;
            details.path = lock_file.native();
            details.operation = "lock";
            details.message = "the lock " + lock_file.native() +
                              " was not to be had in time: another process holds it, and may be stopped";
            throw_coordination_error(errc::timed_out, std::move(details));
        }
        if (if_missing == missing_file::give_up || !check_trusted_directory(lock_file.parent_path())) {
            return std::nullopt;
        }
        try {
            create_file_if_absent(lock_file);
        } catch (coordination_file_error const& e) {
            if (e.code().value() != ENOENT) {
                throw;
            }
            return std::nullopt; // the directory went in between
        }
    }
}

std::optional<record_lock> record_lock::try_acquire(path const& lock_file)
{
    bool absent = false;
    bool busy = false;
    return acquire_existing(lock_file, steady_clock::now(), absent, busy);
}

} // namespace testmon::xdist_coordination
