// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "shard_protocol.hpp"

#include "../xdist_coordination/run_errors.hpp"
#include "whole_number.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace testmon::runner
{

namespace
{

using xdist_coordination::printable;

struct variable {
    std::string name;
    std::string value; // empty: not set
};

std::string text_of(variable const& what)
{
    return what.name + (what.value.empty() ? " is not set" : " is \"" + printable(what.value) + "\"");
}

[[noreturn]] void refuse(variable const& what, std::string const& allowed)
{
    throw std::invalid_argument(text_of(what) + "; allowed is " + allowed);
}

std::uint32_t number_from(variable const& what, std::uint32_t least, std::uint32_t most,
                          std::string const& of_what)
{
    auto const value = whole_number<std::uint32_t>(what.value);
    if (!value || *value < least || *value > most) {
        refuse(what, "a number from " + std::to_string(least) + " to " + std::to_string(most) + of_what);
    }
    return *value;
}

// Of GoogleTest or of Bazel.
struct protocol {
    variable total;
    variable index;
    variable status_file;
    std::optional<shard> part;
};

protocol read_protocol(std::string const& prefix, variable_reader const& read)
{
    auto const get = [&](std::string const& name) {
        return variable{prefix + name, read(prefix + name).value_or("")};
    };
    protocol result{get("TOTAL_SHARDS"), get("SHARD_INDEX"), get("SHARD_STATUS_FILE"), {}};
    auto const& [total, index, status_file, part] = result;
    if (total.value.empty() && index.value.empty()) {
        return result;
    }
    if (total.value.empty()) {
        refuse(total, "the number of shards, since " + text_of(index));
    }
    auto const count = number_from(total, 1, most_shards, "");
    result.part = shard{number_from(index, 0, count - 1, ", since " + text_of(total)) + 1, count};
    return result;
}

} // namespace

std::optional<std::string> read_variable(std::string const& name)
{
    auto const* const value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

shard_request read_shard_request(variable_reader const& read)
{
    auto const gtest = read_protocol("GTEST_", read);
    auto const bazel = read_protocol("TEST_", read);
    if (gtest.part && bazel.part && *gtest.part != *bazel.part) {
        auto const member = gtest.part->total != bazel.part->total ? &protocol::total : &protocol::index;
        refuse(bazel.*member, (gtest.*member).value + ", since " + text_of(gtest.*member));
    }
    shard_request result;
    result.part = gtest.part ? gtest.part : bazel.part;
    for (auto const* one : {&gtest, &bazel}) {
        boost::filesystem::path const file = one->status_file.value;
        if (!file.empty() && (result.status_files.empty() || result.status_files.front() != file)) {
            result.status_files.push_back(file);
        }
    }
    return result;
}

shard_request choose_shard_request(std::optional<shard> const& explicit_shard, variable_reader const& read)
{
    if (explicit_shard) {
        return {explicit_shard, {}};
    }
    return read_shard_request(read);
}

void touch_status_files(shard_request const& request)
{
    constexpr ::mode_t mode = 0666; // less the umask: whoever asked may be another user
    for (auto const& file : request.status_files) {
        int const descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, mode);
        bool const is_touched = descriptor >= 0 && ::futimens(descriptor, nullptr) == 0;
        int const error = errno;
        if (descriptor >= 0) {
            ::close(descriptor);
        }
        if (!is_touched) {
            throw std::system_error(error, std::generic_category(),
                                    "cannot touch the file that says that shards are supported, " +
                                        file.native());
        }
    }
}

} // namespace testmon::runner
