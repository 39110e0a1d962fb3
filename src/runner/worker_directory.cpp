// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "worker_directory.hpp"

#include "../boost_test_worker/protocol.hpp"
#include "../xdist_coordination/trusted_file.hpp"

#include <boost/filesystem/operations.hpp>

#include <algorithm>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace testmon::runner
{

namespace
{

using xdist_coordination::file_descriptor;

// More than anybody reads of a failed test.
constexpr std::uint64_t most_read = std::uint64_t{64} * 1024;
constexpr std::uint64_t worth_a_hole = std::uint64_t{1} << 20U;

} // namespace

worker_directory::worker_directory(boost::filesystem::path path) : path_(std::move(path))
{
    boost::filesystem::create_directory(path_);
    boost::filesystem::create_directory(scratch());
}

boost::filesystem::path worker_directory::output() const
{
    return path_ / boost_test::output_name;
}

std::string worker_directory::read_output(std::uint64_t from, std::uint64_t to) const
{
    from = std::max(from, to - std::min(to, most_read));
    std::string result;
    file_descriptor const file(::open(output().c_str(), O_RDONLY | O_CLOEXEC));
    if (!file || to <= from) {
        return result;
    }
    result.resize(to - from);
    std::size_t done = 0;
    while (done < result.size()) {
        auto const got =
            ::pread(file.get(), &result[done], result.size() - done, static_cast<::off_t>(from + done));
        if (got <= 0) {
            break;
        }
        done += static_cast<std::size_t>(got);
    }
    result.resize(done);
    return result;
}

void worker_directory::forget_output(std::uint64_t from, std::uint64_t to) const
{
    if (to < from + worth_a_hole) {
        return;
    }
    file_descriptor const file(::open(output().c_str(), O_WRONLY | O_CLOEXEC));
    if (file) {
        // Best effort: a file system without holes keeps it until the end of the run.
        (void)::fallocate(file.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<::off_t>(from),
                          static_cast<::off_t>(to - from));
    }
}

std::uint64_t worker_directory::output_size() const
{
    struct ::stat status {
    };
    return ::stat(output().c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

} // namespace testmon::runner
