// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_BOOST_TEST_WORKER_SHARED_PAGE_HPP
#define TESTMON_SRC_BOOST_TEST_WORKER_SHARED_PAGE_HPP

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

/// The memory that a worker shares with its runner. It outlives the worker's process, so that nothing is lost
/// that the process has said before it died, however it died; and neither side needs the system to use it.
namespace testmon::boost_test
{

static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "it is shared between processes");

/// Where the tests of a batch that nobody has begun yet are shared out between the worker, which claims one
/// after the other, and the runner, which may revoke those that are left, without asking.
///
/// A word holds the position of the next case of a batch, and the number of those that may be claimed.
class claim_word
{
  public:
    void open(std::uint32_t count) noexcept { word_.store(count, std::memory_order_release); }

    /// Returns: the position of the case that is the caller's now; none: no case is left.
    std::optional<std::uint32_t> claim() noexcept
    {
        auto word = word_.load(std::memory_order_acquire);
        while (next_of(word) < limit_of(word)) {
            if (word_.compare_exchange_weak(word, word + one_more, std::memory_order_acq_rel)) {
                return next_of(word);
            }
        }
        return std::nullopt;
    }

    struct range {
        std::uint32_t first;
        std::uint32_t last; ///< one past
    };

    /// Returns: the positions of the cases, at `from` or after, that will not be claimed.
    range revoke(std::uint32_t from = 0) noexcept
    {
        auto word = word_.load(std::memory_order_acquire);
        for (;;) {
            auto const first = std::min(std::max(next_of(word), from), limit_of(word));
            if (word_.compare_exchange_weak(word, (word & ~low_half) | first, std::memory_order_acq_rel)) {
                return {first, limit_of(word)};
            }
        }
    }

  private:
    static constexpr std::uint64_t one_more = std::uint64_t{1} << 32U;
    static constexpr std::uint64_t low_half = one_more - 1;
    static std::uint32_t next_of(std::uint64_t word) noexcept
    {
        return static_cast<std::uint32_t>(word >> 32U);
    }
    static std::uint32_t limit_of(std::uint64_t word) noexcept
    {
        return static_cast<std::uint32_t>(word & low_half);
    }

    std::atomic<std::uint64_t> word_{0};
};

/// A stream of bytes from the worker to the runner: a ring buffer for one writer and one reader.
class event_stream
{
  public:
    static constexpr std::uint64_t capacity = std::uint64_t{256} * 1024;

    /// Appends what there is room for. Returns: how much that was.
    std::size_t write(std::string_view bytes) noexcept
    {
        auto const end = written_.load(std::memory_order_relaxed);
        auto const room = capacity - (end - read_.load(std::memory_order_acquire));
        auto const size = std::min<std::uint64_t>(bytes.size(), room);
        auto const until_wrap = std::min(size, capacity - end % capacity);
        std::memcpy(bytes_ + end % capacity, bytes.data(), until_wrap);
        std::memcpy(bytes_, bytes.data() + until_wrap, size - until_wrap);
        written_.store(end + size, std::memory_order_release);
        return size;
    }

    /// Whether the reader should be told to hurry.
    bool is_half_full() const noexcept
    {
        return written_.load(std::memory_order_relaxed) - read_.load(std::memory_order_relaxed) >
               capacity / 2;
    }

    /// Appends all that was written to `out`. Returns: false if what is here makes no sense.
    bool read(std::string& out)
    {
        auto const end = written_.load(std::memory_order_acquire);
        auto const begin = read_.load(std::memory_order_relaxed);
        if (end - begin > capacity) {
            return false;
        }
        auto const size = end - begin;
        auto const until_wrap = std::min(size, capacity - begin % capacity);
        out.append(bytes_ + begin % capacity, until_wrap);
        out.append(bytes_, size - until_wrap);
        read_.store(end, std::memory_order_release);
        return true;
    }

  private:
    std::atomic<std::uint64_t> written_{0}; // in all
    std::atomic<std::uint64_t> read_{0};    // in all
    char bytes_[capacity]{};
};

struct shared_page {
    /// As many batches as a worker may hold at a time. Batch n uses word n modulo that.
    static constexpr std::uint32_t batches = 4;
    claim_word claims[batches];
    event_stream events;

    claim_word& claims_of(std::uint32_t batch) noexcept { return claims[batch % batches]; }
};

} // namespace testmon::boost_test

#endif
