// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/database_file.hpp"

#include <boost/filesystem/operations.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace testmon::test
{

std::vector<std::string> names_in(boost::filesystem::path const& directory)
{
    std::vector<std::string> result;
    for (auto const& entry : boost::filesystem::directory_iterator(directory)) {
        auto const extension = entry.path().native().substr(entry.path().native().find_last_of('-') + 1);
        if (extension != "wal" && extension != "shm") {
            result.push_back(entry.path().filename().native());
        }
    }
    std::sort(result.begin(), result.end());
    return result;
}

std::string content_of(boost::filesystem::path const& file)
{
    std::ifstream stream(file.native(), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void damage(boost::filesystem::path const& file, std::size_t intact)
{
    auto const size = static_cast<std::size_t>(boost::filesystem::file_size(file));
    std::fstream stream(file.native(), std::ios::binary | std::ios::in | std::ios::out);
    stream.seekp(static_cast<std::streamoff>(intact));
    stream << std::string(size - intact, '\xa5');
}

} // namespace testmon::test
