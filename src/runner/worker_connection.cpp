// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "worker_connection.hpp"

#include "../xdist_coordination/trusted_file.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace testmon::runner
{

namespace
{

using xdist_coordination::file_descriptor;

boost::asio::local::stream_protocol::acceptor listen_in(boost::asio::io_context& context,
                                                        boost::filesystem::path const& directory)
{
    // The name of a socket may have 107 bytes; a path has more. So it is named by its directory.
    file_descriptor const place(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!place) {
        throw std::system_error(errno, std::generic_category(), directory.native());
    }
    return {context, {"/proc/self/fd/" + std::to_string(place.get()) + '/' + boost_test::socket_name}};
}

boost_test::shared_page* map_page(boost::filesystem::path const& file)
{
    file_descriptor const page(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!page || ::ftruncate(page.get(), sizeof(boost_test::shared_page)) != 0) {
        throw std::system_error(errno, std::generic_category(), file.native());
    }
    void* const mapped =
        ::mmap(nullptr, sizeof(boost_test::shared_page), PROT_READ | PROT_WRITE, MAP_SHARED, page.get(), 0);
    if (mapped == MAP_FAILED) {
        throw std::system_error(errno, std::generic_category(), file.native());
    }
    return new (mapped) boost_test::shared_page;
}

} // namespace

worker_connection::worker_connection(boost::asio::io_context& context,
                                     boost::filesystem::path const& directory,
                                     std::function<void()> connected, take_message take,
                                     std::function<void(std::string const&)> broken)
    : acceptor_(listen_in(context, directory)), socket_(context),
      page_(map_page(directory / boost_test::page_name)), connected_(std::move(connected)),
      take_(std::move(take)), broken_(std::move(broken))
{
    acceptor_.non_blocking(true);
    accept();
}

worker_connection::~worker_connection()
{
    ::munmap(page_, sizeof *page_);
}

void worker_connection::accept()
{
    is_deaf_ = false;
    acceptor_.async_accept([this, life = std::weak_ptr<void>(life_)](boost::system::error_code const& error,
                                                                     protocol::socket socket) {
        if (life.expired() || error == boost::asio::error::operation_aborted) {
            return;
        }
        if (error) {
            is_deaf_ = true; // to be tried again, but not at once: the runner has other things to do
            return;
        }
        accept();
        connect(std::move(socket));
    });
}

void worker_connection::connect(protocol::socket&& socket)
{
    disconnect();
    socket_ = std::move(socket);
    socket_.non_blocking(true);
    connected_();
    await_bell();
    drain();
}

void worker_connection::await_bell()
{
    socket_.async_read_some(boost::asio::buffer(bells_),
                            [this, life = std::weak_ptr<void>(life_),
                             generation = generation_](boost::system::error_code const& error, std::size_t) {
                                if (life.expired() || generation != generation_) {
                                    return;
                                }
                                if (error) {
                                    disconnect();
                                } else {
                                    await_bell();
                                }
                                drain();
                            });
}

void worker_connection::drain()
{
    if (is_taking_) {
        return; // a message is being taken, and the others come after it
    }
    if (is_deaf_) {
        accept();
    }
    is_taking_ = true;
    try {
        if (!page_->events.read(received_)) {
            throw boost_test::protocol_error("the page that is shared with it was written over");
        }
        std::size_t done = 0;
        while (auto const body = boost_test::first_message(std::string_view(received_).substr(done))) {
            done += sizeof(std::uint32_t) + body->size();
            boost_test::message_reader message(*body);
            take_(message);
        }
        received_.erase(0, done);
    } catch (boost_test::protocol_error const& e) {
        received_.clear();
        broken_(e.what());
    }
    is_taking_ = false;
}

void worker_connection::send(boost_test::message_writer& message)
{
    if (!socket_.is_open()) {
        return;
    }
    waiting_ += message.bytes();
    if (is_writing_) {
        return;
    }
    // At once, as far as there is room: the event loop may have to wait for other things, such as the start
    // of the other workers.
    boost::system::error_code ec;
    waiting_.erase(0, socket_.write_some(boost::asio::buffer(waiting_), ec));
    if (!waiting_.empty()) {
        write();
    }
}

void worker_connection::write()
{
    is_writing_ = true;
    auto const bytes = std::make_shared<std::string>(std::exchange(waiting_, {}));
    boost::asio::async_write(socket_, boost::asio::buffer(*bytes),
                             [this, bytes, life = std::weak_ptr<void>(life_),
                              generation = generation_](boost::system::error_code const& error, std::size_t) {
                                 if (life.expired() || generation != generation_) {
                                     return;
                                 }
                                 is_writing_ = false;
                                 if (!error && !waiting_.empty()) {
                                     write();
                                 }
                             });
}

void worker_connection::disconnect()
{
    ++generation_;
    waiting_.clear();
    is_writing_ = false;
    boost::system::error_code ignored;
    socket_.close(ignored);
}

} // namespace testmon::runner
