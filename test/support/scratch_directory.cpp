// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "support/scratch_directory.hpp"

#include <boost/filesystem/operations.hpp>

#include <cerrno>
#include <string>
#include <system_error>

#include <stdlib.h>

namespace testmon::test
{

scratch_directory::scratch_directory()
{
    auto name = (boost::filesystem::temp_directory_path() / "testmon-test-XXXXXX").native();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::system_error(errno, std::generic_category(), "mkdtemp " + name);
    }
    path_ = name;
}

scratch_directory::~scratch_directory()
{
    boost::system::error_code ignored;
    boost::filesystem::remove_all(path_, ignored);
}

} // namespace testmon::test
