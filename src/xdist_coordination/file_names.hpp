// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_FILE_NAMES_HPP
#define TESTMON_SRC_XDIST_COORDINATION_FILE_NAMES_HPP

#include <optional>
#include <string>
#include <string_view>

namespace testmon::xdist_coordination
{

// The names of everything that the library makes on disk: what is not one of these is never removed.
inline constexpr char default_directory_name[] = ".testmon_xdist";
inline constexpr char state_file_name[] = "controller_ready.json";
inline constexpr char roster_file_name[] = "acknowledgments";
inline constexpr char lock_file_name[] = "acknowledgments.lock";
inline constexpr char publication_bell_name[] = "publication.bell";
inline constexpr char acknowledgment_bell_name[] = "acknowledgment.bell";
inline constexpr char temporary_prefix[] = ".testmon-";

/// "worker_<id>_ready"
std::string marker_file_name(std::string_view worker_id);

/// The worker that a file of this name marks, if it is a marker's name.
std::optional<std::string> marked_worker(std::string_view file_name);

/// Whether the library makes files of this name in a run's directory.
bool is_own_file_name(std::string_view file_name);

} // namespace testmon::xdist_coordination

#endif
