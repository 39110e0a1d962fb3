// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "command_line.hpp"

#include <boost/program_options/cmdline.hpp>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/parsers.hpp>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <locale>
#include <sstream>

namespace testmon::command
{

namespace po = boost::program_options;

split_words split_at_first_operand(std::vector<std::string> const& words,
                                   po::options_description const& options)
{
    split_words result;
    for (auto word = words.begin(); word != words.end(); ++word) {
        if (word->size() < 2 || word->front() != '-') {
            result.from_there.assign(word, words.end());
            break;
        }
        result.before.push_back(*word);
        // "--name" and "-n", and neither "--name=value" nor "-nvalue".
        bool const is_long = word->compare(0, 2, "--") == 0 && word->find('=') == std::string::npos;
        bool const is_short = word->size() == 2;
        auto const* option =
            is_long || is_short ? options.find_nothrow(is_long ? word->substr(2) : *word, false) : nullptr;
        if (option != nullptr && option->semantic()->max_tokens() > 0 && word + 1 != words.end()) {
            result.before.push_back(*++word);
        }
    }
    return result;
}

parsed_words parse_words(std::vector<std::string> const& words, po::options_description const& options)
{
    constexpr char operands_name[] = "operands";
    po::options_description all;
    all.add(options);
    all.add_options()(operands_name, po::value<std::vector<std::string>>());
    po::positional_options_description positional;
    positional.add(operands_name, -1);
    parsed_words result;
    try {
        auto const style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        po::store(po::command_line_parser(words).options(all).positional(positional).style(style).run(),
                  result.options);
        po::notify(result.options);
    } catch (po::error const& e) {
        throw usage_error(e.what());
    }
    if (auto const found = result.options.find(operands_name); found != result.options.end()) {
        result.operands = found->second.as<std::vector<std::string>>();
    }
    return result;
}

double parse_seconds(std::string_view option, std::string const& text)
{
    constexpr double most = 31536000;
    bool const plain = !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string::npos;
    std::istringstream stream(text);
    stream.imbue(std::locale::classic());
    double seconds = 0;
    if (!plain || !(stream >> seconds) || stream.peek() != std::istringstream::traits_type::eof() ||
        !std::isfinite(seconds) || seconds < 0 || seconds > most) {
        throw usage_error(std::string(option) + " is \"" + text +
                          "\"; allowed is a number of seconds from 0 to 31536000");
    }
    return seconds;
}

std::int64_t parse_integer(std::string_view name, std::string const& text, std::int64_t least,
                           std::int64_t most)
{
    std::int64_t value = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || value < least || value > most) {
        throw usage_error(std::string(name) + " is \"" + text + "\"; allowed is a whole number from " +
                          std::to_string(least) + " to " + std::to_string(most));
    }
    return value;
}

} // namespace testmon::command
