// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "test_digest.hpp"

#include "rows.hpp"

#include <boost/container_hash/hash.hpp>

#include <cstddef>
#include <functional>
#include <string_view>

namespace testmon::database
{

namespace
{

class digest_builder
{
  public:
    digest_builder& add(std::string_view text) { return add(std::hash<std::string_view>()(text)); }
    digest_builder& add(std::int64_t number) { return add(static_cast<std::size_t>(number)); }
    std::uint64_t digest() const { return value_; }

  private:
    digest_builder& add(std::size_t value)
    {
        boost::hash_combine(value_, value);
        return *this;
    }

    std::size_t value_ = 0;
};

} // namespace

std::uint64_t digest_of(test_record const& test)
{
    return digest_builder()
        .add(test.suite)
        .add(test.file)
        .add(test.line)
        .add(list_text(test.labels))
        .add(list_text(test.depends_on))
        .add(std::int64_t{test.time_limit.count()})
        .add(test.expected_failures)
        .add(std::int64_t{test.enabled})
        .digest();
}

std::uint64_t digest_of(SQLite::Statement& row)
{
    int column = 2; // after the id and the path
    digest_builder result;
    auto const add_text = [&] { result.add(text_of(row, column++)); };
    auto const add_number = [&] { result.add(row.getColumn(column++).getInt64()); };
    add_text();   // suite
    add_text();   // file
    add_number(); // line
    add_text();   // labels
    add_text();   // depends_on
    add_number(); // time_limit_ns
    add_number(); // expected_failures
    add_number(); // enabled
    return result.digest();
}

} // namespace testmon::database
