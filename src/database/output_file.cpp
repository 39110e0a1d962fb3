// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "output_file.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/system/error_code.hpp>

#include <cerrno>
#include <stdexcept>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace testmon::database
{

namespace
{

namespace fs = boost::filesystem;

constexpr std::size_t block = std::size_t{64} * 1024;

// What a rename is to replace: the file itself, not a symbolic link to it.
fs::path without_links(fs::path const& file)
{
    boost::system::error_code ec;
    auto const real = fs::canonical(file, ec);
    return ec ? file : real;
}

} // namespace

output_file::output_file(std::optional<fs::path> const& file)
{
    buffer_.reserve(2 * block);
    if (file) {
        name_ = file->native();
        target_ = without_links(*file);
        open_beside();
    }
}

void output_file::open_beside()
{
    constexpr ::mode_t permissions = 0666; // less the umask
    struct stat found {
    };
    bool const is_there = ::stat(target_.c_str(), &found) == 0;
    if (is_there && !S_ISREG(found.st_mode)) {
        throw std::runtime_error("cannot replace " + name_ + ": it is no regular file");
    }
    auto const beside = fs::unique_path(target_.native() + ".%%%%%%%%.tmp");
    descriptor_ = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                         is_there ? found.st_mode & permissions : permissions);
    if (descriptor_ < 0) {
        fail("create", errno);
    }
    temporary_ = beside;
}

output_file::~output_file()
{
    if (!temporary_.empty()) {
        ::close(descriptor_);
        ::unlink(temporary_.c_str());
    }
}

void output_file::write(std::string_view text)
{
    buffer_ += text;
    if (buffer_.size() >= block) {
        flush();
    }
}

void output_file::flush()
{
    std::string_view rest = buffer_;
    while (!rest.empty()) {
        auto const written = ::write(descriptor_, rest.data(), rest.size());
        if (written < 0 && errno != EINTR) {
            fail("write", errno);
        }
        rest.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    buffer_.clear();
}

void output_file::commit()
{
    flush();
    if (temporary_.empty()) {
        return;
    }
    // Without it, a power failure soon after the rename could leave an empty file.
    if (::fsync(descriptor_) != 0) {
        fail("write", errno);
    }
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
        fail("replace", errno);
    }
    ::close(descriptor_);
    temporary_.clear();
}

void output_file::fail(char const* operation, int error) const
{
    throw std::runtime_error(std::string("cannot ") + operation + " " + name_ + ": " +
                             boost::system::system_category().message(error));
}

} // namespace testmon::database
