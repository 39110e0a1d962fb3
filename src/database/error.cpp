// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/database/error.hpp>

#include <utility>

namespace testmon::database
{

namespace
{

class category final : public boost::system::error_category
{
  public:
    constexpr category() noexcept : error_category(0x7a5c3f1de2904b68) {}

    char const* name() const noexcept override { return "testmon.database"; }

    std::string message(int value) const override
    {
        switch (static_cast<errc>(value)) {
        case errc::missing:
            return "the database does not exist";
        case errc::not_initialized:
            return "the database is empty: its controller has not written it yet";
        case errc::foreign:
            return "the file belongs to another program";
        case errc::newer:
            return "the database was written by a newer version of testmon";
        case errc::older:
            return "the database was written by an older version of testmon";
        case errc::corrupt:
            return "the database is damaged";
        case errc::busy:
            return "another process holds the lock of the database";
        case errc::read_only:
            return "the database cannot be written to";
        case errc::full:
            return "there is no room left on the disk";
        case errc::io:
            return "reading or writing failed";
        case errc::invalid_argument:
            return "an argument is invalid";
        case errc::not_found:
            return "the database has no such row";
        case errc::other:
            return "SQLite failed";
        }
        return "unknown error of testmon.database";
    }
};

} // namespace

boost::system::error_category const& database_category() noexcept
{
    static constexpr category instance;
    return instance;
}

boost::system::error_code make_error_code(errc value) noexcept
{
    return {static_cast<int>(value), database_category()};
}

database_error::database_error(boost::system::error_code code, boost::filesystem::path path,
                               std::string operation, std::string const& cause,
                               std::vector<std::int64_t> holders)
    : system_error(code), path_(std::move(path)), operation_(std::move(operation)),
      holders_(std::move(holders))
{
    message_ = "cannot " + operation_ + " in " + path_.native() + ": " + cause;
}

} // namespace testmon::database
