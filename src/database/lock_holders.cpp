// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "lock_holders.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <sstream>

#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace testmon::database
{

namespace
{

// The bytes that a writer locks: https://www.sqlite.org/walformat.html#wal_locks (WAL_WRITE_LOCK of the
// shared memory) and RESERVED_BYTE of the database, for the time before there is a log.
constexpr std::uint64_t wal_write_byte = 120;
constexpr std::uint64_t reserved_byte = 0x40000001;

std::string locked_file(boost::filesystem::path const& file)
{
    struct stat found {
    };
    if (::stat(file.c_str(), &found) != 0) {
        return {};
    }
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%02x:%02x:%llu", major(found.st_dev), minor(found.st_dev),
                  static_cast<unsigned long long>(found.st_ino));
    return text.data();
}

} // namespace

locked_files locked_files_of(boost::filesystem::path const& database)
{
    return {locked_file(database), locked_file(database.native() + "-shm")};
}

std::vector<database_holder> parse_lock_holders(std::string_view proc_locks, locked_files const& files)
{
    std::map<std::int64_t, bool> found;
    std::istringstream lines{std::string(proc_locks)};
    for (std::string line; std::getline(lines, line);) {
        // "12: POSIX  ADVISORY  WRITE 4711 fe:01:1234 120 120". Those that only wait have "->" as second
        // word.
        std::istringstream words(line);
        std::string number;
        std::string kind;
        std::string mode;
        std::string access;
        std::int64_t pid = 0;
        std::string file;
        std::uint64_t first = 0;
        std::string last;
        if (!(words >> number >> kind >> mode >> access >> pid >> file >> first >> last) || kind != "POSIX" ||
            file.empty()) {
            continue;
        }
        bool const is_memory = file == files.shared_memory;
        if (!is_memory && file != files.database) {
            continue;
        }
        auto const end = last == "EOF" ? std::numeric_limits<std::uint64_t>::max() : std::stoull(last);
        auto const byte = is_memory ? wal_write_byte : reserved_byte;
        auto& writes = found[std::max<std::int64_t>(pid, 0)];
        writes = writes || (access == "WRITE" && first <= byte && byte <= end);
    }
    std::vector<database_holder> result;
    for (auto const& [pid, writes] : found) {
        result.push_back({pid, writes});
    }
    return result;
}

std::vector<std::int64_t> writers(std::vector<database_holder> const& all)
{
    std::vector<std::int64_t> result;
    for (auto const& holder : all) {
        if (holder.writes) {
            result.push_back(holder.pid);
        }
    }
    return result;
}

std::vector<database_holder> holders(boost::filesystem::path const& path)
{
    // Asking the lock itself (F_GETLK) would need a descriptor, and to close that would release all locks
    // that this process has on the file.
    std::ifstream locks("/proc/locks");
    std::string const text{std::istreambuf_iterator<char>(locks), std::istreambuf_iterator<char>()};
    return parse_lock_holders(text, locked_files_of(path));
}

} // namespace testmon::database
