// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "channel.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace testmon::boost_test
{

namespace
{

bool forked_copy = false;

constexpr int exit_without_runner = 70; // EX_SOFTWARE; nobody is there to see it

[[noreturn]] void fail(char const* what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

// Out of the way of tests that expect low numbers, or close those that they know.
int moved_up(int descriptor) noexcept
{
    ::rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return descriptor;
    }
    constexpr ::rlim_t reserve = 16;
    constexpr ::rlim_t highest = 4096;
    auto const wanted = std::min(limit.rlim_cur, highest);
    if (wanted <= reserve) {
        return descriptor;
    }
    int const high = ::fcntl(descriptor, F_DUPFD_CLOEXEC, static_cast<int>(wanted - reserve));
    if (high < 0) {
        return descriptor;
    }
    ::close(descriptor);
    return high;
}

} // namespace

bool is_forked_copy() noexcept
{
    return forked_copy;
}

int open_in(std::string const& directory, char const* name, int flags) noexcept
{
    return ::open((directory + '/' + name).c_str(), flags | O_CLOEXEC);
}

channel::channel(std::string directory) : directory_(std::move(directory)), descriptor_(connect())
{
    ::pthread_atfork(nullptr, nullptr, [] { forked_copy = true; });
    int const file = open_in(directory_, page_name, O_RDWR);
    if (file < 0) {
        fail("the page that is shared with the runner cannot be opened");
    }
    void* const mapped = ::mmap(nullptr, sizeof(shared_page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    if (mapped == MAP_FAILED) {
        fail("the page that is shared with the runner cannot be mapped");
    }
    page_ = static_cast<shared_page*>(mapped);
}

channel::~channel()
{
    ::close(descriptor_);
}

int channel::connect() const
{
    // The name of a socket may have 107 bytes; a path has more. So it is named by its directory.
    int const directory = ::open(directory_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) {
        fail("the worker's directory cannot be opened");
    }
    auto const name = "/proc/self/fd/" + std::to_string(directory) + '/' + socket_name;
    ::sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof address.sun_path - 1);
    int const descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int const done = descriptor < 0 ? -1
                                    : ::connect(descriptor, reinterpret_cast<::sockaddr const*>(&address),
                                                sizeof address); // NOLINT
    auto const error_number = errno;
    ::close(directory);
    if (done != 0) {
        if (descriptor >= 0) {
            ::close(descriptor);
        }
        errno = error_number;
        fail("the runner cannot be reached");
    }
    return moved_up(descriptor);
}

void channel::connect_again()
{
    received_.clear(); // all of it is sent again
    consumed_ = 0;
    try {
        descriptor_ = connect();
    } catch (std::system_error const&) {
        ::_exit(exit_without_runner);
    }
}

bool channel::is_closed() const noexcept
{
    return ::fcntl(descriptor_, F_GETFD) < 0;
}

void channel::send_all(std::string_view bytes)
{
    if (forked_copy) {
        return;
    }
    while (!bytes.empty()) {
        bytes.remove_prefix(page_->events.write(bytes));
        if (!bytes.empty()) {
            ring();
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        }
    }
    // Thousands of tests a second would wake the runner as often, at the cost of more than they take.
    constexpr std::chrono::milliseconds pause{5};
    auto const now = std::chrono::steady_clock::now();
    if (now - rang_ >= pause || page_->events.is_half_full()) {
        rang_ = now;
        ring();
    }
}

void channel::send_now(char const* bytes, std::size_t size) noexcept
{
    if (!forked_copy) {
        page_->events.write({bytes, size});
    }
}

void channel::wake_runner()
{
    if (!forked_copy) {
        ring();
    }
}

void channel::ring()
{
    char const bell = 0;
    while (::send(descriptor_, &bell, sizeof bell, MSG_NOSIGNAL) < 0) {
        if (errno == EBADF || errno == ENOTSOCK || errno == ENOTCONN) {
            // A test has closed it. The number is somebody else's, if anybody's: it is left alone.
            connect_again();
        } else if (errno != EINTR && errno != EAGAIN) {
            ::_exit(exit_without_runner);
        }
    }
}

std::string_view channel::receive()
{
    received_.erase(0, std::exchange(consumed_, 0));
    for (;;) {
        if (auto const message = first_message(received_)) {
            consumed_ = message->size() + sizeof(std::uint32_t);
            return *message;
        }
        char buffer[4096];
        auto const got = ::recv(descriptor_, buffer, sizeof buffer, 0);
        if (got > 0) {
            received_.append(buffer, static_cast<std::size_t>(got));
        } else if (got < 0 && (errno == EBADF || errno == ENOTSOCK || errno == ENOTCONN)) {
            // What the runner had sent and was not read is lost with the old connection: it sends that again.
            received_.clear();
            connect_again();
        } else if (got < 0 && errno == EAGAIN) {
            // A test has made it a descriptor that does not wait.
            ::pollfd source{descriptor_, POLLIN, 0};
            ::poll(&source, 1, -1);
        } else if (got == 0 || errno != EINTR) {
            ::_exit(exit_without_runner);
        }
    }
}

} // namespace testmon::boost_test
