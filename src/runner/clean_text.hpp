// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_CLEAN_TEXT_HPP
#define TESTMON_SRC_RUNNER_CLEAN_TEXT_HPP

#include <string>
#include <string_view>

namespace testmon::runner
{

/// The text of a test, made harmless for a terminal and valid for XML 1.0: its lines end with "\n" only;
/// escape sequences are left out, but for those of colours if `colour`, and the last of these is undone at
/// the end; other control characters, non-characters and what is not UTF-8 become U+FFFD.
std::string clean_text(std::string_view text, bool colour);

} // namespace testmon::runner

#endif
