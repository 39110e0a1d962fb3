// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_DATABASE_OUTPUT_FILE_HPP
#define TESTMON_SRC_DATABASE_OUTPUT_FILE_HPP

#include <boost/filesystem/path.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace testmon::database
{

/// Where an export goes: standard output, or a file. A file comes into being, or is replaced, at `commit`,
/// with all that was written; until then it is as it was, and what was written is under another name beside
/// it. The destructor removes that.
///
/// Errors: `std::runtime_error` that names the file, the operation and the cause.
class output_file
{
  public:
    /// `file`: none: standard output.
    explicit output_file(std::optional<boost::filesystem::path> const& file);
    ~output_file();
    output_file(output_file const&) = delete;
    output_file& operator=(output_file const&) = delete;

    void write(std::string_view text);
    void commit();

  private:
    void open_beside();
    void flush();
    [[noreturn]] void fail(char const* operation, int error) const;

    std::string name_ = "standard output";
    boost::filesystem::path target_{}; // without symbolic links
    boost::filesystem::path temporary_{};
    int descriptor_ = 1;
    std::string buffer_{};
};

} // namespace testmon::database

#endif
