// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_SRC_XDIST_COORDINATION_DIRECTORY_OBSERVER_HPP
#define TESTMON_SRC_XDIST_COORDINATION_DIRECTORY_OBSERVER_HPP

#include "backend.hpp"
#include "process_watch.hpp"
#include "roster_file.hpp"
#include "run_directory.hpp"
#include "trusted_file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace testmon::xdist_coordination
{

/// Observes the files of a run, reading again only what has changed.
class directory_observer final : public run_observer
{
  public:
    directory_observer(backend const& owner, run_directory const& files, backend::side who, bool prepare);
    ~directory_observer() override;
    directory_observer(directory_observer const&) = delete;
    directory_observer& operator=(directory_observer const&) = delete;

    void listen() override;
    void begin_look() override;
    void end_look() override { watch_.end_pass(); }
    published_state const* published() override;
    std::optional<run_claim> claim() override;
    std::vector<worker_entry> const& workers(coordination_state const* state) override;
    bool may_have_changed() override;
    process_liveness look_at(process_identity const& process) override { return watch_.look_at(process); }
    bool sleep_until(steady_time until, wait_cancellation const* cancellation,
                     std::uint64_t expected) override;

  private:
    // Tells from its times whether a file has changed since the last look.
    class change_detector
    {
      public:
        // Returns whether it may have changed since the look before.
        bool look(boost::filesystem::path const& path);
        bool may_differ(boost::filesystem::path const& path) const;

      private:
        std::optional<file_signature> settled_{}; // none while it may change without showing it
    };

    boost::filesystem::path const& bell_path() const;
    bool has_roster_changed(roster_file const& roster, std::uint64_t generation);
    void repair_if_abandoned(roster_file const& roster);
    bool ask_for_wake(std::uint64_t expected, bool at_next_change);

    backend const& owner_;
    run_directory const& files_;
    backend::side who_;
    bool prepare_;
    file_descriptor bell_{};
    bool reported_polling_ = false;
    process_watch watch_{};

    std::optional<file_signature> state_signature_{};
    std::optional<published_state> published_{};

    std::string seen_run_{};
    std::uint64_t seen_generation_ = 0;
    std::uint64_t seen_changes_ = ~std::uint64_t{0};
    std::optional<std::uint64_t> abandoned_change_{};
    bool directory_changed_ = true;
    change_detector directory_{};
    change_detector roster_{};
    std::vector<worker_entry> roster_workers_{};
    std::vector<worker_entry> markers_{};
    std::vector<worker_entry> workers_{};
    bool asked_for_next_change_ = false;
    steady_time last_wake_{};
};

} // namespace testmon::xdist_coordination

#endif
