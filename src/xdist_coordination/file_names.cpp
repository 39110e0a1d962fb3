// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include "file_names.hpp"

#include <testmon/xdist_coordination/xdist_config.hpp>

namespace testmon::xdist_coordination
{

namespace
{
constexpr std::string_view marker_begin = "worker_";
constexpr std::string_view marker_end = "_ready";
} // namespace

std::string marker_file_name(std::string_view worker_id)
{
    return std::string(marker_begin).append(worker_id).append(marker_end);
}

std::optional<std::string> marked_worker(std::string_view file_name)
{
    if (file_name.size() <= marker_begin.size() + marker_end.size() ||
        file_name.substr(0, marker_begin.size()) != marker_begin ||
        file_name.substr(file_name.size() - marker_end.size()) != marker_end) {
        return std::nullopt;
    }
    file_name.remove_prefix(marker_begin.size());
    file_name.remove_suffix(marker_end.size());
    if (!is_valid_id(file_name)) {
        return std::nullopt;
    }
    return std::string(file_name);
}

bool is_own_file_name(std::string_view file_name)
{
    for (std::string_view const own : {state_file_name, roster_file_name, lock_file_name,
                                       publication_bell_name, acknowledgment_bell_name}) {
        if (file_name == own) {
            return true;
        }
    }
    return file_name.substr(0, sizeof(temporary_prefix) - 1) == temporary_prefix ||
           marked_worker(file_name).has_value();
}

} // namespace testmon::xdist_coordination
