// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_FOREIGN_STATE_HPP
#define TESTMON_TEST_SUPPORT_FOREIGN_STATE_HPP

#include <boost/filesystem/path.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <string>

namespace testmon::test
{

/// The directory of the run without an id in this root.
boost::filesystem::path run_directory_in(boost::filesystem::path const& root);

/// A state with the keys of the original only, published now by this process.
boost::json::object foreign_state(std::int64_t controller_pid);

/// Writes a file as a program without the library does: under another name, then renamed. Makes the directory
/// if need be.
void replace_text(boost::filesystem::path const& file, std::string const& text);

/// The whole of a file.
std::string text_of(boost::filesystem::path const& file);

} // namespace testmon::test

#endif
