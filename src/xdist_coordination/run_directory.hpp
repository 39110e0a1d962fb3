// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_RUN_DIRECTORY_HPP
#define TESTMON_SRC_XDIST_COORDINATION_RUN_DIRECTORY_HPP

#include "backend.hpp"
#include "record_lock.hpp"
#include "trusted_file.hpp"

#include <boost/filesystem/path.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace testmon::xdist_coordination
{

/// The directory of one run: where its files are, how the published state is read, and how all of it is
/// removed.
class run_directory
{
  public:
    /// `parent` is the directory that holds several runs, empty if this one is on its own.
    run_directory(boost::filesystem::path directory, boost::filesystem::path parent);

    boost::filesystem::path const& directory() const noexcept { return directory_; }
    boost::filesystem::path const& state_file() const noexcept { return state_file_; }
    boost::filesystem::path const& roster_file() const noexcept { return roster_file_; }
    boost::filesystem::path const& lock_file() const noexcept { return lock_file_; }
    boost::filesystem::path const& publication_bell() const noexcept { return publication_bell_; }
    boost::filesystem::path const& acknowledgment_bell() const noexcept { return acknowledgment_bell_; }
    boost::filesystem::path marker_file(std::string_view worker_id) const;

    /// Creates the directory, and its parent, if need be, and checks both.
    void ensure() const;
    /// Checks the directory and its parent. Returns: whether it exists.
    bool check() const;

    /// Reads the published state, whatever its age and its controller.
    /// Returns: none if there is none.
    /// Errors: `invalid_coordination_state`, `coordination_file_error`.
    std::optional<published_state> read_state() const;
    /// Brings the age of a state up to date.
    static void refresh_age(published_state& published);

    /// The markers that answer `state`.
    /// Errors: `coordination_file_error` for one that is not a regular file of ours.
    std::vector<worker_entry> read_markers(coordination_state const& state) const;
    /// The markers that are there, whatever they answer.
    using marker_files = std::vector<std::pair<std::string, file_signature>>;
    marker_files list_markers() const;
    /// Removes those that are still the same files.
    void remove_markers(record_lock const&, marker_files const& markers) const;
    /// `modified`: the time that the marker is to have, in nanoseconds since 1970-01-01 UTC.
    void write_marker(std::string_view worker_id, process_identity const& worker, bool has_left,
                      std::int64_t modified) const;

    /// Removes unfinished files that a killed process left.
    void remove_temporaries(record_lock const&) const;
    /// Removes everything that the library makes, the lock last, and the directory if that leaves it empty.
    void remove(record_lock lock) const;
    /// Removes the bell that waiting workers made, unless someone listens to it, and the directory if it is
    /// empty then.
    void remove_if_unused() const;
    /// Removes the directories of other runs beside this one whose processes are all dead.
    /// Returns: the names of those.
    std::vector<std::string> sweep_siblings() const;

  private:
    bool remove_own(std::string_view name) const;
    bool sweep() const;
    bool has_living_processes() const;

    boost::filesystem::path directory_;
    boost::filesystem::path parent_;
    boost::filesystem::path state_file_;
    boost::filesystem::path roster_file_;
    boost::filesystem::path lock_file_;
    boost::filesystem::path publication_bell_;
    boost::filesystem::path acknowledgment_bell_;
};

} // namespace testmon::xdist_coordination

#endif
