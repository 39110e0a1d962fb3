// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_COMMAND_COMMAND_LINE_HPP
#define TESTMON_SRC_COMMAND_COMMAND_LINE_HPP

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace testmon::command
{

/// The command line is wrong; the message says how.
class usage_error : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

/// Splits the words of a command line where its first word that is no option, nor the value of one, stands.
struct split_words {
    std::vector<std::string> before;
    std::vector<std::string> from_there;
};
split_words split_at_first_operand(std::vector<std::string> const& words,
                                   boost::program_options::options_description const& options);

/// Reads options and operands. Options may stand before and after operands; abbreviated ones are not taken.
/// Errors: `usage_error`.
struct parsed_words {
    boost::program_options::variables_map options;
    std::vector<std::string> operands;
};
parsed_words parse_words(std::vector<std::string> const& words,
                         boost::program_options::options_description const& options);

/// Reads a number of seconds, fractions allowed. Errors: `usage_error` that names the option.
double parse_seconds(std::string_view option, std::string const& text);

/// Reads a whole number from `least` to `most`. Errors: `usage_error` that names the word.
std::int64_t parse_integer(std::string_view name, std::string const& text, std::int64_t least,
                           std::int64_t most);

} // namespace testmon::command

#endif
