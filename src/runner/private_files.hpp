// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_RUNNER_PRIVATE_FILES_HPP
#define TESTMON_SRC_RUNNER_PRIVATE_FILES_HPP

#include <boost/filesystem/path.hpp>

#include <vector>

namespace testmon::runner
{

/// Gives this process, in a mount namespace of its own, an overlay over `tree` and its own /tmp and /var/tmp,
/// all of which are written to `scratch`: its directories upper, tmp and var_tmp. Both paths are canonical.
/// `scratch` may lie inside `tree`, and both below /tmp: they are seen at their places. Mounts inside of the
/// tree are seen as they are, and not isolated.
/// Errors: `isolation_failure`.
void enter_private_files(boost::filesystem::path const& tree, boost::filesystem::path const& scratch);

/// Removes what the overlay needed in `scratch` while it was mounted.
void remove_overlay_work(boost::filesystem::path const& scratch);

/// Returns: the places inside of `directory`, a canonical path, where something is mounted; none that lies
/// inside of another of them.
std::vector<boost::filesystem::path> mounts_inside(boost::filesystem::path const& directory);

} // namespace testmon::runner

#endif
