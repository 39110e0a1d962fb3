// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_POINTERS_TO_HPP
#define TESTMON_SRC_XDIST_COORDINATION_POINTERS_TO_HPP

#include <string>
#include <vector>

namespace testmon::xdist_coordination
{

/// Returns: the words as execve and posix_spawn want them, which must outlive it.
inline std::vector<char*> pointers_to(std::vector<std::string>& words)
{
    std::vector<char*> result;
    for (auto& word : words) {
        result.push_back(word.data());
    }
    result.push_back(nullptr);
    return result;
}

} // namespace testmon::xdist_coordination

#endif
