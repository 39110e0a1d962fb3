// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "preload_library.hpp"

#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>

namespace testmon::runner
{

std::string find_preload_library()
{
    boost::system::error_code error;
    auto const program = boost::filesystem::read_symlink("/proc/self/exe", error).parent_path();
    for (auto const& directory : {program, program / TESTMON_PROGRAM_TO_LIBRARY}) {
        auto const library = directory / "libtestmon_boost_test_worker.so";
        if (boost::filesystem::exists(library, error)) {
            return boost::filesystem::canonical(library).native();
        }
    }
    return "";
}

} // namespace testmon::runner
