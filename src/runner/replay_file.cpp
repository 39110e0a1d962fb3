// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "replay_file.hpp"

#include "../database/utf8.hpp"
#include "../xdist_coordination/run_errors.hpp"
#include "../xdist_coordination/temporary_name.hpp"

#include <boost/filesystem/fstream.hpp>
#include <boost/filesystem/operations.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <ostream>
#include <set>
#include <stdexcept>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace testmon::runner
{

namespace
{

namespace json = boost::json;
using database::valid_utf8;
using xdist_coordination::printable;

constexpr char format_name[] = "testmon-replay";
constexpr std::int64_t format_version = 1;

json::value const& member(json::object const& from, char const* key)
{
    auto const* const found = from.if_contains(key);
    if (found == nullptr) {
        throw std::runtime_error(std::string("\"") + key + "\" is missing");
    }
    return *found;
}

std::string text_from(json::value const& from, char const* key)
{
    if (!from.is_string()) {
        throw std::runtime_error(std::string("\"") + key + "\" is not a string");
    }
    return std::string(from.get_string().begin(), from.get_string().end());
}

json::array const& array_from(json::value const& from, char const* key)
{
    if (!from.is_array()) {
        throw std::runtime_error(std::string("\"") + key + "\" is not an array");
    }
    return from.get_array();
}

json::object const& object_from(json::value const& from, char const* what)
{
    if (!from.is_object()) {
        throw std::runtime_error(std::string(what) + " is not an object");
    }
    return from.get_object();
}

std::int64_t number_from(json::value const& from, char const* key)
{
    if (!from.is_int64() || from.get_int64() < 1) {
        throw std::runtime_error(std::string("\"") + key + "\" is not a whole number from 1 on");
    }
    return from.get_int64();
}

replay_step step_from(json::value const& from)
{
    auto const& step = object_from(from, "a step of a worker");
    return {text_from(member(step, "test"), "test"), number_from(member(step, "attempt"), "attempt")};
}

// Errors of the system, thrown with the name of the file.
[[noreturn]] void fail(boost::filesystem::path const& file, char const* what, int error)
{
    throw std::system_error(error, std::generic_category(), std::string(what) + " " + file.native());
}

// One by one: there can be very many.
template <class Range, class Write>
void write_array(std::ostream& to, Range const& values, Write const& write)
{
    char const* separator = "";
    to << '[';
    for (auto const& one : values) {
        to << std::exchange(separator, ",");
        write(one);
    }
    to << ']';
}

} // namespace

void write_json(std::ostream& to, replay_record const& record)
{
    auto const text = [](std::string_view value) { return json::serialize(json::string(valid_utf8(value))); };
    to << R"({"format":)" << text(format_name) << R"(,"version":)" << format_version << R"(,"run":)"
       << text(record.uuid) << R"(,"distribution":)" << text(record.distribution) << R"(,"command":)";
    write_array(to, record.command, [&](std::string const& word) { to << text(word); });
    to << R"(,"workers":)";
    write_array(to, record.workers, [&](std::vector<replay_step> const& steps) {
        write_array(to, steps, [&](replay_step const& step) {
            to << R"({"test":)" << text(step.test) << R"(,"attempt":)" << step.attempt << '}';
        });
    });
    to << "}\n";
}

replay_record parse_replay(std::string_view text)
{
    boost::system::error_code error;
    auto const value = json::parse(json::string_view(text.data(), text.size()), error);
    if (error) {
        throw std::runtime_error("it is not JSON: " + error.message());
    }
    auto const& document = object_from(value, "its content");
    if (auto const format = text_from(member(document, "format"), "format"); format != format_name) {
        throw std::runtime_error("\"format\" is \"" + printable(format) + "\", not \"" + format_name + "\"");
    }
    if (auto const version = number_from(member(document, "version"), "version"); version != format_version) {
        throw std::runtime_error("\"version\" is " + std::to_string(version) + "; known is " +
                                 std::to_string(format_version));
    }
    replay_record result;
    result.uuid = text_from(member(document, "run"), "run");
    result.distribution = text_from(member(document, "distribution"), "distribution");
    for (auto const& word : array_from(member(document, "command"), "command")) {
        result.command.push_back(text_from(word, "command"));
    }
    for (auto const& worker : array_from(member(document, "workers"), "workers")) {
        auto& steps = result.workers.emplace_back();
        for (auto const& step : array_from(worker, "workers")) {
            steps.push_back(step_from(step));
        }
    }
    if (result.workers.empty()) {
        throw std::runtime_error("\"workers\" is empty");
    }
    return result;
}

replay_record read_replay_file(boost::filesystem::path const& file)
{
    boost::filesystem::ifstream stream(file, std::ios::binary);
    std::string text;
    std::array<char, std::size_t{64} * 1024> buffer{};
    do {
        stream.read(buffer.data(), buffer.size());
        text.append(buffer.data(), static_cast<std::size_t>(stream.gcount()));
    } while (stream);
    if (!stream.is_open() || stream.bad()) { // bad: such as a directory
        fail(file, "cannot read the replay file", errno);
    }
    try {
        return parse_replay(text);
    } catch (std::runtime_error const& e) {
        throw std::runtime_error("the replay file " + file.native() + " cannot be used: " + e.what());
    }
}

void write_replay_file(boost::filesystem::path const& file, replay_record const& record)
{
    constexpr char what[] = "cannot write the replay file";
    boost::system::error_code error;
    auto const directory = boost::filesystem::absolute(file).parent_path();
    boost::filesystem::create_directories(directory, error);
    auto const temporary = directory / xdist_coordination::temporary_name();
    if (!error) {
        boost::filesystem::ofstream stream(temporary, std::ios::binary);
        write_json(stream, record);
        stream.close();
        if (!stream) {
            error.assign(errno, boost::system::generic_category());
        }
    }
    if (!error) {
        boost::filesystem::rename(temporary, file, error);
    }
    if (error) {
        boost::system::error_code ignored;
        boost::filesystem::remove(temporary, ignored);
        fail(file, what, error.value());
    }
}

run_plan replay_plan(std::vector<test_item> const& tests, replay_record const& record)
{
    std::unordered_map<std::string, test_index> known;
    for (std::size_t i = 0; i < tests.size(); ++i) {
        known.emplace(valid_utf8(tests[i].test.path), static_cast<test_index>(i));
    }
    run_plan result;
    result.keep_order = true;
    result.replay.emplace();
    std::vector<std::string> missing;
    std::unordered_set<std::string> named;
    std::set<test_index> all;
    bool const is_each = record.distribution == to_string(distribution::each);
    for (auto const& steps : record.workers) {
        auto& own = result.replay->emplace_back();
        std::set<test_index> planned;
        for (auto const& step : steps) {
            if (auto const found = known.find(step.test); found == known.end()) {
                if (named.insert(step.test).second) {
                    missing.push_back(step.test);
                }
            } else if (step.attempt == 1 && // a retry may have been another worker's
                       (is_each ? planned : all).insert(found->second).second) {
                // What was begun twice, since its first process was broken by another test, comes once.
                own.push_back(found->second);
                all.insert(found->second);
            }
        }
    }
    if (!missing.empty()) {
        constexpr std::size_t most_named = 10;
        std::string text = "the run cannot be replayed, since these tests are not there any more:";
        for (std::size_t i = 0; i < std::min(missing.size(), most_named); ++i) {
            text += (i == 0 ? " " : ", ") + printable(missing[i]);
        }
        if (missing.size() > most_named) {
            text += " and " + std::to_string(missing.size() - most_named) + " more";
        }
        throw std::runtime_error(text);
    }
    result.order.assign(all.begin(), all.end());
    return result;
}

void replay_recorder::run_started(run_overview const& overview)
{
    record_ = {overview.uuid, overview.command, overview.distribution, {}};
    begun_.resize(overview.workers);
    tests_ = overview.tests;
}

void replay_recorder::test_started(worker_index worker, test_index test, std::int64_t attempt)
{
    begun_.at(worker).push_back({test, attempt});
}

void replay_recorder::run_finished(run_result const& /*result*/)
{
    for (auto const& begun : begun_) {
        auto& steps = record_.workers.emplace_back();
        for (auto const& one : begun) {
            steps.push_back({tests_->at(one.test).test.path, one.attempt});
        }
    }
    write_replay_file(file_, record_);
}

} // namespace testmon::runner
