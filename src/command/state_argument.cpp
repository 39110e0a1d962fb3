// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "state_argument.hpp"

#include "command_line.hpp"

#include <testmon/xdist_coordination/coordination_error.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <limits>
#include <utility>

namespace testmon::command
{

namespace
{

namespace json = boost::json;
using namespace xdist_coordination;

constexpr std::size_t largest = std::size_t{16} * 1024 * 1024;

std::string read_all(std::istream& stream, std::string const& name)
{
    std::string text;
    errno = 0;
    // One byte more than is allowed shows that there is too much, without reading all of it.
    text.resize(largest + 1);
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (stream.bad()) {
        error_details details;
        details.path = name;
        details.operation = "read";
        details.message = "cannot read " + name;
        throw_coordination_error({errno == 0 ? EIO : errno, boost::system::system_category()},
                                 std::move(details));
    }
    if (text.size() > largest) {
        throw usage_error("the state in " + name + " is longer than " + std::to_string(largest) + " bytes");
    }
    return text;
}

std::string text_of(std::string const& argument)
{
    if (argument == "-") {
        return read_all(std::cin, "standard input");
    }
    if (argument.empty() || argument.front() != '@') {
        return argument;
    }
    auto const name = argument.substr(1);
    std::ifstream file(name, std::ios::binary);
    if (!file) {
        int const error_number = errno;
        error_details details;
        details.path = name;
        details.operation = "open";
        boost::system::error_code const code(error_number, boost::system::system_category());
        details.message = "cannot open " + name + ": " + code.message();
        throw_coordination_error(code, std::move(details));
    }
    return read_all(file, name);
}

std::int64_t integer(json::value const& value, std::string const& key, std::int64_t least, std::int64_t most)
{
    boost::system::error_code ec;
    auto const number = value.is_number() ? value.to_number<std::int64_t>(ec) : 0;
    if (!value.is_number() || ec || number < least || number > most) {
        throw usage_error("\"" + key + "\" of the state is " + json::serialize(value) +
                          "; allowed is an integer from " + std::to_string(least) + " to " +
                          std::to_string(most));
    }
    return number;
}

} // namespace

state_data read_state_argument(std::string const& argument)
{
    boost::system::error_code ec;
    auto document = json::parse(text_of(argument), ec);
    if (ec || !document.is_object()) {
        throw usage_error("the state is no JSON object" + (ec ? ": " + ec.message() : std::string()));
    }
    state_data data;
    for (auto& [key, value] : document.get_object()) {
        if (key == "environment_id") {
            data.environment_id = integer(value, std::string(key), std::numeric_limits<std::int64_t>::min(),
                                          std::numeric_limits<std::int64_t>::max());
        } else if (key == "database_path") {
            if (!value.is_string()) {
                throw usage_error("\"database_path\" of the state is " + json::serialize(value) +
                                  "; allowed is a string");
            }
            data.database_path = std::string(value.get_string());
        } else if (key == "expected_workers") {
            data.expected_workers = static_cast<std::uint32_t>(
                integer(value, std::string(key), 0, std::numeric_limits<std::uint32_t>::max()));
        } else if (key == "precreated_entries") {
            data.precreated_entries = value;
        } else {
            data.extra.emplace(key, value);
        }
    }
    return data;
}

} // namespace testmon::command
