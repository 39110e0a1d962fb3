// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_PER_PROCESS_HPP
#define TESTMON_SRC_XDIST_COORDINATION_PER_PROCESS_HPP

#include <atomic>

#include <unistd.h>

namespace testmon::xdist_coordination
{

/// An object that each process has of its own: after a fork the child gets a new one. What the parent's
/// object held (a mutex locked by a thread that the child does not have, a lock that the child does not own)
/// is then out of reach, and deliberately never destroyed.
///
/// Thread safety: `get` may be called from many threads; the object has to look after itself.
template <typename T>
class per_process
{
  public:
    T& get()
    {
        auto const pid = ::getpid();
        auto* current = current_.load(std::memory_order_acquire);
        while (current == nullptr || current->pid != pid) {
            auto* const fresh = new node{pid, {}};
            if (current_.compare_exchange_strong(current, fresh, std::memory_order_acq_rel)) {
                return fresh->value;
            }
            delete fresh;
        }
        return current->value;
    }

  private:
    struct node {
        ::pid_t pid;
        T value;
    };
    std::atomic<node*> current_{nullptr};
};

} // namespace testmon::xdist_coordination

#endif
