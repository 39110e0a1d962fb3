// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/database/data_file.hpp>

#include <testmon/database/error.hpp>

#include <boost/filesystem/operations.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>

#include <string>

namespace testmon::database
{

boost::filesystem::path data_file(boost::filesystem::path const& root)
{
    namespace po = boost::program_options;
    constexpr char variable[] = "TESTMON_DATAFILE";
    constexpr char default_name[] = ".testmondata-cpp";

    po::options_description known;
    known.add_options()(variable, po::value<std::string>()->default_value(default_name));
    po::variables_map values;
    po::store(po::parse_environment(
                  known, [&](std::string const& name) { return name == variable ? name : std::string(); }),
              values);
    auto const& file = values[variable].as<std::string>();
    if (file.empty()) {
        throw database_error(errc::invalid_argument, root, "find the database",
                             std::string(variable) + " is empty; allowed is the path of a file");
    }
    return boost::filesystem::absolute(file, boost::filesystem::absolute(root)).lexically_normal();
}

} // namespace testmon::database
