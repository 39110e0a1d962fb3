// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_WORKER_CONNECTION_HPP
#define TESTMON_SRC_RUNNER_WORKER_CONNECTION_HPP

#include "../boost_test_worker/protocol.hpp"
#include "../boost_test_worker/shared_page.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/filesystem/path.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>

namespace testmon::runner
{

/// The runner's end of the connection to the process of a worker. A process may come, go and come again: the
/// last one that came counts.
class worker_connection
{
  public:
    using take_message = std::function<void(boost_test::message_reader&)>;

    /// Listens in `directory`, and makes the page that is shared. `connected` is called for each connection;
    /// `take` for each message, and may throw `boost_test::protocol_error`, after which `broken` is called.
    worker_connection(boost::asio::io_context& context, boost::filesystem::path const& directory,
                      std::function<void()> connected, take_message take,
                      std::function<void(std::string const&)> broken);
    ~worker_connection();
    worker_connection(worker_connection const&) = delete;
    worker_connection& operator=(worker_connection const&) = delete;

    boost_test::claim_word& claims_of(std::uint32_t batch) noexcept { return page_->claims_of(batch); }
    /// Returns at once. Without a connection: no effect. A worker that comes again is sent what it needs by
    /// `connected`.
    void send(boost_test::message_writer& message);
    /// Takes all messages that there are.
    void drain();
    void disconnect();

  private:
    using protocol = boost::asio::local::stream_protocol;

    void accept();
    void connect(protocol::socket&& socket);
    void await_bell();
    void write();

    protocol::acceptor acceptor_;
    protocol::socket socket_;
    std::uint64_t generation_ = 0; // of the connection: what an old one reports late is passed over
    boost_test::shared_page* page_ = nullptr;
    std::function<void()> connected_;
    take_message take_;
    std::function<void(std::string const&)> broken_;
    std::array<char, 256> bells_{};
    std::string received_{};
    bool is_taking_ = false;
    bool is_deaf_ = false;  // there was no descriptor for a connection
    std::string waiting_{}; // to be sent
    bool is_writing_ = false;
    // A handler that was due when this object was destroyed is called all the same.
    std::shared_ptr<void> life_ = std::make_shared<char>();
};

} // namespace testmon::runner

#endif
