// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "state_document.hpp"

#include <testmon/xdist_coordination/coordination_error.hpp>

#include <boost/json/parse_options.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/stream_parser.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace testmon::xdist_coordination
{

namespace
{

namespace json = boost::json;

constexpr char key_timestamp[] = "timestamp";
constexpr char key_controller_pid[] = "controller_pid";
constexpr char key_environment_id[] = "environment_id";
constexpr char key_database_path[] = "database_path";
constexpr char key_expected_workers[] = "expected_workers";
constexpr auto key_precreated_entries = state_document::precreated_entries_key;
constexpr char key_format_version[] = "format_version";
constexpr char key_run_id[] = "run_id";
constexpr char key_generation[] = "generation";
constexpr char key_boot_id[] = "boot_id";
constexpr char key_start_time[] = "controller_start_time";
constexpr char key_pid_namespace[] = "controller_pid_namespace";
constexpr char key_published_since_boot[] = "published_since_boot";
constexpr char key_aborted[] = "aborted";

constexpr std::array<std::string_view, 14> own_keys{key_timestamp,
                                                    key_controller_pid,
                                                    key_environment_id,
                                                    key_database_path,
                                                    key_expected_workers,
                                                    key_precreated_entries,
                                                    key_format_version,
                                                    key_run_id,
                                                    key_generation,
                                                    key_boot_id,
                                                    key_start_time,
                                                    key_pid_namespace,
                                                    key_published_since_boot,
                                                    key_aborted};

constexpr std::int64_t format_version = 1;
constexpr std::size_t piece_size = std::size_t{64} * 1024;

bool is_own_key(std::string_view key)
{
    return std::find(own_keys.begin(), own_keys.end(), key) != own_keys.end();
}

[[noreturn]] void refuse(std::string const& name, std::string const& why)
{
    error_details details;
    details.path = name;
    details.operation = "read";
    details.message = "the state in " + name + " is invalid: " + why;
    throw_coordination_error(errc::invalid_state, std::move(details));
}

// JSON has no word for what is not finite: Boost.JSON reads 1e999 as infinity, and writes what is no number
// as null.
bool is_finite(json::value const& value)
{
    if (value.is_object()) {
        auto const& object = value.get_object();
        return std::all_of(object.begin(), object.end(),
                           [](auto const& pair) { return is_finite(pair.value()); });
    }
    if (value.is_array()) {
        auto const& array = value.get_array();
        return std::all_of(array.begin(), array.end(), is_finite);
    }
    return !value.is_double() || std::isfinite(value.get_double());
}

// From 2^53 on, a number with a fraction or an exponent may stand for its neighbours, too.
bool is_rounded(json::value const& value)
{
    constexpr double first_inexact = 9007199254740992.0;
    return value.is_double() && std::abs(value.get_double()) >= first_inexact;
}

constexpr char not_finite[] = "a number is not finite";

// Reads the keys of one document, naming the one that is wrong.
class key_reader
{
  public:
    key_reader(json::object const& object, std::string const& name) : object_(object), name_(name) {}

    json::value const* find(char const* key) const { return object_.if_contains(key); }

    json::value const& required(char const* key) const
    {
        if (auto const* value = find(key)) {
            return *value;
        }
        refuse(name_, std::string("the key \"") + key + "\" is missing");
    }

    std::int64_t integer(char const* key, std::int64_t least, std::int64_t most) const
    {
        auto const& value = required(key);
        boost::system::error_code ec;
        auto const number = value.is_number() ? value.to_number<std::int64_t>(ec) : 0;
        if (!value.is_number() || ec || number < least || number > most || is_rounded(value)) {
            wrong(key, "an integer from " + std::to_string(least) + " to " + std::to_string(most));
        }
        return number;
    }

    std::int64_t natural(char const* key) const
    {
        return integer(key, 0, std::numeric_limits<std::int64_t>::max());
    }

    double number(char const* key) const
    {
        auto const& value = required(key);
        double const result = value.is_number() ? value.to_number<double>() : -1;
        if (!std::isfinite(result) || result < 0) {
            wrong(key, "a number that is not negative");
        }
        return result;
    }

    std::string text(char const* key) const
    {
        auto const& value = required(key);
        if (!value.is_string()) {
            wrong(key, "a string");
        }
        return std::string(value.get_string());
    }

    [[noreturn]] void wrong(char const* key, std::string const& allowed) const
    {
        constexpr std::size_t longest = 80;
        auto found = json::serialize(required(key));
        if (found.size() > longest) {
            found = found.substr(0, longest) + "...";
        }
        refuse(name_, std::string("\"") + key + "\" is " + found + "; allowed is " + allowed);
    }

  private:
    json::object const& object_;
    std::string const& name_;
};

} // namespace

coordination_state state_document::parse(std::string_view text, std::string const& name,
                                         std::int64_t modified)
{
    json::parse_options options;
    options.max_depth = deepest_document;
    json::stream_parser parser({}, options);
    boost::system::error_code ec;
    std::size_t done = 0;
    // In pieces: the parser copies what it is given only as far as the first error.
    while (!ec && done < text.size()) {
        auto const piece = text.substr(done, piece_size);
        parser.write(piece.data(), piece.size(), ec);
        done += piece.size();
    }
    if (!ec) {
        parser.finish(ec);
    }
    if (ec) {
        refuse(name, text.empty() ? "it is empty"
                                  : "it is not JSON of at most " + std::to_string(deepest_document) +
                                        " levels: " + ec.message());
    }
    return from_json(parser.release(), name, modified);
}

coordination_state state_document::from_json(json::value const& document, std::string const& name,
                                             std::int64_t modified)
{
    auto const* object = document.if_object();
    if (object == nullptr) {
        refuse(name, "it is not a JSON object");
    }
    if (!is_finite(document)) {
        refuse(name, not_finite);
    }
    key_reader const keys(*object, name);
    coordination_state state;
    state.timestamp_ = keys.number(key_timestamp);
    state.controller_pid_ = keys.integer(key_controller_pid, 1, std::numeric_limits<std::int32_t>::max());
    if (keys.find(key_format_version) != nullptr) {
        if (auto const version = keys.natural(key_format_version); version != format_version) {
            refuse(name, "its format version is " + std::to_string(version) +
                             "; this library reads version " + std::to_string(format_version));
        }
        state.run_id_ = keys.text(key_run_id);
        if (state.run_id_.empty()) {
            keys.wrong(key_run_id, "a string that is not empty");
        }
        state.generation_ = static_cast<std::uint64_t>(
            keys.integer(key_generation, 1, std::numeric_limits<std::int64_t>::max()));
        state.boot_id_ = keys.text(key_boot_id);
        state.controller_start_time_ = static_cast<std::uint64_t>(keys.natural(key_start_time));
        state.pid_namespace_ = static_cast<std::uint64_t>(keys.natural(key_pid_namespace));
        state.published_since_boot_ = keys.natural(key_published_since_boot);
    } else {
        state.generation_ = static_cast<std::uint64_t>(std::max<std::int64_t>(modified, 1));
    }
    if (keys.find(key_aborted) != nullptr) {
        state.aborted_ = true;
        state.abort_reason_ = keys.text(key_aborted);
    } else {
        state.environment_id_ = keys.integer(key_environment_id, std::numeric_limits<std::int64_t>::min(),
                                             std::numeric_limits<std::int64_t>::max());
        state.database_path_ = keys.text(key_database_path);
        if (keys.find(key_expected_workers) != nullptr) {
            state.expected_workers_ = static_cast<std::uint32_t>(
                keys.integer(key_expected_workers, 0, std::numeric_limits<std::uint32_t>::max()));
        }
        if (auto const* entries = keys.find(key_precreated_entries)) {
            if (!entries->is_object() && !entries->is_array()) {
                keys.wrong(key_precreated_entries, "an object or an array");
            }
        }
    }
    for (auto const& [key, value] : *object) {
        if (!is_own_key(key)) {
            state.extra_.emplace(key, value);
        }
    }
    state.document_ = *object;
    return state;
}

json::object state_document::compose(state_data const& data, publication const& by,
                                     std::string const* abort_reason)
{
    for (auto const& [key, value] : data.extra) {
        if (is_own_key(key)) {
            error_details details;
            details.message = "the key \"" + std::string(key) +
                              "\" of the extra values belongs to the library; allowed is any other key";
            throw_coordination_error(errc::invalid_argument, std::move(details));
        }
    }
    json::object document;
    constexpr double nanoseconds_per_second = 1e9;
    document[key_timestamp] = static_cast<double>(wall_clock_nanoseconds()) / nanoseconds_per_second;
    document[key_controller_pid] = by.controller.pid;
    if (abort_reason != nullptr) {
        document[key_aborted] = *abort_reason;
    } else {
        document[key_environment_id] = data.environment_id;
        document[key_database_path] = data.database_path;
        document[key_expected_workers] = data.expected_workers;
        document[key_precreated_entries] =
            data.precreated_entries.is_null() ? json::value(json::object()) : data.precreated_entries;
    }
    document[key_format_version] = format_version;
    document[key_run_id] = by.run_id;
    document[key_generation] = by.generation;
    document[key_boot_id] = xdist_coordination::boot_id();
    document[key_start_time] = by.controller.start_time;
    document[key_pid_namespace] = by.controller.pid_namespace;
    document[key_published_since_boot] = nanoseconds_since_boot();
    for (auto const& [key, value] : data.extra) {
        document.emplace(key, value);
    }
    return document;
}

std::string state_document::serialize(json::object const& document)
{
    return json::serialize(document) + "\n";
}

void state_document::check(state_data const& data, std::string const* abort_reason)
{
    // What the library adds is as long here as it can be.
    publication by;
    by.controller = own_identity();
    by.run_id = std::string(sizeof("00000000-0000-0000-0000-000000000000") - 1, '0');
    by.generation = std::numeric_limits<std::int64_t>::max();
    auto const document = compose(data, by, abort_reason);
    error_details details;
    bool const finite = std::all_of(document.begin(), document.end(),
                                    [](auto const& pair) { return is_finite(pair.value()); });
    if (!finite) {
        details.message = std::string("the state to publish is invalid: ") + not_finite;
        throw_coordination_error(errc::invalid_argument, std::move(details));
    }
    auto const text = serialize(document);
    if (text.size() > largest_document) {
        details.message = "the state is " + std::to_string(text.size()) + " bytes long; allowed are " +
                          std::to_string(largest_document);
        throw_coordination_error(errc::invalid_argument, std::move(details));
    }
    try {
        parse(text, "the state to publish", 0);
    } catch (invalid_coordination_state const& e) {
        details.message = e.details().message;
        throw_coordination_error(errc::invalid_argument, std::move(details));
    }
}

} // namespace testmon::xdist_coordination
