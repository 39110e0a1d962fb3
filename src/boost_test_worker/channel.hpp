// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_BOOST_TEST_WORKER_CHANNEL_HPP
#define TESTMON_SRC_BOOST_TEST_WORKER_CHANNEL_HPP

#include "protocol.hpp"
#include "shared_page.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace testmon::boost_test
{

/// A worker's end of the connection to its runner.
///
/// Its descriptor is a high one, so that a test that opens a file gets the number that it would get without
/// it. A test may close it all the same: then the worker connects again. Without a runner there is nothing
/// left to do: the process ends at once.
class channel
{
  public:
    /// Errors: `std::system_error` if there is nothing to connect to.
    explicit channel(std::string directory);
    ~channel();
    channel(channel const&) = delete;
    channel& operator=(channel const&) = delete;

    void send(message_writer& message) { send_all(message.bytes()); }
    /// Whole messages, in one go.
    void send_all(std::string_view bytes);
    /// Whether a test has closed its descriptor.
    bool is_closed() const noexcept;
    /// As `send`, for a signal handler: it neither allocates nor waits.
    void send_now(char const* bytes, std::size_t size) noexcept;
    /// Has the runner read what was sent. It does so by itself, but some time may pass.
    void wake_runner();
    /// Waits for the next message. Returns: its body, valid until the next call.
    std::string_view receive();

    claim_word& claims_of(std::uint32_t batch) noexcept { return page_->claims_of(batch); }
    std::string const& directory() const noexcept { return directory_; }

  private:
    int connect() const;
    void connect_again();
    void ring();

    std::string directory_;
    int descriptor_ = -1;
    shared_page* page_ = nullptr;
    std::string received_{};
    std::size_t consumed_ = 0;
    std::chrono::steady_clock::time_point rang_{};
};

/// Whether this process is a copy that a test made by fork: it must not speak in the worker's name.
bool is_forked_copy() noexcept;

/// Opens a file of the worker's directory, close-on-exec. Returns: -1, and errno, if that fails.
int open_in(std::string const& directory, char const* name, int flags) noexcept;

} // namespace testmon::boost_test

#endif
