// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_WHOLE_NUMBER_HPP
#define TESTMON_SRC_RUNNER_WHOLE_NUMBER_HPP

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace testmon::runner
{

/// Returns: the number that is all of the text, in decimal digits without a sign; none if it is anything else
/// or does not fit.
template <class Number>
std::optional<Number> whole_number(std::string_view text)
{
    Number result = 0;
    auto const* const end = text.data() + text.size();
    auto const [stopped, error] = std::from_chars(text.data(), end, result);
    if (text.empty() || text.front() == '-' || stopped != end || error != std::errc()) {
        return std::nullopt;
    }
    return result;
}

} // namespace testmon::runner

#endif
