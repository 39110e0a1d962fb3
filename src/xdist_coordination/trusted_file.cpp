// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "trusted_file.hpp"

#include "failpoint.hpp"

#include <testmon/xdist_coordination/coordination_error.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/system/error_code.hpp>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace testmon::xdist_coordination
{

namespace
{

using boost::filesystem::path;
using status = struct ::stat;

// Makes a system call that returns -1 on failure: again when a signal interrupted it, and failing where a
// test has armed it.
template <typename Call>
auto system_call(char const* step, Call call)
{
    if (int const injected = failpoint(step); injected != 0) {
        errno = injected;
        return decltype(call())(-1);
    }
    for (;;) {
        auto const result = call();
        if (result >= 0 || errno != EINTR) {
            return result;
        }
    }
}

std::int64_t in_nanoseconds(std::timespec const& time)
{
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

file_signature signature_from(status const& s)
{
    return {static_cast<std::uint64_t>(s.st_dev), static_cast<std::uint64_t>(s.st_ino),
            static_cast<std::int64_t>(s.st_size), in_nanoseconds(s.st_mtim), in_nanoseconds(s.st_ctim)};
}

[[noreturn]] void refuse(path const& where, std::string const& why)
{
    error_details details;
    details.path = where.native();
    details.operation = "open";
    details.message = "refused to use " + where.native() + ": " + why;
    throw_coordination_error(errc::untrusted_file, std::move(details));
}

char const* kind_of(mode_t mode)
{
    if (S_ISLNK(mode)) {
        return "a symbolic link";
    }
    if (S_ISDIR(mode)) {
        return "a directory";
    }
    if (S_ISFIFO(mode)) {
        return "a FIFO";
    }
    if (S_ISSOCK(mode)) {
        return "a socket";
    }
    return S_ISREG(mode) ? "a regular file" : "a device";
}

void check_ownership(path const& where, status const& s)
{
    if (s.st_uid != ::geteuid()) {
        refuse(where, "it belongs to user " + std::to_string(s.st_uid) + ", and this process is user " +
                          std::to_string(::geteuid()));
    }
    if ((s.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        refuse(where, "others may write to it; \"chmod go-w\" takes that away");
    }
}

void check_regular(path const& where, status const& s)
{
    if (!S_ISREG(s.st_mode)) {
        refuse(where, std::string("it is ") + kind_of(s.st_mode) + ", not a regular file");
    }
    check_ownership(where, s);
}

std::optional<file_descriptor> open_regular(path const& where, int flags, file_signature* signature)
{
    // O_NONBLOCK: a FIFO in the file's place must not hold us up.
    file_descriptor file(system_call("open", [&] {
        return ::open(where.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    }));
    if (!file) {
        if (errno == ENOENT) {
            return std::nullopt;
        }
        int const error_number = errno;
        // Say what is in the way rather than "Too many levels of symbolic links", or "No such device" of a
        // FIFO.
        status in_the_way{};
        if (::lstat(where.c_str(), &in_the_way) == 0) {
            check_regular(where, in_the_way);
        }
        throw_file_error(error_number, "open", where);
    }
    status s{};
    if (::fstat(file.get(), &s) != 0) {
        throw_file_error(errno, "examine", where);
    }
    check_regular(where, s);
    if (signature != nullptr) {
        *signature = signature_from(s);
    }
    return file;
}

} // namespace

file_descriptor& file_descriptor::operator=(file_descriptor&& other) noexcept
{
    if (this != &other) {
        reset();
        descriptor_ = other.release();
    }
    return *this;
}

int file_descriptor::release() noexcept
{
    return std::exchange(descriptor_, -1);
}

void file_descriptor::reset() noexcept
{
    if (descriptor_ >= 0) {
        ::close(std::exchange(descriptor_, -1));
    }
}

void throw_file_error(int error_number, char const* operation, path const& where)
{
    boost::system::error_code const code(error_number, boost::system::system_category());
    error_details details;
    details.path = where.native();
    details.operation = operation;
    details.message = std::string("cannot ") + operation + " " + where.native() + ": " + code.message();
    if (error_number == ENOSPC || error_number == EDQUOT) {
        details.message += "; free some space and try again";
    } else if (error_number == EROFS || error_number == EACCES || error_number == EPERM) {
        details.message += "; the run's directory must be writable, TESTMON_XDIST_DIR can name another one";
    }
    throw_coordination_error(code, std::move(details));
}

std::optional<file_signature> signature_of(path const& where)
{
    status s{};
    if (system_call("examine", [&] { return ::lstat(where.c_str(), &s); }) == 0) {
        return signature_from(s);
    }
    if (errno == ENOENT || errno == ENOTDIR) {
        return std::nullopt;
    }
    throw_file_error(errno, "examine", where);
}

std::optional<file_descriptor> open_trusted_file(path const& where, bool writable, file_signature* signature)
{
    return open_regular(where, writable ? O_RDWR : O_RDONLY, signature);
}

std::optional<file_descriptor> open_trusted_path(path const& where, file_signature& signature)
{
    return open_regular(where, O_PATH, &signature);
}

void create_file_if_absent(path const& where)
{
    auto const created =
        system_call("create", [&] { return ::mknod(where.c_str(), S_IFREG | S_IRUSR | S_IWUSR, 0); });
    if (created != 0 && errno != EEXIST) {
        throw_file_error(errno, "create", where);
    }
}

void write_new_file(path const& where, std::string_view content)
{
    file_descriptor const file(system_call("create", [&] {
        return ::open(where.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    }));
    if (!file) {
        throw_file_error(errno, "create", where);
    }
    try {
        write_at(file, where, content.data(), content.size(), 0);
    } catch (coordination_error const&) {
        ::unlink(where.c_str());
        throw;
    }
}

void replace_file(path const& from, path const& to)
{
    boost::system::error_code ec;
    if (int const injected = failpoint("rename"); injected != 0) {
        ec.assign(injected, boost::system::system_category());
    } else {
        boost::filesystem::rename(from, to, ec);
    }
    if (ec) {
        ::unlink(from.c_str());
        throw_file_error(ec.value(), "rename a new file to", to);
    }
    failpoint("renamed");
}

bool remove_file(path const& where)
{
    if (system_call("remove", [&] { return ::unlink(where.c_str()); }) == 0) {
        return true;
    }
    if (errno == ENOENT || errno == ENOTDIR) {
        return false;
    }
    throw_file_error(errno, "remove", where);
}

bool remove_empty_directory(path const& where)
{
    if (system_call("remove-directory", [&] { return ::rmdir(where.c_str()); }) == 0 || errno == ENOENT) {
        return true;
    }
    if (errno == ENOTEMPTY || errno == EEXIST || errno == EBUSY) {
        return false;
    }
    throw_file_error(errno, "remove", where);
}

bool check_trusted_directory(path const& where)
{
    status s{};
    if (system_call("examine", [&] { return ::lstat(where.c_str(), &s); }) != 0) {
        if (errno == ENOENT) {
            return false;
        }
        throw_file_error(errno, "examine", where);
    }
    if (!S_ISDIR(s.st_mode)) {
        refuse(where, std::string("it is ") + kind_of(s.st_mode) + ", not a directory");
    }
    check_ownership(where, s);
    return true;
}

void ensure_trusted_directory(path const& where)
{
    if (check_trusted_directory(where)) {
        return;
    }
    if (system_call("create-directory", [&] { return ::mkdir(where.c_str(), S_IRWXU); }) != 0 &&
        errno != EEXIST) {
        throw_file_error(errno, "create the directory", where);
    }
    check_trusted_directory(where);
}

std::vector<std::string> list_directory(path const& where)
{
    struct closer {
        void operator()(DIR* directory) const noexcept { ::closedir(directory); }
    };
    int const opened = system_call(
        "list", [&] { return ::open(where.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC); });
    if (opened < 0) {
        if (errno == ENOENT) {
            return {};
        }
        throw_file_error(errno, "list", where);
    }
    std::unique_ptr<DIR, closer> const directory(::fdopendir(opened));
    if (directory == nullptr) {
        int const error_number = errno;
        ::close(opened);
        throw_file_error(error_number, "list", where);
    }
    std::vector<std::string> names;
    errno = 0;
    while (auto const* entry = ::readdir(directory.get())) {
        if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0) {
            names.emplace_back(entry->d_name);
        }
        errno = 0;
    }
    if (errno != 0) {
        throw_file_error(errno, "list", where);
    }
    return names;
}

std::int64_t size_of(file_descriptor const& file, path const& where)
{
    status s{};
    if (::fstat(file.get(), &s) != 0) {
        throw_file_error(errno, "examine", where);
    }
    return static_cast<std::int64_t>(s.st_size);
}

std::size_t read_at(file_descriptor const& file, path const& where, void* data, std::size_t size,
                    std::int64_t offset)
{
    std::size_t done = 0;
    while (done < size) {
        auto const got = system_call("read", [&] {
            return ::pread(file.get(), static_cast<char*>(data) + done, size - done,
                           static_cast<::off_t>(offset) + static_cast<::off_t>(done));
        });
        if (got < 0) {
            throw_file_error(errno, "read", where);
        }
        if (got == 0) {
            break;
        }
        done += static_cast<std::size_t>(got);
    }
    return done;
}

void write_at(file_descriptor const& file, path const& where, void const* data, std::size_t size,
              std::int64_t offset)
{
    std::size_t done = 0;
    while (done < size) {
        auto const put = system_call("write", [&] {
            return ::pwrite(file.get(), static_cast<char const*>(data) + done, size - done,
                            static_cast<::off_t>(offset) + static_cast<::off_t>(done));
        });
        if (put <= 0) {
            throw_file_error(put < 0 ? errno : ENOSPC, "write", where);
        }
        done += static_cast<std::size_t>(put);
    }
}

} // namespace testmon::xdist_coordination
