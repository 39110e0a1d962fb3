// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "test_command.hpp"

#include <boost/filesystem/operations.hpp>

#include <algorithm>

#include <unistd.h>

namespace testmon::runner
{

namespace
{

bool has_slash(std::string const& word)
{
    return word.find('/') != std::string::npos;
}

bool is_executable_file(std::string const& word)
{
    boost::system::error_code ignored;
    return has_slash(word) && boost::filesystem::is_regular_file(word, ignored) &&
           ::access(word.c_str(), X_OK) == 0;
}

} // namespace

std::size_t executable_of(std::vector<std::string> const& command)
{
    if (has_slash(command.front())) {
        return 0;
    }
    auto const found = std::find_if(command.begin() + 1, command.end(), is_executable_file);
    return found == command.end() ? 0 : static_cast<std::size_t>(found - command.begin());
}

} // namespace testmon::runner
