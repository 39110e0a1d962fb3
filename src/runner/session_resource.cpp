// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "session_resource.hpp"

#include "worker.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <poll.h>
#include <sys/wait.h>

namespace testmon::runner
{

namespace
{

constexpr int glance_ms = 10;

std::string content_of(boost::filesystem::path const& file)
{
    std::ifstream in(file.native(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// The command and what becomes of it are handed over as arguments: nothing is quoted. When it is done, the
// shell sleeps, and so what the command has started keeps its supervisor.
constexpr char setup_script[] =
    "(eval \"$1\") > \"$2\"; echo $? > \"$3.new\" && mv \"$3.new\" \"$3\"; exec sleep infinity";

process_description describe(std::vector<std::string> command, std::vector<std::string> environment,
                             boost::filesystem::path const& directory)
{
    process_description what;
    what.command = std::move(command);
    what.environment = std::move(environment);
    what.output = directory / "errors";
    return what;
}

[[noreturn]] void fail(std::string const& option, std::string const& command, std::string const& what,
                       boost::filesystem::path const& directory)
{
    auto output = content_of(directory / "errors");
    output.erase(output.find_last_not_of(" \t\r\n") + 1);
    constexpr std::size_t most_output = 2000;
    if (output.size() > most_output) {
        output.erase(0, output.size() - most_output);
    }
    throw std::runtime_error(option + " \"" + command + "\" " + what + (output.empty() ? "" : ": " + output));
}

void wait_a_moment(supervised_process const& process)
{
    ::pollfd source{process.descriptor(), POLLIN, 0};
    ::poll(&source, 1, glance_ms);
}

} // namespace

session_resource::session_resource(std::string const& command, std::vector<std::string> environment,
                                   boost::filesystem::path const& directory,
                                   std::function<bool()> const& keep_waiting)
    : process_((boost::filesystem::create_directory(directory),
                describe({"/bin/sh", "-c", setup_script, "setup", command, (directory / "state").native(),
                          (directory / "status").native()},
                         std::move(environment), directory)))
{
    auto const status = directory / "status";
    while (!boost::filesystem::exists(status)) {
        if (process_.end()) {
            fail("--setup", command, describe_status(process_.end()->status), directory);
        }
        if (!keep_waiting()) {
            fail("--setup", command, "was given up", directory);
        }
        wait_a_moment(process_);
    }
    auto const code = std::stoi(content_of(status));
    if (code != 0) {
        fail("--setup", command, "exited with code " + std::to_string(code), directory);
    }
    auto const text = content_of(directory / "state");
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
        return;
    }
    boost::system::error_code error;
    auto value = boost::json::parse(text, error);
    if (error || !value.is_object()) {
        fail("--setup", command, "printed something else than a JSON object: " + text.substr(0, 200),
             directory);
    }
    state_ = std::move(value.as_object());
}

void run_teardown(std::string const& command, std::vector<std::string> environment,
                  boost::filesystem::path const& directory, std::function<bool()> const& keep_waiting)
{
    boost::filesystem::create_directory(directory);
    supervised_process process(describe({"/bin/sh", "-c", command}, std::move(environment), directory));
    while (!process.end()) {
        if (!keep_waiting()) {
            fail("--teardown", command, "was given up", directory);
        }
        wait_a_moment(process);
    }
    if (process.end()->status != 0) {
        fail("--teardown", command, describe_status(process.end()->status), directory);
    }
}

} // namespace testmon::runner
