// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#include <testmon/xdist_coordination/error.hpp>

#include <string>

namespace testmon::xdist_coordination
{

namespace
{

condition condition_of(errc value) noexcept
{
    switch (value) {
    case errc::timed_out:
        return condition::timeout;
    case errc::cancelled:
        return condition::cancelled;
    case errc::not_published:
    case errc::controller_died:
    case errc::controller_aborted:
    case errc::run_ended:
        return condition::controller_not_ready;
    case errc::worker_died:
        return condition::worker_not_ready;
    case errc::another_controller:
        return condition::refused;
    case errc::stale_state:
    case errc::superseded:
    case errc::invalid_state:
        return condition::invalid_state;
    case errc::untrusted_file:
    case errc::damaged_roster:
    case errc::locks_unsupported:
        return condition::file_error;
    case errc::invalid_configuration:
    case errc::invalid_argument:
        break;
    }
    return condition::bad_input;
}

class errc_category final : public boost::system::error_category
{
  public:
    char const* name() const noexcept override { return "testmon.xdist_coordination"; }

    std::string message(int value) const override
    {
        switch (static_cast<errc>(value)) {
        case errc::timed_out:
            return "the wait timed out";
        case errc::cancelled:
            return "the wait was cancelled";
        case errc::not_published:
            return "no controller has published a state";
        case errc::controller_died:
            return "the controller died";
        case errc::controller_aborted:
            return "the controller aborted";
        case errc::run_ended:
            return "the controller ended the run";
        case errc::another_controller:
            return "another controller is running";
        case errc::worker_died:
            return "a worker died before the rendezvous was complete";
        case errc::stale_state:
            return "the published state is stale";
        case errc::superseded:
            return "the state is not the published one any more";
        case errc::invalid_state:
            return "the published state is invalid";
        case errc::untrusted_file:
            return "a file or directory is not to be trusted";
        case errc::damaged_roster:
            return "the file of acknowledgments is damaged";
        case errc::locks_unsupported:
            return "the file system does not lock files";
        case errc::invalid_configuration:
            return "a configuration value is invalid";
        case errc::invalid_argument:
            return "an argument is invalid";
        }
        return "unknown error " + std::to_string(value);
    }

    boost::system::error_condition default_error_condition(int value) const noexcept override
    {
        return make_error_condition(condition_of(static_cast<errc>(value)));
    }
};

class coarse_category final : public boost::system::error_category
{
  public:
    char const* name() const noexcept override { return "testmon.xdist_coordination.condition"; }

    std::string message(int value) const override
    {
        switch (static_cast<condition>(value)) {
        case condition::timeout:
            return "timeout";
        case condition::cancelled:
            return "cancelled";
        case condition::controller_not_ready:
            return "the controller is not ready";
        case condition::worker_not_ready:
            return "a worker is not ready";
        case condition::file_error:
            return "file error";
        case condition::invalid_state:
            return "invalid state";
        case condition::refused:
            return "refused";
        case condition::bad_input:
            return "bad input";
        }
        return "unknown condition " + std::to_string(value);
    }

    bool equivalent(boost::system::error_code const& code, int value) const noexcept override
    {
        // The only system errors that leave the library are those of its files.
        if (code.category() == boost::system::system_category()) {
            return value == static_cast<int>(condition::file_error);
        }
        return boost::system::error_category::equivalent(code, value);
    }
};

} // namespace

boost::system::error_category const& coordination_category() noexcept
{
    static errc_category const category;
    return category;
}

boost::system::error_category const& condition_category() noexcept
{
    static coarse_category const category;
    return category;
}

boost::system::error_code make_error_code(errc value) noexcept
{
    return {static_cast<int>(value), coordination_category()};
}

boost::system::error_condition make_error_condition(condition value) noexcept
{
    return {static_cast<int>(value), condition_category()};
}

} // namespace testmon::xdist_coordination
