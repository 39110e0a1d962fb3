// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_PROCESS_WATCH_HPP
#define TESTMON_SRC_XDIST_COORDINATION_PROCESS_WATCH_HPP

#include "process_identity.hpp"
#include "trusted_file.hpp"

#include <map>
#include <tuple>

namespace testmon::xdist_coordination
{

/// Watches the life of any number of processes: one descriptor turns readable when one of them dies.
///
/// A process that the kernel gives no descriptor for (too many are open, or it is too old) is examined again
/// at each question instead; the waiter then has to ask often.
class process_watch
{
  public:
    process_watch() = default;
    process_watch(process_watch const&) = delete;
    process_watch& operator=(process_watch const&) = delete;

    /// Whether the process lives. Watches it from now on, until it has died.
    /// Complexity: constant for one that is watched already, apart from those without a descriptor.
    process_liveness look_at(process_identity const& process);

    /// Readable when the death of a watched process has not been seen yet; -1 if none is watched.
    int descriptor() const noexcept { return epoll_.get(); }

    /// Whether a watched process has no descriptor.
    bool must_poll() const noexcept { return without_descriptor_ != 0; }

    /// Takes note of the deaths so far. From `begin_pass` to `end_pass` the answers of `look_at` do not
    /// change, and those that it was not asked about then are not watched any more.
    void begin_pass();
    void end_pass();

  private:
    struct watched {
        file_descriptor pidfd{};
        bool dead = false;
        unsigned long pass = 0;
    };
    struct by_value {
        bool operator()(process_identity const& a, process_identity const& b) const noexcept
        {
            return std::tie(a.pid, a.start_time, a.pid_namespace) <
                   std::tie(b.pid, b.start_time, b.pid_namespace);
        }
    };

    void watch(process_identity const& process, watched& entry);
    void unwatch(watched& entry) noexcept;

    std::map<process_identity, watched, by_value> processes_{};
    file_descriptor epoll_{};
    std::size_t without_descriptor_ = 0;
    unsigned long pass_ = 0;
};

} // namespace testmon::xdist_coordination

#endif
