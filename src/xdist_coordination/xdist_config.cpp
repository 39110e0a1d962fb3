// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/xdist_coordination/xdist_config.hpp>

#include "file_names.hpp"
#include "run_errors.hpp"

#include <testmon/xdist_coordination/coordination_error.hpp>

#include <boost/program_options/environment_iterator.hpp>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <locale>
#include <sstream>

#include <unistd.h>

namespace testmon::xdist_coordination
{

namespace
{

using std::chrono::nanoseconds;

constexpr char prefix[] = "TESTMON_XDIST_";
constexpr char id_pattern[] = "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}";
constexpr char flag_values[] = "1, true, yes, on, 0, false, no or off";

// Each variable once: its name as an option, which is the variable's name without the prefix.
constexpr char precreation_name[] = "CONTROLLER_PRECREATION";
constexpr char debug_name[] = "DEBUG";
constexpr char timeout_name[] = "WORKER_TIMEOUT";
constexpr char check_interval_name[] = "CHECK_INTERVAL";
constexpr char backoff_name[] = "BACKOFF_FACTOR";
constexpr char max_interval_name[] = "MAX_INTERVAL";
constexpr char max_age_name[] = "STATE_MAX_AGE";
constexpr char directory_name[] = "DIR";
constexpr char run_id_name[] = "RUN_ID";
// Read by src/xdist_coordination/failpoint.cpp.
constexpr char failpoint_name[] = "FAILPOINT";

constexpr double nanoseconds_per_second = 1e9;
constexpr double one_year = 31536000;
constexpr double one_hour = 3600;
constexpr double one_microsecond = 1e-6;
constexpr double largest_backoff = 1000;

[[noreturn]] void refuse(char const* name, std::string_view value, std::string const& allowed)
{
    error_details details;
    details.message = std::string(prefix) + name + " is \"" + printable(value) + "\"; allowed is " + allowed;
    throw_coordination_error(errc::invalid_configuration, std::move(details));
}

bool parse_flag(char const* name, std::string const& text)
{
    std::string lower = text;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (auto const* yes : {"1", "true", "yes", "on"}) {
        if (lower == yes) {
            return true;
        }
    }
    for (auto const* no : {"0", "false", "no", "off"}) {
        if (lower == no) {
            return false;
        }
    }
    refuse(name, text, flag_values);
}

double parse_number(char const* name, std::string const& text, std::string const& allowed)
{
    // Only plain decimal notation, in every locale: no blanks, no hexadecimal digits, no "inf" and "nan".
    bool const plain = !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string::npos;
    std::istringstream stream(text);
    stream.imbue(std::locale::classic());
    double value = 0;
    if (!plain || !(stream >> value) || stream.peek() != std::istringstream::traits_type::eof() ||
        !std::isfinite(value)) {
        refuse(name, text, allowed);
    }
    return value;
}

struct range {
    double least;
    bool least_is_allowed;
    double most;
    char const* unit;

    bool contains(double value) const
    {
        return std::isfinite(value) && (least_is_allowed ? value >= least : value > least) && value <= most;
    }

    std::string text() const
    {
        std::ostringstream out;
        out.imbue(std::locale::classic());
        out.precision(9);
        out << "a number" << unit << (least_is_allowed ? " from " : " above ") << least << " to " << most;
        return out.str();
    }
};

constexpr range timeout_range{0, false, one_year, " of seconds"};
constexpr range interval_range{one_microsecond, true, one_hour, " of seconds"};
constexpr range backoff_range{1, false, largest_backoff, ""};

double in_seconds(nanoseconds value)
{
    return std::chrono::duration<double>(value).count();
}

std::string as_text(double value)
{
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out << value;
    return out.str();
}

double parse_number_in(char const* name, std::string const& text, range const& allowed)
{
    double const value = parse_number(name, text, allowed.text());
    // Here, so that the error shows the value as the user wrote it.
    if (!allowed.contains(value)) {
        refuse(name, text, allowed.text());
    }
    return value;
}

nanoseconds parse_duration(char const* name, std::string const& text, range const& allowed)
{
    // Checked before it is converted: a double out of the range of an integer must not be.
    double const seconds = parse_number_in(name, text, allowed);
    // Rounded up, so that what is above 0 stays above 0.
    return nanoseconds(static_cast<nanoseconds::rep>(std::ceil(seconds * nanoseconds_per_second)));
}

void check_range(char const* name, double value, range const& allowed)
{
    if (!allowed.contains(value)) {
        refuse(name, as_text(value), allowed.text());
    }
}

} // namespace

xdist_config xdist_config::from_environment()
{
    namespace po = boost::program_options;

    constexpr std::array<char const*, 9> names{precreation_name,    debug_name,     timeout_name,
                                               check_interval_name, backoff_name,   max_interval_name,
                                               max_age_name,        directory_name, run_id_name};
    po::options_description known;
    for (auto const* name : names) {
        known.add_options()(name, po::value<std::string>());
    }

    xdist_config config;
    auto const option_of = [&](std::string const& variable) -> std::string {
        std::size_t const prefix_length = sizeof(prefix) - 1;
        if (variable.compare(0, prefix_length, prefix) != 0) {
            return {};
        }
        auto name = variable.substr(prefix_length);
        // Not asked of Boost, which takes an empty name for the beginning of all of them.
        if (std::find(names.begin(), names.end(), name) != names.end()) {
            return name;
        }
        if (name != failpoint_name) {
            config.unknown_variables.push_back(variable);
        }
        return {};
    };
    po::variables_map values;
    try {
        if (environ != nullptr) { // it is null after clearenv(), which Boost does not expect
            po::store(po::parse_environment(known, option_of), values);
        }
    } catch (po::error const& e) {
        error_details details;
        details.message = std::string("the environment cannot be read: ") + e.what();
        throw_coordination_error(errc::invalid_configuration, std::move(details));
    }
    std::sort(config.unknown_variables.begin(), config.unknown_variables.end());

    auto const text_of = [&](char const* name) -> std::string const* {
        auto const found = values.find(name);
        return found == values.end() ? nullptr : &found->second.as<std::string>();
    };
    if (auto const* text = text_of(precreation_name)) {
        config.controller_precreation = parse_flag(precreation_name, *text);
    }
    if (auto const* text = text_of(debug_name)) {
        config.debug = parse_flag(debug_name, *text);
    }
    if (auto const* text = text_of(timeout_name)) {
        config.worker_timeout = parse_duration(timeout_name, *text, timeout_range);
    }
    if (auto const* text = text_of(check_interval_name)) {
        config.check_interval = parse_duration(check_interval_name, *text, interval_range);
    }
    if (auto const* text = text_of(backoff_name)) {
        config.backoff_factor = parse_number_in(backoff_name, *text, backoff_range);
    }
    if (auto const* text = text_of(max_interval_name)) {
        config.max_interval = parse_duration(max_interval_name, *text, interval_range);
    }
    if (auto const* text = text_of(max_age_name)) {
        config.state_max_age = parse_duration(max_age_name, *text, timeout_range);
    }
    if (auto const* text = text_of(directory_name)) {
        if (text->empty()) {
            refuse(directory_name, *text, "the path of a directory");
        }
        config.directory = *text;
    }
    if (auto const* text = text_of(run_id_name)) {
        if (text->empty()) {
            refuse(run_id_name, *text, id_pattern);
        }
        config.run_id = *text;
    }
    config.validate();
    return config;
}

void xdist_config::validate() const
{
    check_range(timeout_name, in_seconds(worker_timeout), timeout_range);
    check_range(check_interval_name, in_seconds(check_interval), interval_range);
    check_range(backoff_name, backoff_factor, backoff_range);
    check_range(max_interval_name, in_seconds(max_interval), interval_range);
    if (max_interval < check_interval) {
        refuse(max_interval_name, as_text(in_seconds(max_interval)),
               "a number of seconds from " + std::string(prefix) + check_interval_name + ", which is " +
                   as_text(in_seconds(check_interval)) + ", to " + as_text(one_hour));
    }
    check_range(max_age_name, in_seconds(state_max_age), timeout_range);
    if (directory.native().find('\0') != std::string::npos) {
        refuse(directory_name, directory.native(), "the path of a directory");
    }
    if (!run_id.empty() && !is_valid_id(run_id)) {
        refuse(run_id_name, run_id, id_pattern);
    }
}

boost::filesystem::path xdist_config::coordination_directory(boost::filesystem::path const& root) const
{
    if (directory.empty()) {
        return root / default_directory_name;
    }
    // Boost.Filesystem, unlike the standard's, appends an absolute path to the root.
    return directory.is_absolute() ? directory : root / directory;
}

boost::filesystem::path xdist_config::run_directory(boost::filesystem::path const& root) const
{
    auto const shared = coordination_directory(root);
    return run_id.empty() ? shared : shared / run_id;
}

boost::filesystem::path xdist_config::state_file(boost::filesystem::path const& root) const
{
    return run_directory(root) / state_file_name;
}

boost::filesystem::path xdist_config::worker_marker(boost::filesystem::path const& root,
                                                    std::string_view worker_id) const
{
    return run_directory(root) / marker_file_name(worker_id);
}

bool is_valid_id(std::string_view text) noexcept
{
    constexpr std::size_t longest = 64;
    auto const is_alphanumeric = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    };
    return !text.empty() && text.size() <= longest && is_alphanumeric(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return is_alphanumeric(c) || c == '_' || c == '.' || c == '-'; });
}

} // namespace testmon::xdist_coordination
