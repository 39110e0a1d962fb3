// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/xdist_coordination/coordination_error.hpp>
#include <testmon/xdist_coordination/wait_options.hpp>

#include <cerrno>
#include <cstdint>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace testmon::xdist_coordination
{

wait_cancellation::wait_cancellation() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    if (descriptor_ < 0) {
        error_details details;
        details.operation = "create";
        details.message = "no descriptor is to be had to cancel waits with";
        throw_coordination_error({errno, boost::system::system_category()}, std::move(details));
    }
}

wait_cancellation::~wait_cancellation()
{
    ::close(descriptor_);
}

void wait_cancellation::cancel() noexcept
{
    // Nobody ever reads it, so that it stays readable.
    std::uint64_t const one = 1;
    [[maybe_unused]] auto const written = ::write(descriptor_, &one, sizeof one);
}

bool wait_cancellation::is_cancelled() const noexcept
{
    ::pollfd source{descriptor_, POLLIN, 0};
    return ::poll(&source, 1, 0) > 0;
}

int wait_cancellation::native_handle() const noexcept
{
    return descriptor_;
}

} // namespace testmon::xdist_coordination
