// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_TRUSTED_FILE_HPP
#define TESTMON_SRC_XDIST_COORDINATION_TRUSTED_FILE_HPP

#include <boost/filesystem/path.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::xdist_coordination
{

// Files that other processes can reach, opened so that nothing in their place can hurt: no link is followed,
// no FIFO blocks, and what belongs to another user or can be written by others is refused (guarantee G10).
// Errors of all functions here: `coordination_file_error` that names the path and the operation.

/// A descriptor that is closed with the object, and never inherited through exec.
class file_descriptor
{
  public:
    file_descriptor() noexcept = default;
    explicit file_descriptor(int descriptor) noexcept : descriptor_(descriptor) {}
    file_descriptor(file_descriptor&& other) noexcept : descriptor_(other.release()) {}
    file_descriptor& operator=(file_descriptor&& other) noexcept;
    ~file_descriptor() { reset(); }

    int get() const noexcept { return descriptor_; }
    explicit operator bool() const noexcept { return descriptor_ >= 0; }
    int release() noexcept;
    void reset() noexcept;

  private:
    int descriptor_ = -1;
};

/// What tells one content of a file from the next: replaced by rename, it has another inode or time.
struct file_signature {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified = 0; ///< nanoseconds since 1970-01-01 UTC
    std::int64_t changed = 0;  ///< nanoseconds since 1970-01-01 UTC

    friend bool operator==(file_signature const& a, file_signature const& b) noexcept
    {
        return a.device == b.device && a.inode == b.inode && a.size == b.size && a.modified == b.modified &&
               a.changed == b.changed;
    }
    friend bool operator!=(file_signature const& a, file_signature const& b) noexcept { return !(a == b); }
};

/// The signature of whatever is at `path`, without following a link; none if there is nothing.
std::optional<file_signature> signature_of(boost::filesystem::path const& path);

/// Opens a regular file for reading, or also for writing; none if there is no such file.
std::optional<file_descriptor> open_trusted_file(boost::filesystem::path const& path, bool writable,
                                                 file_signature* signature = nullptr);

/// Opens a regular file only to name it (O_PATH): closing such a descriptor gives up no record lock.
std::optional<file_descriptor> open_trusted_path(boost::filesystem::path const& path,
                                                 file_signature& signature);

/// Creates an empty file of mode 0600 if there is none, without opening it: closing a descriptor of a lock
/// file gives up the record locks that another thread of this process has taken on it meanwhile.
void create_file_if_absent(boost::filesystem::path const& path);

/// Creates `path`, a new file of mode 0600, with this content.
void write_new_file(boost::filesystem::path const& path, std::string_view content);

/// Renames `from` over `to` with Boost.Filesystem: at every instant `to` is the old file or the new one.
void replace_file(boost::filesystem::path const& from, boost::filesystem::path const& to);

/// Removes a file if it is there.
/// Returns: whether it was.
bool remove_file(boost::filesystem::path const& path);

/// Removes a directory if it is empty. Returns: whether it is gone.
bool remove_empty_directory(boost::filesystem::path const& path);

/// Creates the directory with mode 0700 if there is none, and checks it. Its parent must exist.
void ensure_trusted_directory(boost::filesystem::path const& path);

/// Checks that a directory is ours alone. Returns: false if there is none.
bool check_trusted_directory(boost::filesystem::path const& path);

/// The names in a directory, without "." and ".."; none if the directory is gone.
std::vector<std::string> list_directory(boost::filesystem::path const& path);

/// How long an open file is, in bytes.
std::int64_t size_of(file_descriptor const& file, boost::filesystem::path const& path);

/// Reads up to `size` bytes at `offset`; fewer only at the end of the file.
std::size_t read_at(file_descriptor const& file, boost::filesystem::path const& path, void* data,
                    std::size_t size, std::int64_t offset);

/// Writes all of it at `offset`. A disk that is full is an error, also if part of it was written.
void write_at(file_descriptor const& file, boost::filesystem::path const& path, void const* data,
              std::size_t size, std::int64_t offset);

/// Throws `coordination_file_error` for a failed system call.
[[noreturn]] void throw_file_error(int error_number, char const* operation,
                                   boost::filesystem::path const& path);

} // namespace testmon::xdist_coordination

#endif
