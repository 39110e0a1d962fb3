// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_PRECREATION_CONTROLLER_PRECREATION_HPP
#define TESTMON_PRECREATION_CONTROLLER_PRECREATION_HPP

#include <testmon/database/environment.hpp>
#include <testmon/database/known_tests.hpp>
#include <testmon/database/read_write_database.hpp>
#include <testmon/database/test_record.hpp>
#include <testmon/xdist_coordination/coordination_manager.hpp>
#include <testmon/xdist_coordination/coordination_state.hpp>
#include <testmon/xdist_coordination/xdist_config.hpp>

#include <boost/filesystem/path.hpp>
#include <boost/json/object.hpp>
#include <boost/range/any_range.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace testmon::precreation
{

/// Any forward range of tests, as a view.
using test_range = boost::any_range<database::test_record const, boost::forward_traversal_tag,
                                    database::test_record const&, std::ptrdiff_t>;

/// What a controller prepares for its workers, besides the tests.
struct preparation {
    database::environment_description environment{}; ///< see also `environment_of_this_build`
    std::uint32_t workers = 0;                       ///< how many will take part; 0: not known
    database::collection extent = database::collection::complete;
    std::string run_uuid{};      ///< of the run in the database; empty: a new one
    boost::json::object extra{}; ///< whatever else the workers need, as in `state_data`
};

/// The controller's side of a run with a database: it writes, and nobody else does.
///
/// With the feature flag off (`xdist_config::controller_precreation`, TESTMON_XDIST_CONTROLLER_PRECREATION)
/// every member does nothing: no file is made, no directory looked at.
///
/// Thread safety: one thread at a time.
/// Example: \snippet example/06_database_for_workers.cpp controller
class controller_precreation
{
  public:
    /// Effects: none on disk. The configuration is read from the environment.
    /// Errors: `coordination_error` as `xdist_config::from_environment`.
    explicit controller_precreation(boost::filesystem::path const& root);
    controller_precreation(boost::filesystem::path const& root, xdist_coordination::xdist_config config,
                           xdist_coordination::manager_options options = {});
    /// Effects: none on disk; without `cleanup` the run is seen as one whose controller died once the process
    /// is gone.
    ~controller_precreation();
    controller_precreation(controller_precreation&&) noexcept;
    controller_precreation& operator=(controller_precreation&&) noexcept;

    /// The feature flag.
    bool is_enabled() const noexcept;

    /// Becomes the controller, opens the database, if there is one, and reads what it knows of an
    /// environment's tests: for a controller that has the time while its tests are collected.
    /// `prepare_for_workers` then takes what was opened, if it is still the same file, and reads again only
    /// if somebody has written meanwhile. What may not be written to is only read.
    ///
    /// Returns: what is known; nothing with the feature flag off. Errors: `database::database_error`, which
    /// workers learn of as of those of `prepare_for_workers`.
    database::known_tests read_ahead(database::environment_description const& environment);

    /// Becomes the controller, then makes or opens the database, adds the environment, the run and the tests
    /// in one transaction, and publishes environment id, database path, run id and the ids of the tests.
    ///
    /// `tests` is a range of `database::test_record`; it is copied first if it does not hold its tests, or
    /// can be gone through only once. `collect` makes one, when this process is the controller already, so
    /// that a test executable that cannot tell its tests is a failure that workers learn of.
    ///
    /// Returns: the published state; none with the feature flag off. Errors: `coordination_error`,
    /// `database::database_error`, and what `collect` throws. The workers learn the reason at once: the run
    /// is aborted with it.
    template <class Range>
    std::optional<xdist_coordination::coordination_state> prepare_for_workers(preparation const& what,
                                                                              Range const& tests);
    std::optional<xdist_coordination::coordination_state>
    collect_and_prepare(preparation const& what,
                        std::function<std::vector<database::test_record>()> const& collect);

    /// Waits until `preparation::workers` workers have acknowledged. Returns: how many; 0 with the feature
    /// flag off. Errors: as `coordination_manager::wait_for_workers`.
    std::size_t wait_for_workers(xdist_coordination::wait_for_workers_options const& options = {});

    /// Tells the workers that the run cannot go on, and why.
    void abort(std::string const& reason);

    /// Notes the end of the run in the database, closes it, and removes the files of the coordination. The
    /// database stays. Doing it again changes nothing.
    void cleanup();

    /// The database, to record executions. Preconditions: `prepare_for_workers` has returned a state,
    /// `cleanup` was not called.
    database::read_write_database& database();
    /// What was registered. Preconditions: as `database`.
    database::registration const& registered() const;
    /// The coordination. Preconditions: `is_enabled()`.
    xdist_coordination::coordination_manager& manager();

  private:
    std::optional<xdist_coordination::coordination_state> prepare(preparation const& what,
                                                                  std::function<test_range()> const& collect);

    struct impl;
    std::unique_ptr<impl> impl_;
};

template <class Range>
std::optional<xdist_coordination::coordination_state>
controller_precreation::prepare_for_workers(preparation const& what, Range const& tests)
{
    using iterator = decltype(std::begin(tests));
    using category = typename std::iterator_traits<iterator>::iterator_category;
    if constexpr (std::is_reference_v<decltype(*std::begin(tests))> &&
                  std::is_convertible_v<category, std::forward_iterator_tag>) {
        return prepare(what, [&] { return test_range(tests); });
    } else {
        return collect_and_prepare(
            what, [&] { return std::vector<database::test_record>(std::begin(tests), std::end(tests)); });
    }
}

} // namespace testmon::precreation

#endif
