// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/foreign_state.hpp"

#include <boost/filesystem/operations.hpp>

#include <chrono>
#include <fstream>
#include <iterator>

#include <sys/stat.h>

namespace testmon::test
{

boost::filesystem::path run_directory_in(boost::filesystem::path const& root)
{
    return root / ".testmon_xdist";
}

boost::json::object foreign_state(std::int64_t controller_pid)
{
    auto const now = std::chrono::system_clock::now().time_since_epoch();
    return {{"timestamp", std::chrono::duration<double>(now).count()},
            {"controller_pid", controller_pid},
            {"environment_id", 5},
            {"database_path", "/foreign/db"},
            {"expected_workers", 2},
            {"precreated_entries", boost::json::object()}};
}

void replace_text(boost::filesystem::path const& file, std::string const& text)
{
    ::mkdir(file.parent_path().c_str(), 0700);
    auto const temporary = file.native() + ".foreign";
    std::ofstream(temporary, std::ios::binary) << text;
    boost::filesystem::permissions(temporary, boost::filesystem::owner_read | boost::filesystem::owner_write);
    boost::filesystem::rename(temporary, file);
}

std::string text_of(boost::filesystem::path const& file)
{
    std::ifstream stream(file.native(), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

} // namespace testmon::test
